import Supervision
import SupervisionTesting
import Testing

@Suite("GenServer: idle timeouts", .timeLimit(.minutes(5)))
struct TimeoutTests {
  @Test("GS-20, GS-11: a timeout fires once, when nothing came for so long", arguments: Flavour.allCases)
  func once(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let server = try await flavour.start(Core.Setup(log: log.ref))
      let before = node.elapsed
      server.send(.run { _ in CurrentProcess.timeout(after: .seconds(3)) })
      try #require(try await log.next() == "continue")
      try #require(try await log.next() == "timeout")
      try #require(node.elapsed - before >= .seconds(3) && node.elapsed - before < .seconds(4))
      try await CurrentProcess.sleep(for: .seconds(60))
      try #require(log.isEmpty)
    }
  }

  @Test("GS-20: any message and any signal cancels it", arguments: Flavour.allCases)
  func cancelled(_ flavour: Flavour) async throws {
    try await everySeed { node in
      for withSignal in [false, true] {
        let log = Probe<String>()
        let server = try await flavour.start(Core.Setup(log: log.ref))
        server.send(
          .run { _ in
            CurrentProcess.trapsExits = true
            CurrentProcess.timeout(after: .seconds(3))
          })
        try await CurrentProcess.sleep(for: .seconds(2))
        if withSignal { server.id.exit(.shutdown) } else { server.send(.add(1)) }
        try await CurrentProcess.sleep(for: .seconds(60))
        try #require(try await log.all(node) == ["continue", withSignal ? "exit shutdown" : "add 1"])
      }
    }
  }

  @Test("GS-20: a message of the same instant cancels a timeout that has passed already", arguments: Flavour.allCases)
  func race(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let server = try await flavour.start(Core.Setup(log: log.ref))
      let before = node.elapsed
      // Both timers fire before the server runs; the message's comes first.
      server.send(
        .run { core in
          core.note("message")
          CurrentProcess.timeout(after: .seconds(10))
        }, after: .seconds(3))
      server.send(.run { _ in CurrentProcess.timeout(after: .seconds(3)) })
      try #require(try await log.next() == "continue")
      try #require(try await log.next() == "message")
      try #require(try await log.next(within: .seconds(30)) == "timeout")
      try #require(node.elapsed - before >= .seconds(13))
      try await CurrentProcess.sleep(for: .seconds(60))
      try #require(log.isEmpty)
    }
  }

  @Test("GS-21: with timeout zero what is in the mailbox comes first", arguments: Flavour.allCases)
  func zero(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let server = try await flavour.start(Core.Setup(log: log.ref))
      server.send(
        .run { _ in
          guard let me = CurrentProcess.id else { return }
          ProcessRefs.of(me).send(.add(1))
          ProcessRefs.of(me).send(.run { _ in CurrentProcess.timeout(after: .zero) })
          CurrentProcess.timeout(after: .zero)
        })
      try #require(try await log.all(node) == ["continue", "add 1", "timeout"])
      try #require(node.elapsed < .milliseconds(1))
    }
  }

  @Test("GS-23: a timeout may drive a later reply", arguments: Flavour.allCases)
  func laterReply(_ flavour: Flavour) async throws {
    try await everySeed { node in
      var setup = Core.Setup()
      setup.onTimeout = { core in
        for reply in core.held { reply(12) }
        core.held = []
      }
      let server = try await flavour.start(setup)
      let answer: Int = try await server.call { reply in
        .run { core in
          core.held.append(reply)
          CurrentProcess.timeout(after: .seconds(1))
        }
      }
      try #require(answer == 12 && node.elapsed >= .seconds(1))
    }
  }

  @Test("GS-20: a timeout may be asked for again and again, and from init", arguments: Flavour.allCases)
  func periodic(_ flavour: Flavour) async throws {
    try await withTestNodes(seeds: 0..<30) { node in
      var setup = Core.Setup()
      setup.onInit = { CurrentProcess.timeout(after: .seconds(1)) }
      setup.onTimeout = { core in
        core.value += 1
        if core.value < 5 { CurrentProcess.timeout(after: .seconds(1)) } else { throw ExitReason.normal }
      }
      let server = try await flavour.start(setup)
      try #require(await server.id.exited() == .normal)
      try #require(node.elapsed >= .seconds(5) && node.elapsed < .seconds(6))
    }
  }

  @Test("GS-24: a timeout with a message of its own is a timer, which nothing restarts", arguments: Flavour.allCases)
  func ownMessage(_ flavour: Flavour) async throws {
    try await withTestNodes(seeds: 0..<30) { node in
      let log = Probe<String>()
      let server = try await flavour.start(Core.Setup(log: log.ref))
      server.send(.add(7), after: .seconds(3))
      for _ in 0..<10 {
        try await CurrentProcess.sleep(for: .milliseconds(500))
        _ = try await server.get()
      }
      try #require(try await log.all(node) == ["continue", "add 7"])
    }
  }

  @Test("an idle timeout on the machine's clock")
  func realTime() async throws {
    let log = Probe<String>()
    let server = try await Flavour.synchronous.start(Core.Setup(log: log.ref))
    server.send(.run { _ in CurrentProcess.timeout(after: .milliseconds(5)) })
    #expect(try await log.next() == "continue")
    #expect(try await log.next() == "timeout")
    CurrentProcess.timeout(after: .zero)  // of nothing: no effect
    try await server.stop()
  }
}

/// The typed reference of a process that is known to take commands.
enum ProcessRefs {
  static func of(_ process: ProcessID) -> ProcessRef<Command> { ProcessRef(unsafelyTyped: process) }
}
