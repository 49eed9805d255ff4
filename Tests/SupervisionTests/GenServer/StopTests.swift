import Supervision
import SupervisionTesting
import Testing

@Suite("GenServer: stopping", .timeLimit(.minutes(5)))
struct StopTests {
  static let reasons: [ExitReason] = [.normal, .shutdown, .shutdown("x"), .timeout, .failure(Failure("x"))]

  @Test("PL-20, PL-21, GS-40: stop runs terminate; then the process and its name are gone", arguments: Flavour.allCases)
  func stops(_ flavour: Flavour) async throws {
    try await everySeed { node in
      for reason in Self.reasons {
        let log = Probe<String>()
        let name: ProcessName<Command> = "stopped"
        let server = try await flavour.start(name, Core.Setup(log: log.ref))
        server.send(.add(1))
        try await server.stop(reason: reason)
        try #require(!server.id.isAlive && name.whereis == nil)
        try #require(await server.id.exited() == reason)
        try #require(try await log.all(node) == ["continue", "add 1", "terminate \(reason)"])
      }
    }
  }

  @Test("GS-49: stop with an abnormal reason reports, with a clean one it does not", arguments: Flavour.allCases)
  func reports(_ flavour: Flavour) async throws {
    try await withTestNodes(seeds: 0..<20) { node in
      for reason in Self.reasons {
        let before = node.reports(of: CrashReport.self).count
        try await flavour.start().stop(reason: reason)
        try #require(node.reports(of: CrashReport.self).count - before == (reason.isClean ? 0 : 1))
      }
    }
  }

  @Test("GS-48: stop of nobody and of oneself are errors", arguments: Flavour.suspending)
  func errors(_ flavour: Flavour) async throws {
    try await everySeed { _ in
      let name: ProcessName<Command> = "gone"
      let server = try await flavour.start(name)
      let own: Int = try await server.call {
        .ask($0) {
          let first = await outcome { () async throws(CallError) in try await server.stop() }
          let second = await outcome { () async throws(CallError) in try await name.stop() }
          return first == "callingSelf" && second == "callingSelf" ? 1 : 0
        }
      }
      try #require(own == 1)
      try await name.stop()
      try #require(await outcome { () async throws(CallError) in try await server.stop() } == "noProcess")
      try #require(await outcome { () async throws(CallError) in try await name.stop() } == "noProcess")
    }
  }

  @Test("PL-20: a server that ends of something else is an error with that reason", arguments: Flavour.allCases)
  func otherReason(_ flavour: Flavour) async throws {
    try await everySeed { _ in
      let server = try await flavour.start()
      server.send(.fail("first"))
      let text = await outcome { () async throws(CallError) in try await server.stop() }
      try #require(["exited(Failure: first)", "noProcess"].contains(text), "\(text)")
    }
  }

  @Test(
    "PL-20: the order to stop stands when the wait has ended", arguments: Flavour.suspending,
    [Duration.zero, .seconds(1)])
  func timeout(_ flavour: Flavour, _ time: Duration) async throws {
    try await everySeed { node in
      let server = try await flavour.start()
      let busy = spawn {
        _ =
          try? await server.call(timeout: nil) {
            .ask($0) {
              try await CurrentProcess.sleep(for: .seconds(9)); return 0
            }
          } as Int
      }
      try await node.settle()
      let before = node.elapsed
      try #require(await outcome { () async throws(CallError) in try await server.stop(timeout: time) } == "timeout")
      try #require(node.elapsed - before < .seconds(2) && server.id.isAlive)
      try #require(await server.id.exited() == .normal)
      _ = await busy.exited()
    }
  }

  @Test("stop from outside of processes, and cancelled", arguments: Flavour.suspending)
  func outside(_ flavour: Flavour) async throws {
    let server = try await flavour.start()
    try await server.stop()
    #expect(await server.id.exited() == .normal)
    let busy = try await flavour.start()
    let caller = spawn { _ = try? await busy.call(timeout: nil) { .ask($0) { try await suspendForever() } } as Int }
    while busy.id.info?.currentMessage == nil { await Task.yield() }
    let task = Task { await outcome { () async throws(CallError) in try await busy.stop() } }
    task.cancel()
    #expect(await task.value == "cancelled")
    busy.id.exit(.kill)
    _ = await caller.exited()
  }
}
