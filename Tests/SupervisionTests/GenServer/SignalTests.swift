import Logging
import Supervision
import SupervisionTesting
import Testing

@Suite("GenServer: signals", .timeLimit(.minutes(5)))
struct SignalTests {
  static let reasons: [ExitReason] = [.normal, .shutdown, .timeout, .failure(Failure("x"))]

  @Test("GS-46, TL-47: exits of others than the parent reach the signal handler", arguments: Flavour.allCases, reasons)
  func exits(_ flavour: Flavour, _ reason: ExitReason) async throws {
    try await withTestNodes(seeds: 0..<30) { node in
      let log = Probe<String>()
      let server = try await flavour.start(Core.Setup(log: log.ref))
      server.send(
        .run { _ in
          CurrentProcess.trapsExits = true
          try spawnLink { throw reason }
        })
      try #require(try await log.next() == "continue")
      try #require(try await log.next() == "exit \(reason)")
      server.id.exit(.shutdown)  // sent by another
      try #require(try await log.next() == "exit shutdown")
      try #require(try await server.get() == 0)
    }
  }

  @Test("GS-31: down signals reach the signal handler, in order with messages", arguments: Flavour.allCases)
  func downs(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let server = try await flavour.start(Core.Setup(log: log.ref))
      let other = spawn {
        server.send(.add(1))
        try await CurrentProcess.sleep(for: .seconds(1))
        server.send(.add(2))
        throw Failure("gone")
      }
      server.send(.run { _ in try CurrentProcess.monitor(other) })
      _ = await other.exited()
      try #require(try await log.all(node) == ["continue", "add 1", "add 2", "down Failure: gone"])
    }
  }

  @Test("LOG-12, GS-31: a signal that nobody handles is dropped with a warning")
  func unhandled() async throws {
    try await everySeed { node in
      for round in 1...2 {
        let server = try await Deaf.start("deaf") { Deaf() }
        let name = ProcessName<Deaf.Message>("deaf")
        server.send(.trap)
        server.send(.watch(spawn {}))
        _ = try await server.call { .ping($0) } as Bool
        server.id.exit(.failure(Secret()))
        _ = try await server.call { .ping($0) } as Bool
        try await node.settle()
        try #require(server.id.isAlive)
        let reports = node.reports(of: UnhandledSignalReport.self)
        try #require(reports.count == 2 * round)
        // The two signals have no order among them.
        guard let last = reports.suffix(2).first(where: { $0.text.contains("exit(") }) else { throw Failure("no exit") }
        try #require(last.level == .warning && last.process == server.id && last.name == "deaf")
        try #require(
          last.text.hasPrefix("GenServer deaf (\(server)): Deaf has no handle(_ signal:)\n** Unhandled signal: exit("))
        // An error's own words are not asked for.
        try #require(!last.text.contains("secret") && last.text.contains("(Secret)"))
        try #require(last.metadata["process.name"] == "deaf")
        try await name.stop()
      }
    }
  }

  @Test("EXR-2: normal stops at a link, shutdown travels on and is not logged", arguments: Flavour.allCases)
  func cleanReasonsTravel(_ flavour: Flavour) async throws {
    try await everySeed { node in
      for reason in [ExitReason.shutdown, .shutdown("x")] {
        let server = try await flavour.start()
        server.send(.run { _ in try spawnLink { throw reason } })
        try #require(await server.id.exited() == reason)
      }
      let spared = try await flavour.start()
      spared.send(.run { _ in try spawnLink {} })
      try await node.settle()
      try #require(try await spared.get() == 0)
      try #require(node.reports.isEmpty)
    }
  }

  @Test("EXR-3: killed comes of a kill, and a link hands it on as an ordinary reason", arguments: Flavour.allCases)
  func killed(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let server = try await flavour.start(Core.Setup(log: log.ref))
      server.send(
        .run { _ in
          CurrentProcess.trapsExits = true
          let victim = try spawnLink { try await suspendForever() }
          victim.exit(.kill)
        })
      try #require(try await log.next() == "continue")
      try #require(try await log.next() == "exit killed")
      server.id.exit(.killed)  // by hand: a reason like any other
      try #require(try await log.next() == "exit killed")
      server.id.exit(.kill)
      try #require(await server.id.exited() == .killed)
    }
  }

  @Test("GS-33: an error in a signal handler is the server's own", arguments: Flavour.allCases)
  func failing(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let server = try await flavour.start()
      server.send(
        .run { core in
          core.failing = .failure(Failure("in the signal handler"))
          try CurrentProcess.monitor(spawn {})
        })
      try #require(await server.id.exited() == .failure(Failure("in the signal handler")))
      try #require(node.reports(of: UnhandledSignalReport.self).isEmpty)
    }
  }
}

private struct Secret: Error, CustomStringConvertible {
  var description: String { "secret" }
}

/// Handles no signal.
private struct Deaf: GenServer {
  enum Message: Sendable {
    case trap
    case watch(ProcessID)
    case ping(ReplyTo<Bool>)
  }
  func handle(_ message: Message) throws {
    switch message {
    case .trap: CurrentProcess.trapsExits = true
    case .watch(let process): try CurrentProcess.monitor(process)
    case .ping(let reply): reply(true)
    }
  }
}
