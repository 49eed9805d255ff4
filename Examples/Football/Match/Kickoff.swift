#if GRDB
  import Logging
  import Supervision

  /// Gives each match that is not over a process: when the program starts, and when the matches' supervisor had to.
  struct Kickoff: Sendable {
    /// For an empty database, so that there is something to see.
    static let seeds = [
      Fixture(id: Identifier(trusted: "1"), home: "Northgate", away: "Riverside"),
      Fixture(id: Identifier(trusted: "2"), home: "Old Mill", away: "Harbour"),
      Fixture(id: Identifier(trusted: "3"), home: "Castle Hill", away: "Westfield"),
    ]

    func run() async throws {
      if try await Store.ask({ .summaries(limit: 1, $0) }).isEmpty {
        for fixture in Self.seeds { _ = try await Matches.create(fixture) }
      }
      let open = try await Store.ask { .openFixtures($0) }
      for fixture in open { try await Matches.start(fixture) }
      Logger(label: "football").info("matches are on", metadata: ["matches": "\(open.count)"])
    }
  }
#endif
