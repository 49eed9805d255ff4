import Supervision
import SupervisionTesting
import Testing

@Suite("StateMachine: the order of events", .timeLimit(.minutes(5)))
struct StateMachineOrderTests {
  @Test("STM-5, STM-7: a state is left only for another one, and kept data stays")
  func results() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      var setup = Scripted.Setup(log: log.ref)
      setup.onEnter = { _, _ in .keep }
      let machine = try await Scripted.start { [setup] in Scripted(setup) }
      machine.next("same", .next(.a))
      machine.send(
        .run("data") { machine, _ in
          machine.value += 1
          return .keep
        })
      machine.next("other", .next(.b))
      machine.next("again", .repeatState)
      let state = try await machine.call { .state($0) }
      try #require(state == .b)
      try #require(
        try await log.all(node) == [
          "enter a from a", "a same", "a data", "a other", "enter b from a", "b again", "enter b from b",
        ])
      let data = try await Sys.getState(of: machine, as: Scripted.self) { state, data in "\(state) \(data.value)" }
      try #require(data == "b 1")
    }
  }

  @Test("STM-10, STM-11: inserted events first, then postponed ones in their order, then what comes from outside")
  func order() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let machine = try await Scripted.start { Scripted(.init(log: log.ref)) }
      machine.later("first", in: .b)
      machine.later("second", in: .b)
      machine.next("go", .next(.b, .internal("x"), .internal("y"), .stateTimeout("zero", after: .zero)))
      machine.next("outside", .keep)
      try #require(
        try await log.all(node) == [
          "a first", "a second", "a go", "b internal x", "b internal y", "b first", "b second", "b timeout zero",
          "b outside",
        ])
    }
  }

  @Test("STM-10: an event that is postponed by the transition that changes the state is handled again at once")
  func postponedByTheChange() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let machine = try await Scripted.start { Scripted(.init(log: log.ref)) }
      machine.send(.run("both") { _, state in state == .a ? .next(.b, .postpone, .internal("x")) : .keep })
      machine.next("outside", .keep)
      try #require(try await log.all(node) == ["a both", "b internal x", "b both", "b outside"])
    }
  }

  @Test("STM-7: at a repeated state postponed events stay, and timeouts go on")
  func repeated() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let machine = try await Scripted.start { Scripted(.init(log: log.ref)) }
      machine.later("later", in: .b)
      machine.next("wait", .keep(.stateTimeout("over", after: .seconds(3))))
      machine.next("again", .repeatState)
      try await CurrentProcess.sleep(for: .seconds(4))
      try #require(try await log.all(node) == ["a later", "a wait", "a again", "a timeout over"])
    }
  }

  @Test("STM-12: the initial state is entered after start, with its own state as the old one, before any message")
  func beginning() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let machine = try await Scripted.start { () -> Scripted in
        CurrentProcess.id.flatMap { ProcessRef<Scripted.Message>($0) }?.next("from init", .keep)
        var setup = Scripted.Setup(log: log.ref, actions: [.internal("inserted"), .stateTimeout("t", after: .zero)])
        setup.onEnter = { _, _ in .keep }
        log.ref.send("init")
        return Scripted(setup)
      }
      machine.next("message", .keep)
      try #require(
        try await log.all(node) == [
          "init", "enter a from a", "a internal inserted", "a timeout t", "a from init", "a message",
        ])
    }
  }

  @Test("STM-12: start does not wait for the initial state to be entered")
  func startIsFirst() async throws {
    try await withTestNodes(seeds: 0..<20) { node in
      let log = Probe<String>()
      var setup = Scripted.Setup(log: log.ref)
      setup.onEnter = { _, _ in .stop(.shutdown("at once")) }
      let machine = try await Scripted.start { [setup] in Scripted(setup) }
      try #require(await machine.id.exited() == .shutdown("at once"))
      try #require(try await log.all(node) == ["enter a from a", "terminate shutdown: at once in a"])
    }
  }

  @Test("STM-13: entering a state may repeat it, start timeouts, and stop")
  func entering() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      var setup = Scripted.Setup(log: log.ref)
      let rounds = Rounds()
      setup.onEnter = { state, _ in
        switch (state, rounds.next()) {
        case (.b, 1): .repeatState(.timeout("named", named: .one, after: .seconds(1)))
        case (.b, _): .keep(.stateTimeout("state", after: .seconds(2)))
        case (.c, _): .stop
        default: .keep
        }
      }
      let machine = try await Scripted.start { [setup] in Scripted(setup) }
      machine.next("go", .next(.b))
      try await CurrentProcess.sleep(for: .seconds(3))
      machine.next("end", .next(.c))
      try #require(await machine.id.exited() == .normal)
      try #require(
        try await log.all(node) == [
          "enter a from a", "a go", "enter b from a", "enter b from a", "b timeout named", "b timeout state", "b end",
          "enter c from b", "terminate normal in c",
        ])
    }
  }

  @Test("STM-3, STM-20: every kind of event can be inserted, and is handled before what waits")
  func kinds() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let machine = try await Scripted.start { Scripted(.init(log: log.ref)) }
      machine.next(
        "all",
        .keep(
          .nextEvent(.message(.run("inserted") { _, _ in .keep })), .nextEvent(.internal("i")),
          .nextEvent(.timeout("t"))))
      machine.next("waiting", .keep)
      try #require(
        try await log.all(node) == ["a all", "a inserted", "a internal i", "a timeout t", "a waiting"])
    }
  }

  @Test("STM-3, STM-44: a signal is an event, and can be postponed; the exit of the parent ends the machine")
  func signals() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let parent = spawn {
        var setup = Scripted.Setup(log: log.ref)
        setup.onSignal = { $0 == .a ? .postpone : .keep }
        let machine = try await Scripted.startLink { [setup] in
          CurrentProcess.trapsExits = true
          return Scripted(setup)
        }
        let other = spawn { machine.id.exit(.shutdown) }
        _ = await other.exited()
        machine.next("go", .next(.b))
        _ = try await machine.call { .state($0) }
        throw Failure("over")
      }
      _ = await parent.exited()
      try #require(
        try await log.all(node) == ["a exit shutdown", "a go", "b exit shutdown", "terminate Failure: over in b"])
    }
  }

  @Test("STM-20: a postponed call keeps its caller waiting, and is answered after the change")
  func postponedCall() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let machine = try await Scripted.start { Scripted(.init(log: log.ref)) }
      async let answer = machine.call(timeout: nil) { .answerLater("hola", $0, in: .b) }
      try await node.settle()
      machine.next("go", .next(.b))
      let text = try await answer
      try #require(text == "hola")
      try #require(try await log.all(node) == ["a answer hola", "a go", "b answer hola"])
    }
  }

  @Test("STM-20: the caller of a postponed call learns at once that the machine has ended")
  func postponedCallOfTheDead() async throws {
    try await everySeed { node in
      let machine = try await Scripted.start { Scripted(.init()) }
      async let answer = outcome { () async throws(CallError) -> String in
        try await machine.call(timeout: nil) { .answerLater("hola", $0, in: .b) }
      }
      try await node.settle()
      machine.id.exit(.kill)
      let text = await answer
      try #require(text == "exited(killed)")
    }
  }

  @Test("STM-22, STM-5: who stops and replies has replied before terminate runs")
  func stopAndReply() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let machine = try await Scripted.start { Scripted(.init(log: log.ref)) }
      let client = spawn {
        let text = try await machine.call { .answer("adios", $0, .stop(.shutdown("done"))) }
        log.ref.send("client \(text)")
      }
      try #require(await machine.id.exited() == .shutdown("done"))
      _ = await client.exited()
      let lines = try await log.all(node)
      try #require(Set(lines) == ["a answer adios", "terminate shutdown: done in a", "client adios"])
      try #require(node.reports(of: CrashReport.self).isEmpty)
    }
  }
}

/// Counts how often it is asked, by one process.
final class Rounds: Sendable {
  private let count = Witness.Count()
  func next() -> Int {
    count.add(1)
    return count.alive - 1
  }
}
