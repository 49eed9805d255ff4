import Supervision
import SupervisionTesting
import Testing

@Suite("GenServer: starting", .timeLimit(.minutes(5)))
struct StartTests {
  @Test("GS-1: init runs in the new process, under its name, before start returns", arguments: Flavour.allCases)
  func initRunsWithin(_ flavour: Flavour) async throws {
    try await everySeed { _ in
      let log = Probe<String>()
      let name: ProcessName<Command> = "server"
      var setup = Core.Setup()
      setup.onInit = {
        log.ref.send("\(name.whereis == CurrentProcess.id) \(CurrentProcess.id != nil)")
      }
      let server = try await flavour.start(name, setup)
      try #require(try await log.next() == "true true")
      try #require(name.whereis == server.id)
      try #require(try await name.call { .get($0) } == 0)
    }
  }

  @Test("PL-11, PL-12, GEN-1: after startLink only the link remains", arguments: Flavour.allCases)
  func onlyTheLink(_ flavour: Flavour) async throws {
    try await everySeed { _ in
      try await inTrappingProcess { inbox in
        let server = try await flavour.startLink()
        try #require(CurrentProcess.links == [server.id])
        server.send(.stop(.shutdown("x")))
        let signal = try await inbox.signal(within: .seconds(1))
        guard case .exit(server.id, let reason) = signal, reason == .shutdown("x") else { throw Failure("\(signal)") }
        try await inbox.requireNothing(within: .zero)
      }
    }
  }

