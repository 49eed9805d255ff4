import Supervision
import SupervisionTesting
import Testing

@Suite("GenServer: what is freed", .timeLimit(.minutes(5)))
struct LeakTests {
  enum End: String, CaseIterable, Sendable {
    case stop, failure, kill, killedWhileHandling, exitSignal, initFailure
  }

  @Test("a server's state is freed, however it ends", arguments: Flavour.allCases, End.allCases)
  func state(_ flavour: Flavour, _ end: End) async throws {
    let count = Witness.Count()
    try await withTestNodes(seeds: 0..<20) { node in
      var setup = Core.Setup()
      setup.witness = Witness(count)
      if end == .initFailure { setup.onInit = { throw Failure("x") } }
      guard let server = try? await flavour.start(setup) else { return }
      // In its mailbox and in its state, too, something is left.
      let waiting = spawn { _ = try await server.call { .hold($0) } as Int }
      try await node.settle()
      switch end {
      case .stop, .initFailure: try await server.stop()
      case .failure: server.send(.fail("x"))
      case .kill: server.id.exit(.kill)
      case .killedWhileHandling: server.send(.run { _ in CurrentProcess.id?.exit(.kill) })
      case .exitSignal: server.id.exit(.shutdown)
      }
      server.send(.run { [witness = Witness(count)] _ in withExtendedLifetime(witness) {} })
      _ = await server.id.exited()
      _ = await waiting.exited()
    }
    #expect(count.alive == 0)
  }

  @Test("messages that a dead server leaves, and timers of it, hold nothing", arguments: Flavour.allCases)
  func mailbox(_ flavour: Flavour) async throws {
    let count = Witness.Count()
    try await withTestNodes(seeds: 0..<20) { _ in
      let server = try await flavour.start()
      server.send(.run { _ in CurrentProcess.timeout(after: .seconds(3_600)) })
      server.send(.run { _ in CurrentProcess.id?.exit(.kill) })
      for _ in 0..<10 { server.send(.run { [witness = Witness(count)] _ in withExtendedLifetime(witness) {} }) }
      _ = await server.id.exited()
      for _ in 0..<10 { server.send(.run { [witness = Witness(count)] _ in withExtendedLifetime(witness) {} }) }
    }
    #expect(count.alive == 0)
  }

  @Test("ten thousand servers come and go on many threads, and nothing of them stays")
  func many() async throws {
    let count = Witness.Count()
    let process = spawn {
      for round in 0..<10_000 {
        let flavour = Flavour.allCases[round % Flavour.allCases.count]
        var setup = Core.Setup()
        setup.witness = Witness(count)
        let server = try await flavour.start(setup)
        if round % 3 == 0 { server.id.exit(.kill) } else { try await server.stop() }
      }
    }
    #expect(await process.exited() == .normal)
    // What was killed is freed in a turn of its own, which may be just about to run.
    let last = ContinuousClock.now + .seconds(10)
    while count.alive > 0, ContinuousClock.now < last { await Task.yield() }
    #expect(count.alive == 0)
  }
}
