import Supervision
import SupervisionTesting
import Testing

@Suite("GenServer: ending", .timeLimit(.minutes(5)))
struct TerminateTests {
  static let reasons: [ExitReason] = [.normal, .shutdown, .shutdown("x"), .timeout, .failure(Failure("x"))]

  @Test("GS-40, GS-42: terminate runs when a callback has thrown", arguments: Flavour.allCases, TerminateTests.reasons)
  func thrown(_ flavour: Flavour, _ reason: ExitReason) async throws {
    try await withTestNodes(seeds: 0..<20) { node in
      enum Where: CaseIterable { case message, signal, timeout, `continue` }
      for place in Where.allCases {
        let log = Probe<String>()
        var setup = Core.Setup(log: log.ref)
        if place == .continue { setup.onContinue = { throw reason } }
        setup.onTimeout = { _ in throw reason }
        let server = try await flavour.start(setup)
        switch place {
        case .message: server.send(.stop(reason))
        case .signal: server.send(.run { core in try Self.failOnSignal(&core, reason) })
        case .timeout: server.send(.run { _ in CurrentProcess.timeout(after: .seconds(1)) })
        case .continue: break
        }
        try #require([reason, .noProcess].contains(await server.id.exited()))
        let told = try await log.all(node).filter { $0.hasPrefix("terminate") }
        try #require(told == ["terminate \(reason)"], "\(place)")
      }
    }
  }

  /// The server gets a signal, and throws there.
  private static func failOnSignal(_ core: inout Core, _ reason: ExitReason) throws {
    try CurrentProcess.monitor(spawn {})
    core.failing = reason
  }

  @Test("GS-41: terminate does not run when the server is killed, also while it handles", arguments: Flavour.allCases)
  func killed(_ flavour: Flavour) async throws {
    try await everySeed { node in
      // Counted, not sent: what a dead process sends goes nowhere.
      let terminated = Witness.Count()
      var setup = Core.Setup()
      setup.onTerminate = { _ in terminated.add(1) }
      let idle = try await flavour.start(setup)
      idle.id.exit(.kill)
      let trapping = try await flavour.start(setup)
      trapping.send(.run { _ in CurrentProcess.trapsExits = true })
      trapping.id.exit(.kill)
      let handling = try await flavour.start(setup)
      handling.send(
        .run { _ in
          CurrentProcess.id?.exit(.kill)
          throw Failure("after its death")
        })
      try #require(await handling.id.exited() == .killed)
      try await node.settle()
      try #require(terminated.alive == 0)
      try #require(node.reports(of: CrashReport.self).isEmpty)
    }
  }

