#if GRDB
  import Supervision

  /// Reads the feed, item after item, into the matches.
  ///
  /// There is no `catch`: when the feed fails, the poller does, and its supervisor starts it again after a while that grows. It
  /// goes on where the store says that it was. An item may be read twice then; its events have ids, so they count once.
  struct Poller: Sendable {
    let feed: Feed
    let interval: Duration

    func run() async throws {
      CurrentProcess.label = "poller"
      var cursor = try await Store.ask { .cursor($0) }
      while true {
        cursor = try await read(cursor)
        try await CurrentProcess.sleep(for: interval)
      }
    }

    /// Reads one item, and answers with the number of the next.
    private func read(_ number: Int) async throws -> Int {
      switch try await FootballMetrics.poll({ try await feed.item(number) }) {
      case .kickoff(let fixture): _ = try await Matches.create(fixture)
      case .event(let event, let match): _ = try await Matches.record(event, in: match)
      }
      try await Store.ask { .moveCursor(to: number + 1, $0) }
      return number + 1
    }
  }
#endif
