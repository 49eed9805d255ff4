#if GRDB
  import Logging
  import Supervision

  /// One match: the process that has its score, and the only one that changes it.
  ///
  /// It may crash at any moment: everything that it has acknowledged stands in the store, and the next process of the match
  /// begins with that.
  struct Match: GenServer {
    enum Message: Sendable {
      case state(ReplyTo<MatchState>)
      case record(MatchEvent, ReplyTo<Result<Receipt, MatchState.Refusal>>)
      /// A goal, and nobody says whose: see ``Chaos``.
      case goal
    }

    struct Receipt: Sendable, Codable {
      let verdict: MatchState.Verdict
      let match: MatchSummary
    }

    private var state: MatchState

    init(_ fixture: Fixture) { state = MatchState(fixture) }

    /// Here and not in `init`: the supervisor has others to start, and shall not wait for the store.
    mutating func handleContinue() async throws {
      CurrentProcess.label = "\(state.fixture.home) – \(state.fixture.away)"
      guard let stored = try await Store.ask({ .match(state.fixture.id, $0) }) else { throw ExitReason.normal }
      state = stored
      Followers.tell(state.summary)
      if state.isOver { throw ExitReason.normal }
    }

    mutating func handle(_ message: Message) async throws {
      switch message {
      case .state(let reply):
        reply(state)
      case .record(let event, let reply):
        reply(try await record(event))
        if state.isOver { throw ExitReason.normal }
      case .goal:
        let sides: [String: MatchEvent.Kind] = ["home": .homeGoal, "away": .awayGoal]
        let kind = sides["nobody's"]!  // The mistake is the point: a trap, which ends this match and no other.
        _ = try state.apply(MatchEvent(id: .random(), kind: kind))
      }
    }

    private mutating func record(_ event: MatchEvent) async throws -> Result<Receipt, MatchState.Refusal> {
      let verdict: MatchState.Verdict
      do { verdict = try state.apply(event) } catch { return .failure(error) }
      if verdict == .recorded {
        // Before anybody hears of it. If this fails, so does the match, and its successor begins with what is stored.
        let id = state.fixture.id
        try await Store.ask { .append(event, to: id, $0) }
        Followers.tell(state.summary)
        log.debug("recorded", metadata: ["match": "\(id)", "event": "\(event.id)"])
      }
      FootballMetrics.count(event.kind, verdict)
      return .success(Receipt(verdict: verdict, match: state.summary))
    }

    /// A match that is over has ended well.
    static var restart: ChildSpec.Restart { .transient }
  }

  private let log = Logger(label: "football.match")
#endif