  @Test("GS-41, GS-44: nor when it dies of an exit signal that it does not trap", arguments: Flavour.allCases)
  func untrapped(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let log = Probe<String>()
      for reason in [ExitReason.shutdown, .failure(Failure("x"))] {
        let server = try await flavour.start(Core.Setup(log: log.ref))
        server.id.exit(reason)
        try #require(await server.id.exited() == reason)
        let parent = spawn {
          _ = try await flavour.startLink(Core.Setup(log: log.ref))
          throw reason
        }
        try #require(await parent.exited() == reason)
      }
      try #require(try await log.all(node).allSatisfy { $0 == "continue" })
    }
  }

  @Test("GS-43: without terminate the reason is kept", arguments: TerminateTests.reasons)
  func absent(_ reason: ExitReason) async throws {
    try await withTestNodes(seeds: 0..<20) { _ in
      for _ in 0..<2 {
        let bare = try await Bare.start { Bare() }
        bare.send(reason)
        try #require(await bare.id.exited() == reason)
        let second = try await Bare.start { Bare() }
        try await second.stop(reason: reason)
        let waiting = try await BareWaiting.start { BareWaiting() }
        waiting.send(reason)
        try #require(await waiting.id.exited() == reason)
      }
    }
  }

  @Test(
    "GS-45, PL-17, TL-46: a server that traps exits ends with its parent, whatever the reason",
    arguments: Flavour.allCases,
    TerminateTests.reasons)
  func parentExit(_ flavour: Flavour, _ reason: ExitReason) async throws {
    try await withTestNodes(seeds: 0..<20) { node in
      for isLinkedAtEnd in [true, false] {
        let log = Probe<String>()
        let servers = Probe<ProcessRef<Command>>()
        let parent = spawn {
          let server = try await flavour.startLink(Core.Setup(log: log.ref))
          server.send(.run { _ in CurrentProcess.trapsExits = true })
          _ = try await server.get()
          servers.ref.send(server)
          if isLinkedAtEnd { throw reason }
          server.id.exit(reason)  // the same signal, sent by hand
          try await suspendForever()
        }
        let server = try await servers.next()
        try #require(await server.id.exited() == reason)
        parent.exit(.kill)
        try #require(try await log.all(node) == ["continue", "terminate \(reason)"])
      }
    }
  }

  @Test("TL-46: a parent's normal end does not touch a server that does not trap exits", arguments: Flavour.allCases)
  func parentNormal(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let servers = Probe<ProcessRef<Command>>()
      _ = await spawn { servers.ref.send(try await flavour.startLink()) }.exited()
      let server = try await servers.next()
      try #require(try await server.get() == 0)
    }
  }

  @Test("GS-45: the parent's exit comes after what was sent before it", arguments: Flavour.allCases)
  func parentExitInOrder(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let parent = spawn {
        let server = try await flavour.startLink(Core.Setup(log: log.ref))
        server.send(.run { _ in CurrentProcess.trapsExits = true })
        _ = try await server.get()
        server.send(.add(1))
        throw Failure("x")
      }
      _ = await parent.exited()
      try #require(try await log.all(node) == ["continue", "add 1", "terminate Failure: x"])
    }
  }

  @Test(
    "GS-15, GS-10, TL-41: a reply kept for terminate reaches its caller before the exit", arguments: Flavour.allCases)
  func replyFromTerminate(_ flavour: Flavour) async throws {
    try await everySeed { node in
      var setup = Core.Setup()
      setup.onTerminate = { core in for reply in core.held { reply(11) } }
      let server = try await flavour.start(setup)
      let answer: Int = try await server.call { reply in
        .run { core in
          core.held.append(reply)
          throw Failure("stop, with a reply")
        }
      }
      try #require(answer == 11)
      try #require([.failure(Failure("stop, with a reply")), .noProcess].contains(await server.id.exited()))
    }
  }

  @Test("LOG-21, TL-41: terminate, then the report, then links and monitors", arguments: Flavour.allCases)
  func order(_ flavour: Flavour) async throws {
    try await everySeed { node in
      try await inTrappingProcess { inbox in
        let log = inbox.ref
        var setup = Core.Setup()
        setup.onTerminate = { _ in log.send("terminate, reports: \(node.reports.count)") }
        let server = try await flavour.startLink(setup)
        try CurrentProcess.monitor(server.id)
        server.send(.fail("x"))
        guard case .message(let text) = try await inbox.receive(within: .seconds(1)) else {
          throw Failure("signal first")
        }
        try #require(text == "terminate, reports: 0")
        _ = try await inbox.signal(within: .seconds(1))
        try #require(node.reports(of: CrashReport.self).count == 1)
        _ = try await inbox.signal(within: .seconds(1))
      }
    }
  }

  @Test("terminate may call others, and its sends arrive", arguments: Flavour.suspending)
  func terminateWorks(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let other = try await flavour.start(Core.Setup(log: log.ref))
      var setup = Core.Setup()
      setup.onTerminate = { _ in other.send(.add(5)) }
      try await flavour.start(setup).stop()
      try #require(try await other.get() == 5)
    }
  }
}

/// Nothing but what must be there.
private struct Bare: GenServer {
  typealias Message = ExitReason
  func handle(_ message: ExitReason) throws { throw message }
}

private struct BareWaiting: GenServer {
  typealias Message = ExitReason
  func handle(_ message: ExitReason) async throws {
    await Task.yield()
    throw message
  }
}
