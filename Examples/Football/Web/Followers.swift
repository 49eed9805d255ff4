#if GRDB
  import Metrics
  import Supervision

  /// Who follows the scores: requests that stay open.
  ///
  /// An entry goes with its process, and the process of a request goes with its client. So nobody has to clean up after those
  /// that have left.
  enum Followers {
    enum Topic: Hashable, Sendable {
      case all
      case match(Identifier)
    }

    enum News: Sendable {
      case score(MatchSummary)
      /// Nothing; by this the system notices who is no longer there.
      case beat
    }

    /// Who does not read as fast as things happen loses the oldest news: the next of that match makes up for it.
    private static let mostUnread = 256

    private static let registry = DuplicateRegistry<Topic, AsyncStream<News>.Continuation>()

    /// The news from now on, for the current process.
    static func follow(_ topic: Topic) throws -> AsyncStream<News> {
      let (news, continuation) = AsyncStream.makeStream(of: News.self, bufferingPolicy: .bufferingNewest(mostUnread))
      try registry.register(topic, continuation)
      return news
    }

    static func tell(_ match: MatchSummary) {
      for topic in [Topic.match(match.id), .all] {
        registry.dispatch(topic) { for follower in $0 { follower.value.yield(.score(match)) } }
      }
    }

    static func beat() {
      for item in registry.select() { item.value.yield(.beat) }
    }

    /// Ends what is open, for the server waits for that.
    static func finish() {
      for item in registry.select() { item.value.finish() }
    }

    static var count: Int { registry.count }
  }

  extension ProcessName where Message == Pulse.Message {
    static var pulse: Self { "pulse" }
  }

  /// Sends a sign of life to those who follow, and ends their streams when the program stops.
  ///
  /// The last child of the tree: the first to be stopped, before the server that waits for the streams.
  struct Pulse: GenServer {
    enum Message: Sendable { case beat }

    private static let interval = Duration.seconds(5)

    func handleContinue() {
      CurrentProcess.trapsExits = true  // so that `terminate` runs
      ProcessName.pulse.send(.beat, after: Self.interval)
    }

    func handle(_ message: Message) {
      Followers.beat()
      FootballMetrics.followers.set(Followers.count)
      ProcessName.pulse.send(.beat, after: Self.interval)
    }

    func terminate(_ reason: ExitReason) { Followers.finish() }
  }
#endif
