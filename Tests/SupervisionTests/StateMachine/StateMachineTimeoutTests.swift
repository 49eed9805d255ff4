import Supervision
import SupervisionTesting
import Testing

@Suite("StateMachine: timeouts", .timeLimit(.minutes(5)))
struct StateMachineTimeoutTests {
  private func started(_ log: Probe<String>) async throws -> ProcessRef<Scripted.Message> {
    try await Scripted.start { Scripted(.init(log: log.ref)) }
  }

  @Test("STM-30, STM-34: all three kinds come with what they say, at their time; a named one survives all events")
  func threeKinds() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let machine = try await started(log)
      machine.next(
        "start",
        .keep(
          .timeout("named", named: .one, after: .seconds(1)), .stateTimeout("state", after: .seconds(2)),
          .eventTimeout("event", after: .seconds(5))))
      machine.next(
        "at", .keep(.timeout("instant", named: .two, at: ProcessClock.now.advanced(by: .seconds(3)))))
      machine.next("last", .keep(.eventTimeout("event", after: .milliseconds(500))))
      let before = node.elapsed
      try #require(try await log.next() == "a start")
      try #require(try await log.next() == "a at")
      try #require(try await log.next() == "a last")
      for (text, time) in [("event", 0.5), ("named", 1), ("state", 2), ("instant", 3)] {
        try #require(try await log.next(within: .seconds(10)) == "a timeout \(text)")
        let passed = node.elapsed - before
        try #require(passed >= .seconds(time) && passed < .seconds(time + 0.1), "\(text) after \(passed)")
      }
      try await CurrentProcess.sleep(for: .seconds(60))
      try #require(log.isEmpty)
    }
  }

  @Test("STM-36, STM-20: of a start and an update the last counts; an update of nothing comes at once")
  func lastAction() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let machine = try await started(log)
      machine.next("go", .keep(.stateTimeout("old", after: .seconds(5)), .updateStateTimeout("new")))
      let before = node.elapsed
      try #require(try await log.next() == "a go")
      try #require(try await log.next() == "a timeout new")
      try #require(node.elapsed == before)
      machine.next("other", .keep(.updateStateTimeout("new"), .stateTimeout("old", after: .seconds(5))))
      try #require(try await log.next() == "a other")
      try #require(try await log.next(within: .seconds(10)) == "a timeout old")
      try #require(node.elapsed - before >= .seconds(5))
      try await CurrentProcess.sleep(for: .seconds(60))
      try #require(log.isEmpty)
    }
  }

  @Test("STM-35, STM-37: a cancelled timeout without time does not come, and holds no other one up")
  func cancelledAtOnce() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let machine = try await Scripted.start {
        Scripted(.init(log: log.ref, onInternal: { _, _ in .keep(.cancelStateTimeout) }))
      }
      machine.next(
        "go",
        .keep(.stateTimeout("state", after: .zero), .timeout("named", named: .one, after: .zero), .internal("cancel")))
      let lines = try await log.all(node)
      try #require(lines == ["a go", "a internal cancel", "a timeout named"], "\(lines)")
    }
  }

  @Test("STM-32: any event cancels an event timeout")
  func eventTimeout() async throws {
    try await everySeed { node in
      for cause in ["message", "inserted", "postponed", "zero timeout"] {
        let log = Probe<String>()
        let machine = try await started(log)
        if cause == "postponed" { machine.later("p", in: .b) }
        switch cause {
        case "inserted": machine.next("go", .keep(.eventTimeout("e", after: .seconds(1)), .internal("i")))
        case "postponed": machine.next("go", .next(.b, .eventTimeout("e", after: .seconds(1))))
        case "zero timeout":
          machine.next("go", .keep(.stateTimeout("s", after: .zero), .eventTimeout("e", after: .zero)))
        default:
          machine.next("go", .keep(.eventTimeout("e", after: .seconds(1))))
          machine.next("message", .keep)
        }
        try await CurrentProcess.sleep(for: .seconds(60))
        let lines = try await log.all(node)
        try #require(!lines.contains("a timeout e") && !lines.contains("b timeout e"), "\(cause): \(lines)")
        try #require(lines.count == (cause == "postponed" ? 3 : 2), "\(lines)")
      }
    }
  }

  @Test("STM-33: a change of state cancels the state's timeout, and nothing else does")
  func stateTimeout() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let machine = try await started(log)
      machine.next("start", .keep(.stateTimeout("first", after: .seconds(2))))
      machine.next("message", .keep)
      try await CurrentProcess.sleep(for: .seconds(3))
      machine.next("again", .keep(.stateTimeout("second", after: .seconds(2))))
      machine.next("go", .next(.b))
      machine.next("back", .next(.a))
      try await CurrentProcess.sleep(for: .seconds(3))
      try #require(
        try await log.all(node) == ["a start", "a message", "a timeout first", "a again", "a go", "b back"])
    }
  }

  @Test("STM-31: a timeout of the same kind or name takes the place of the one before, and can be cancelled")
  func replaced() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let machine = try await started(log)
      machine.next("one", .keep(.timeout("old", named: .one, after: .seconds(1))))
      machine.next("two", .keep(.timeout("new", named: .one, after: .seconds(3))))
      machine.next("other", .keep(.timeout("two", named: .two, after: .seconds(2))))
      machine.next("state", .keep(.stateTimeout("never", after: .seconds(1))))
      machine.next("cancel", .keep(.cancelStateTimeout, .cancelTimeout(named: .two), .cancelEventTimeout))
      try await CurrentProcess.sleep(for: .seconds(2))
      try #require(try await log.all(node) == ["a one", "a two", "a other", "a state", "a cancel"])
      try await CurrentProcess.sleep(for: .seconds(2))
      try #require(try await log.all(node) == ["a timeout new"])
    }
  }

  @Test("STM-31: an update changes what comes and not when; if nothing runs, it comes at once")
  func updated() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let machine = try await started(log)
      machine.next(
        "start", .keep(.stateTimeout("old", after: .seconds(2)), .timeout("x", named: .one, after: .seconds(9))))
      machine.next("update", .keep(.updateStateTimeout("new"), .updateTimeout("y", named: .one)))
      machine.next("late", .keep(.updateTimeout("at once", named: .two), .internal("before")))
      try #require(
        try await log.all(node) == ["a start", "a update", "a late", "a internal before", "a timeout at once"])
      try await CurrentProcess.sleep(for: .seconds(3))
      try #require(try await log.all(node) == ["a timeout new"])
      try await CurrentProcess.sleep(for: .seconds(7))
      try #require(try await log.all(node) == ["a timeout y"])
    }
  }

  @Test("STM-35: timeouts without time come one at a time, in the order of their start, before what others send")
  func zero() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let machine = try await started(log)
      machine.next(
        "start",
        .keep(
          .stateTimeout("s", after: .zero), .timeout("1", named: .one, after: .zero),
          .timeout("2", named: .two, after: .zero)))
      machine.next("outside", .keep)
      try #require(
        try await log.all(node) == ["a start", "a timeout s", "a timeout 1", "a timeout 2", "a outside"])
      try #require(node.elapsed < .milliseconds(1))
    }
  }

  @Test("STM-36, STM-6: of several of one kind in a transition the last one counts")
  func last() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let machine = try await started(log)
      machine.next(
        "start",
        .keep(
          .timeout("first", named: .one, after: .zero), .stateTimeout("s", after: .zero),
          .timeout("last", named: .one, after: .zero)))
      machine.next("none", .keep(.stateTimeout("never", after: .seconds(1)), .cancelStateTimeout))
      try await CurrentProcess.sleep(for: .seconds(2))
      try #require(try await log.all(node) == ["a start", "a timeout s", "a timeout last", "a none"])
    }
  }

  @Test("STM-37: a timeout that has passed while it is cancelled does not come")
  func race() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let machine = try await started(log)
      // Both are due before the machine runs; the first one cancels the other.
      machine.send(
        .run("cancel") { _, _ in .next(.b, .cancelTimeout(named: .one)) }, after: .seconds(1))
      machine.next(
        "start",
        .keep(.timeout("named", named: .one, after: .seconds(1)), .stateTimeout("state", after: .seconds(1))))
      try await CurrentProcess.sleep(for: .seconds(60))
      try #require(try await log.all(node) == ["a start", "a cancel"])
    }
  }
}
