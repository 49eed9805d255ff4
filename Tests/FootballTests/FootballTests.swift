import Foundation
import Testing

@testable import football

/// The example `football`: its rules, its store, and what becomes of both when something dies.
@Suite("Football", .timeLimit(.minutes(2)))
struct FootballTests {
  static let fixture = Fixture(id: Identifier(trusted: "final"), home: "Northgate", away: "Riverside")

  static func event(_ id: String, _ kind: MatchEvent.Kind = .homeGoal, _ comment: String? = nil) -> MatchEvent {
    MatchEvent(id: Identifier(trusted: id), kind: kind, comment: comment)
  }
}

extension FootballTests {
  @Suite("the rules of a match")
  struct MatchStateTests {
    private var state = MatchState(fixture)

    private mutating func refusal(of event: MatchEvent) -> MatchState.Refusal? {
      do {
        _ = try state.apply(event)
        return nil
      } catch {
        return error
      }
    }

    @Test("goals count for their side, and the end is the end")
    mutating func goals() throws {
      for (id, kind) in [("1", MatchEvent.Kind.homeGoal), ("2", .awayGoal), ("3", .homeGoal)] {
        #expect(try state.apply(event(id, kind)) == .recorded)
      }
      #expect(state.score == Score(home: 2, away: 1))
      #expect(!state.isOver)
      #expect(try state.apply(event("4", .end)) == .recorded)
      #expect(state.isOver)
      #expect(refusal(of: event("5")) == .isOver(fixture.id))
      #expect(state.summary.score == Score(home: 2, away: 1))
    }

    @Test("an event that is repeated counts once, after the end too")
    mutating func repeated() throws {
      #expect(try state.apply(event("1")) == .recorded)
      #expect(try state.apply(event("1")) == .repeated)
      #expect(try state.apply(event("end", .end)) == .recorded)
      #expect(try state.apply(event("1")) == .repeated)
      #expect(try state.apply(event("end", .end)) == .repeated)
      #expect(state.score == Score(home: 1, away: 0))
      #expect(state.events.count == 2)
    }

    @Test("an id that was used for something else is refused, and changes nothing")
    mutating func taken() throws {
      _ = try state.apply(event("1"))
      let before = state
      for other in [event("1", .awayGoal), event("1", .homeGoal, "with a comment")] {
        #expect(refusal(of: other) == .idIsTaken(other.id))
      }
      #expect(state == before)
    }

    @Test("a match takes only so many events")
    mutating func full() throws {
      for number in 0..<MatchState.mostEvents { _ = try state.apply(event("\(number)")) }
      #expect(refusal(of: event("more")) == .isFull(fixture.id))
      #expect(try state.apply(event("7")) == .repeated)
    }

    @Test("however events are repeated and mixed, the score is that of the different ones", arguments: 0..<100)
    mutating func mixed(seed: Int) throws {
      var chance = SplitMix(UInt64(seed))
      let events = (0..<30).map { event("\($0)", $0 % 3 == 0 ? .awayGoal : .homeGoal) }
      let reports = (events + events + events).shuffled(using: &chance)
      let verdicts = try reports.map { try state.apply($0) }
      let recorded = verdicts.filter { $0 == .recorded }
      #expect(recorded.count == 30)
      #expect(state.score == Score(home: 20, away: 10))
    }
  }

  @Suite("what clients may send")
  struct InputTests {
    @Test("an id is short, and safe everywhere")
    func identifiers() {
      for text in ["1", "feed-3-0", "A.b_c", String(repeating: "x", count: 64)] {
        #expect(Identifier(text)?.text == text)
      }
      for text in ["", " ", "a b", "a/b", "ä", "<b>", "a\n", String(repeating: "x", count: 65)] {
        #expect(Identifier(text) == nil)
      }
    }

    @Test("an event is read from JSON, or the error says what there is")
    func events() throws {
      let decoder = JSONDecoder()
      let good = try decoder.decode(MatchEvent.self, from: Data(#"{"id": "a", "event": "away_goal"}"#.utf8))
      #expect(good == event("a", .awayGoal))
      for bad in [#"{"id": "a b", "event": "end"}"#, #"{"id": "a", "event": "goal"}"#, #"{"event": "end"}"#, "[]"] {
        #expect(throws: DecodingError.self) { try decoder.decode(MatchEvent.self, from: Data(bad.utf8)) }
      }
    }

    @Test("teams have names, and differ")
    func teams() {
      func problem(_ home: String, _ away: String) -> String? {
        Fixture(id: Identifier(trusted: "x"), home: home, away: away).problem
      }
      #expect(problem("Old Mill", "Harbour") == nil)
      #expect(problem("", "Harbour") == "a team's name has 1 to 40 characters")
      #expect(problem("a\u{7}", "Harbour") == "a team's name has no control characters")
      #expect(problem("Harbour", "Harbour") == "Harbour cannot play against itself")
    }

    @Test(
      "a comment is tidied, or refused with a reason",
      arguments: [
        ("  What \n a\tgoal! ", Result<String, Commentator.Refusal>.success("What a goal!")),
        ("   ", .failure(.isEmpty)),
        (String(repeating: "o", count: 201), .failure(.isTooLong(201))),
        ("see HTTP://here", .failure(.hasAddress)), ("see bets.com now", .failure(.hasAddress)),
        ("You Morons", .failure(.hasRudeWord)), ("<b>Goal</b>", .success("<b>Goal</b>")),
      ])
    func comments(text: String, expected: Result<String, Commentator.Refusal>) {
      #expect(Commentator().check(text) == expected)
    }

    @Test("the command line is read, or the mistake is named")
    func commandLine() throws {
      let settings = try Settings(["--port", "0", "--data", "/tmp/x", "--poll", "50", "--chaos"])
      #expect(settings.port == 0)
      #expect(settings.data?.path == "/tmp/x")
      #expect(settings.poll == .milliseconds(50))
      #expect(settings.allowsChaos)
      for (arguments, text) in [
        (["--prot"], "there is no option --prot"), (["--port"], "--port needs a value"),
        (["--port", "65536"], "65536 makes no sense as --port"),
      ] {
        let error = #expect(throws: Settings.Mistake.self) { try Settings(arguments) }
        #expect(error?.description == text)
      }
    }
  }

  @Suite("the feed")
  struct FeedTests {
    @Test("a match of the feed begins before anything happens in it, and ends once", arguments: [UInt64(1), 7, 99])
    func schedule(seed: UInt64) throws {
      var matches: [Identifier: MatchState] = [:]
      for number in 0..<(Schedule.itemsInRound * 20) {
        switch Schedule(seed: seed).item(number) {
        case .kickoff(let fixture):
          let earlier = matches.updateValue(MatchState(fixture), forKey: fixture.id)
          #expect(earlier == nil)
          #expect(fixture.problem == nil)
        case .event(let event, let match):
          let verdict = try matches[match]?.apply(event)
          #expect(verdict == .recorded)
        }
      }
      #expect(matches.count == 40)
      let open = matches.values.filter { !$0.isOver }
      #expect(open.isEmpty)
    }
  }
}