  @Test("PL-10, GS-47: a server of plain start is linked to nobody", arguments: Flavour.allCases)
  func unlinked(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let starter = spawn {
        let server = try await flavour.start(Core.Setup(log: log.ref))
        try #require(CurrentProcess.links.isEmpty)
        server.send(.run { _ in CurrentProcess.trapsExits = true })
        _ = try await server.get()
        log.ref.send("started")
        throw Failure("starter ends")
      }
      _ = await starter.exited()
      try #require(try await log.all(node) == ["continue", "started"])
    }
  }

  @Test("GS-47: an unlinked server that traps exits has itself as its parent", arguments: Flavour.allCases)
  func ownParent(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let server = try await flavour.start(Core.Setup(log: log.ref))
      server.send(
        .run { _ in
          CurrentProcess.trapsExits = true
          CurrentProcess.id?.exit(.shutdown)
        })
      try #require(await server.id.exited() == .shutdown)
      try #require(try await log.all(node) == ["continue", "terminate shutdown"])
    }
  }

  @Test("GEN-3: a taken name is found before anything runs", arguments: Flavour.allCases)
  func nameTaken(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let first = try await flavour.start("taken")
      var setup = Core.Setup()
      setup.onInit = { log.ref.send("init") }
      for linked in [false, true] {
        do {
          _ = linked ? try await flavour.startLink("taken", setup) : try await flavour.start("taken", setup)
          throw Failure("started twice")
        } catch let error as StartError {
          guard case .alreadyStarted(first.id) = error.kind else { throw error }
          try #require(error.description == "already started: \(first)")
        }
      }
      try #require(try await log.all(node).isEmpty)
      try #require(CurrentProcess.links.isEmpty)
      try #require(node.processes.count == 3)  // this one, the probe, the first
    }
  }

  @Test("GEN-2, GEN-4, PL-15: an init over its time limit is killed", arguments: Flavour.suspending)
  func startTimeout(_ flavour: Flavour) async throws {
    try await everySeed { node in
      try await inTrappingProcess { inbox in
        let before = node.elapsed
        for _ in 0..<2 {
          // Sleeping in init: only the slow ones can.
          let text = await startOutcome { () async throws(StartError) in
            try await Slow.startLink("slow", timeout: .milliseconds(50)) { try await Slow(after: .seconds(9)) }
          }
          try #require(text == "timeout")
          try #require(ProcessName<Slow.Message>("slow").whereis == nil)
        }
        try #require(node.elapsed - before < .seconds(1))
        try #require(CurrentProcess.links.isEmpty)
        try await inbox.requireNothing(within: .seconds(20))
      }
    }
  }

  @Test("PL-15: a starter that does not trap exits survives the time limit")
  func startTimeoutSurvived() async throws {
    try await everySeed { _ in
      let starter = spawn {
        _ = await startOutcome { () async throws(StartError) in
          try await Slow.startLink(timeout: .milliseconds(1)) { try await Slow(after: .seconds(9)) }
        }
        throw ExitReason.shutdown("survived")
      }
      try #require(await starter.exited() == .shutdown("survived"))
    }
  }

  @Test("PL-16, GEN-6: start with monitor returns both, and one down signal", arguments: Flavour.allCases)
  func startMonitor(_ flavour: Flavour) async throws {
    try await everySeed { _ in
      try await inTrappingProcess { inbox in
        let (server, monitor) = try await flavour.startMonitor()
        try #require(CurrentProcess.links.isEmpty)
        server.send(.fail("gone"))
        guard case .down(monitor, server.id, let reason) = try await inbox.signal(within: .seconds(1)) else {
          throw Failure("no down")
        }
        try #require(reason == .failure(Failure("gone")))
        var setup = Core.Setup()
        setup.onInit = { throw Failure("init") }
        for error in [Failure("init") as any Error, StartError.ignored] {
          setup.onInit = { throw error }
          let text = await startOutcome { () async throws(StartError) in try await flavour.startMonitor(nil, setup) }
          try #require(text == (error is StartError ? "ignored" : "failed(Failure: init)"))
        }
        try await inbox.requireNothing(within: .seconds(1))
      }
    }
  }

  @Test("startLink and startMonitor need a process")
  func outside() async throws {
    let link = await startOutcome { () async throws(StartError) in try await Plain.startLink { try Plain(.init()) } }
    let monitor = await startOutcome { () async throws(StartError) in
      try await Plain.startMonitor { try Plain(.init()) }
    }
    #expect(link == "outsideProcess")
    #expect(monitor == "outsideProcess")
  }

  @Test("a server starts from outside of processes, and its starting can be cancelled")
  func cancelledStart() async throws {
    let task = Task {
      await startOutcome { () async throws(StartError) in
        try await Slow.start("cancelled start") { try await Slow(after: .seconds(3_600)) }
      }
    }
    try await ProcessName<Slow.Message>("cancelled start").registered(within: .seconds(10))
    task.cancel()
    #expect(await task.value == "cancelled")
    #expect(ProcessName<Slow.Message>("cancelled start").whereis == nil)
  }

  @Test("PL-10: an unlinked server outlives a starter that is killed while it waits")
  func starterKilled() async throws {
    try await everySeed { node in
      let name: ProcessName<Slow.Message> = "orphan"
      let starter = spawn { _ = try await Slow.start(name) { try await Slow(after: .seconds(1)) } }
      let process = try await name.registered(within: .seconds(1))
      starter.exit(.kill)
      try await CurrentProcess.sleep(for: .seconds(2))
      try #require(process.isAlive && name.whereis == process)
    }
  }

  @Test("GS-61: whereis finds the process of a name, and none after its end", arguments: Flavour.allCases)
  func whereis(_ flavour: Flavour) async throws {
    try await everySeed { _ in
      let name: ProcessName<Command> = "found"
      try #require(name.whereis == nil)
      let server = try await flavour.start(name)
      try #require(name.whereis == server.id)
      try await name.stop()
      try #require(name.whereis == nil)
    }
  }
}

/// Its init takes time.
struct Slow: GenServer {
  enum Message: Sendable { case never(Never) }
  init(after time: Duration) async throws { try await CurrentProcess.sleep(for: time) }
  func handle(_ message: Message) {}
}
