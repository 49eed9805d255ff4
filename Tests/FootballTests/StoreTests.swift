#if GRDB
  import Foundation
  import Metrics
  import Supervision
  import SupervisionTesting
  import Testing

  @testable import football

  extension FootballTests {
    /// A folder that goes with the test.
    final class TemporaryFolder: Sendable {
      let url = FileManager.default.temporaryDirectory.appending(path: "FootballTests-\(UUID())")
      var database: String { url.appending(path: "football.sqlite").path }

      init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
      deinit { try? FileManager.default.removeItem(at: url) }
    }

    @Suite("the database")
    struct MatchDatabaseTests {
      private let folder: TemporaryFolder
      private let database: MatchDatabase

      init() throws {
        folder = try TemporaryFolder()
        database = try MatchDatabase(path: folder.database)
      }

      @Test("an event is stored once, however often it is appended")
      func once() throws {
        #expect(try database.create(fixture) == .created)
        for _ in 0..<3 { try database.append(event("1"), to: fixture.id) }
        try database.append(event("2", .awayGoal, "Oh!"), to: fixture.id)
        let state = try #require(try database.match(fixture.id))
        #expect(state.events == [event("1"), event("2", .awayGoal, "Oh!")])
        #expect(state.score == Score(home: 1, away: 1))
        #expect(try database.summaries(limit: 5) == [state.summary])
      }

      @Test("the same id is another match's own")
      func perMatch() throws {
        let other = Fixture(id: Identifier(trusted: "other"), home: "A", away: "B")
        for fixture in [fixture, other] {
          _ = try database.create(fixture)
          try database.append(event("1"), to: fixture.id)
        }
        #expect(try database.match(other.id)?.score == Score(home: 1, away: 0))
        #expect(try database.match(fixture.id)?.score == Score(home: 1, away: 0))
      }

      @Test("a fixture is created once, and its id is not given to others")
      func creation() throws {
        #expect(try database.create(fixture) == .created)
        #expect(try database.create(fixture) == .existed)
        #expect(try database.create(Fixture(id: fixture.id, home: "A", away: "B")) == .taken)
        #expect(try database.match(fixture.id)?.fixture == fixture)
        #expect(try database.match(Identifier(trusted: "nobody")) == nil)
      }

      @Test("another owner of the file reads what was written, while the first is still there")
      func reopened() throws {
        _ = try database.create(fixture)
        try database.append(event("1"), to: fixture.id)
        try database.append(event("2", .end), to: fixture.id)
        try database.moveCursor(to: 42)
        let successor = try MatchDatabase(path: folder.database)
        #expect(try successor.match(fixture.id) == database.match(fixture.id))
        #expect(try successor.cursor() == 42)
        #expect(try successor.openFixtures() == [])
        try successor.append(event("1"), to: fixture.id)
        #expect(try database.match(fixture.id)?.events.count == 2)
      }

      @Test("matches that are on come first, of both kinds the newest, and only so many")
      func order() throws {
        for number in 1...5 {
          let id = Identifier(trusted: "\(number)")
          _ = try database.create(Fixture(id: id, home: "A", away: "B"))
          if number % 2 == 0 { try database.append(event("end", .end), to: id) }
        }
        #expect(try database.summaries(limit: 10).map(\.id.text) == ["5", "3", "1", "4", "2"])
        #expect(try database.summaries(limit: 2).map(\.id.text) == ["5", "3"])
        #expect(try database.openFixtures().map(\.id.text) == ["1", "3", "5"])
      }
    }

    @Suite("a match and the store, when one of them dies")
    struct CrashTests {
      private let folder: TemporaryFolder

      init() throws { folder = try TemporaryFolder() }

      private struct Unexpected: Error, CustomStringConvertible {
        let line: Int
        var description: String { "not what line \(line) of StoreTests expects" }
      }

      /// In place of `#expect` within a test node: what that records in a process belongs to no test.
      private static func check(_ isTrue: Bool, line: Int = #line) throws {
        if !isTrue { throw Unexpected(line: line) }
      }

      /// The part of the tree that keeps scores.
      private static func startTree(_ folder: TemporaryFolder) async throws -> Supervisor {
        let path = folder.database
        return try await Supervisor.start(strategy: .oneForOne, intensity: .restarts(100, within: .seconds(1))) {
          ChildSpec(.store) { try await Store(path: path) }
            .backoff(.exponential(from: .milliseconds(5), to: .seconds(1)))
          ChildSpec(MatchesTree())
        }
      }

      @Test("what was acknowledged stands after the match, the store and the whole tree have ended", arguments: 0..<10)
      func restarts(seed: Int) async throws {
        let folder = folder
        try await withTestNode(seed: UInt64(seed)) { _ in
          let tree = try await Self.startTree(folder)
          try Self.check(try await Matches.create(fixture))
          try Self.check(try await Matches.record(event("1"), in: fixture.id).verdict == .recorded)

          Matches.name(fixture.id).whereis?.exit(.kill)
          try Self.check(try await Matches.record(event("2", .awayGoal), in: fixture.id).verdict == .recorded)
          try Self.check(try await Matches.record(event("1"), in: fixture.id).verdict == .repeated)

          ProcessName.store.whereis?.exit(.kill)
          try Self.check(try await Matches.record(event("3"), in: fixture.id).verdict == .recorded)

          let before = Matches.name(fixture.id).whereis
          Matches.name(fixture.id).send(.goal)
          try await Matches.name(fixture.id).registered(otherThan: before, within: .seconds(5))
          try Self.check(try await Matches.state(of: fixture.id).score == Score(home: 2, away: 1))

          try await tree.stop()
          let again = try await Self.startTree(folder)
          try Self.check(try await Matches.record(event("2", .awayGoal), in: fixture.id).verdict == .repeated)
          try Self.check(try await Matches.state(of: fixture.id).score == Score(home: 2, away: 1))
          try await again.stop()
        }
      }

      @Test("while matches and the store are killed at any moment, each goal counts once", arguments: 0..<20)
      func chaos(seed: Int) async throws {
        let folder = folder
        let goals = 12
        try await withTestNode(seed: UInt64(seed)) { _ in
          let tree = try await Self.startTree(folder)
          _ = try await Matches.create(fixture)
          let killer = spawn {
            var chance = SplitMix(UInt64(seed))
            while true {
              try await CurrentProcess.sleep(for: .microseconds(Int.random(in: 1...20_000, using: &chance)))
              if Bool.random(using: &chance) {
                Matches.name(fixture.id).whereis?.exit(.kill)
              } else {
                ProcessName.store.whereis?.exit(.kill)
              }
            }
          }
          for number in 0..<goals {
            // As a client does: the same id until there is an answer.
            for attempt in 0... {
              do {
                _ = try await Matches.record(event("\(number)"), in: fixture.id)
                break
              } catch {
                if attempt == 100 { throw error }
                try await CurrentProcess.sleep(for: .milliseconds(100))
              }
            }
          }
          killer.exit(.kill)
          try await CurrentProcess.sleep(for: .seconds(10))
          try Self.check(try await Matches.state(of: fixture.id).score == Score(home: goals, away: 0))
          try await tree.stop()
        }
        #expect(try MatchDatabase(path: folder.database).match(fixture.id)?.events.count == goals)
      }

      /// What is said to whoever reports that event.
      private static func error(_ event: MatchEvent, _ match: Identifier) async -> (any Error)? {
        do {
          _ = try await Matches.record(event, in: match)
          return nil
        } catch {
          return error
        }
      }

      @Test("a match that is over has no process, and answers all the same", arguments: 0..<5)
      func over(seed: Int) async throws {
        let folder = folder
        try await withTestNode(seed: UInt64(seed)) { _ in
          let tree = try await Self.startTree(folder)
          _ = try await Matches.create(fixture)
          try Self.check(try await Matches.record(event("1"), in: fixture.id).verdict == .recorded)
          try Self.check(try await Matches.record(event("2", .end), in: fixture.id).verdict == .recorded)
          try await Matches.name(fixture.id).unregistered(within: .seconds(1))
          try Self.check(try await Matches.state(of: fixture.id).summary.isOver)
          try Self.check(try await Matches.record(event("2", .end), in: fixture.id).verdict == .repeated)
          try Self.check(await Self.error(event("3"), fixture.id) as? MatchState.Refusal == .isOver(fixture.id))
          let nobody = Identifier(trusted: "nobody")
          try Self.check(await Self.error(event("3"), nobody) as? Matches.Failure == .unknown(nobody))
          try await tree.stop()
        }
      }

      @Test("a feed that fails loses nothing, and nothing counts twice", arguments: 0..<10)
      func feed(seed: Int) async throws {
        let folder = folder
        try await withTestNode(seed: UInt64(seed)) { _ in
          let tree = try await Self.startTree(folder)
          let feed = Feed(seed: UInt64(seed))
          let poller = Poller(feed: feed, interval: .milliseconds(200))
          feed.fail(3)
          try await tree.startChild(
            ChildSpec.task("poller") { try await poller.run() }
              .backoff(.exponential(from: .milliseconds(100), to: .seconds(10)))
              .budget(.restarts(50, within: .seconds(5), retryAfter: .seconds(5))))
          let items = Schedule.itemsInRound
          while try await Store.ask({ .cursor($0) }) < items { try await CurrentProcess.sleep(for: .seconds(1)) }
          try await tree.terminateChild("poller")

          var expected: [Identifier: MatchState] = [:]
          for number in 0..<(try await Store.ask { .cursor($0) }) {
            switch Schedule(seed: UInt64(seed)).item(number) {
            case .kickoff(let fixture): expected[fixture.id] = MatchState(fixture)
            case .event(let event, let match): _ = try expected[match]?.apply(event)
            }
          }
          let first = try #require(expected[Identifier(trusted: "feed-0-0")])
          try Self.check(try await Matches.state(of: first.fixture.id) == first)
          try await tree.stop()
        }
      }
    }

    @Suite("metrics and page")
    struct OutputTests {
      @Test("series are written in Prometheus' text format")
      func exposition() {
        let exposition = Exposition()
        exposition.makeCounter(label: "goals_total", dimensions: [("team", "a \"b\"")]).increment(by: 2)
        exposition.makeCounter(label: "goals_total", dimensions: [("team", "a \"b\"")]).increment(by: 1)
        exposition.makeMeter(label: "hb.open", dimensions: []).set(1.5)
        exposition.makeTimer(label: "took", dimensions: []).recordNanoseconds(7_000_000)
        let lines = exposition.text.split(separator: "\n").map(String.init)
        #expect(lines.contains("# TYPE goals_total counter"))
        #expect(lines.contains(#"goals_total{team="a \"b\""} 3"#))
        #expect(lines.contains("hb_open 1.5"))
        #expect(lines.contains(#"took_seconds_bucket{le="0.005"} 0"#))
        #expect(lines.contains(#"took_seconds_bucket{le="0.01"} 1"#))
        #expect(lines.contains("took_seconds_count 1"))
      }

      @Test("nothing that people write becomes part of the page's code")
      func escaping() {
        var match = MatchState(Fixture(id: fixture.id, home: "<b>", away: "A & B")).summary
        match.comment = "<script>alert(\"x\")</script>"
        let html = Page(matches: [match]).html
        #expect(html.contains("&lt;b&gt;"))
        #expect(html.contains("A &amp; B"))
        #expect(!html.contains("alert(\"x\")"))
      }
    }
  }
#endif
