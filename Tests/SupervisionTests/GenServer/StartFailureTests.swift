import Supervision
import SupervisionTesting
import Testing

@Suite("GenServer: starts that fail", .timeLimit(.minutes(5)))
struct StartFailureTests {
  /// What init throws, what the starter hears, and the reason of the exit; nil: as for any error that is reported.
  struct Row: Sendable, CustomTestStringConvertible {
    let thrown: any Error
    let heard: String
    let exit: ExitReason
    let isReported: Bool
    var testDescription: String { heard }
  }

  static let rows = [
    Row(thrown: Failure("x"), heard: "failed(Failure: x)", exit: .failure(Failure("x")), isReported: true),
    Row(
      thrown: ExitReason.failure(Failure("y")), heard: "failed(Failure: y)", exit: .failure(Failure("y")),
      isReported: true),
    Row(thrown: ExitReason.timeout, heard: "failed(timeout)", exit: .timeout, isReported: true),
    Row(thrown: ExitReason.normal, heard: "failed(normal)", exit: .normal, isReported: false),
    Row(thrown: ExitReason.shutdown, heard: "failed(shutdown)", exit: .shutdown, isReported: false),
    Row(thrown: ExitReason.shutdown("why"), heard: "failed(shutdown: why)", exit: .shutdown("why"), isReported: false),
    Row(thrown: StartError.ignored, heard: "ignored", exit: .normal, isReported: false),
    Row(thrown: StartError.failed(.timeout), heard: "failed(timeout)", exit: .normal, isReported: false),
  ]

  @Test(
    "GS-1, GS-4, PL-13, PL-14: what init throws decides what the starter hears",
    arguments: Flavour.allCases, StartFailureTests.rows)
  func table(_ flavour: Flavour, _ row: Row) async throws {
    try await withTestNodes(seeds: 0..<20) { node in
      let log = Probe<String>()
      let name: ProcessName<Command> = "failing"
      let watcher = spawn(receiving: Never.self) { inbox in
        let process = try await name.registered(within: .seconds(1))
        try CurrentProcess.monitor(process)
        log.ref.send("watching")
        if case .down(_, _, let reason) = try await inbox.signal() { log.ref.send("down \(reason)") }
      }
      var setup = Core.Setup(log: log.ref)
      setup.onInit = { throw row.thrown }
      let text = await startOutcome { () async throws(StartError) in try await flavour.start(name, setup) }
      try #require(text == row.heard)
      try #require(name.whereis == nil)
      watcher.exit(.kill)
      let told = try await log.all(node)
      try #require(!told.contains { $0.hasPrefix("terminate") || $0 == "continue" })
      // The watcher may have come too late for the process, never for its reason.
      try #require(!told.contains { $0.hasPrefix("down") && $0 != "down \(row.exit)" && $0 != "down no process" })
      try #require(node.reports(of: CrashReport.self).map(\.reason) == (row.isReported ? [row.exit] : []))
    }
  }

  @Test(
    "GS-2, PL-18, NAM-10: a failed start leaves nothing behind, a hundred times in a row",
    arguments: Flavour.allCases)
  func hundredTimes(_ flavour: Flavour) async throws {
    try await withTestNodes(seeds: 0..<10) { _ in
      try await inTrappingProcess { inbox in
        let name: ProcessName<Command> = "again"
        for round in 0..<100 {
          let row = StartFailureTests.rows[round % StartFailureTests.rows.count]
          var setup = Core.Setup()
          setup.onInit = { throw row.thrown }
          let text = await startOutcome { () async throws(StartError) in
            round % 3 == 0 ? try await flavour.start(name, setup) : try await flavour.startLink(name, setup)
          }
          try #require(text == row.heard)
          try #require(name.whereis == nil)
          try #require(CurrentProcess.links.isEmpty)
        }
        try await inbox.requireNothing(within: .seconds(1))
        _ = try await flavour.start(name)
      }
    }
  }

  @Test("GS-2: a name is free again when start has failed, on many threads", arguments: Flavour.allCases)
  func nameIsFreeAtOnce(_ flavour: Flavour) async throws {
    let name = ProcessName<Command>("free-\(flavour)")
    let process = spawn {
      CurrentProcess.trapsExits = true
      for round in 0..<200 {
        var setup = Core.Setup()
        if round % 2 == 0 { setup.onInit = { throw StartError.ignored } }
        let text = await startOutcome { () async throws(StartError) in try await flavour.startLink(name, setup) }
        guard text == (round % 2 == 0 ? "ignored" : "started") else { throw Failure(text) }
        if round % 2 == 1 { try await name.stop() }
      }
    }
    #expect(await process.exited() == .normal)
  }

  @Test("PL-17, GS-6: an abnormal init ends the linked starter that does not trap", arguments: Flavour.allCases)
  func starterDies(_ flavour: Flavour) async throws {
    try await everySeed { _ in
      let log = Probe<String>()
      for reason in [ExitReason.failure(Failure("x")), .shutdown] {
        var setup = Core.Setup()
        setup.onInit = { throw reason }
        let starter = spawn {
          let text = await startOutcome { () async throws(StartError) in try await flavour.startLink(setup) }
          log.ref.send("heard \(text)")
        }
        try #require(await starter.exited() == reason)
      }
      try #require(log.isEmpty)
    }
  }

  @Test("PL-17: nor on many threads does it ever hear of the failed start", arguments: Flavour.allCases)
  func starterNeverHears(_ flavour: Flavour) async throws {
    let heard = Witness.Count()
    for _ in 0..<300 {
      var setup = Core.Setup()
      setup.onInit = { throw ExitReason.shutdown("init") }
      let starter = spawn {
        _ = try? await flavour.startLink(setup)
        if CurrentProcess.id?.isAlive == true { heard.add(1) }
      }
      #expect(await starter.exited() == .shutdown("init"))
    }
    #expect(heard.alive == 0)
  }

  @Test("PL-17: a clean init failure spares the linked starter", arguments: Flavour.allCases)
  func starterSurvives(_ flavour: Flavour) async throws {
    try await everySeed { _ in
      for error in [StartError.ignored, StartError.failed(.timeout)] {
        var setup = Core.Setup()
        setup.onInit = { throw error }
        let starter = spawn {
          _ = try? await flavour.startLink(setup)
          throw ExitReason.shutdown("alive")
        }
        try #require(await starter.exited() == .shutdown("alive"))
      }
    }
  }

  @Test("PL-14: a process killed in init gives its reason at once", arguments: Flavour.suspending)
  func killedInInit(_ flavour: Flavour) async throws {
    try await everySeed { _ in
      try await inTrappingProcess { inbox in
        let name: ProcessName<Slow.Message> = "killed"
        spawn { try await name.registered(within: .seconds(1)).exit(.kill) }
        let text = await startOutcome { () async throws(StartError) in
          try await Slow.startLink(name) { try await Slow(after: .seconds(60)) }
        }
        try #require(text == "failed(killed)")
        try await inbox.requireNothing(within: .seconds(1))
      }
    }
  }

  @Test("a server killed between its naming and its first turn fails its start, on many threads")
  func killedBeforeFirstTurn() async throws {
    let name: ProcessName<Command> = "early victim"
    let killer = spawn {
      // A dead process that never ends would keep a worker for ever.
      while !Task.isCancelled {
        name.whereis?.exit(.kill)
        await Task.yield()
      }
    }
    for _ in 0..<2_000 {
      let text = await startOutcome { () async throws(StartError) in try await Plain.start(name) { try Plain(.init()) }
      }
      if text != "started" { #expect(text == "failed(killed)") }
      try await name.unregistered(within: .seconds(10))
    }
    killer.exit(.kill)
  }

  @Test("GS-1: the failed start of another server within init is a failure like any other", arguments: Flavour.allCases)
  func nestedStart(_ flavour: Flavour) async throws {
    try await everySeed { node in
      struct Outer: GenServer {
        enum Message: Sendable { case never(Never) }
        init(_ flavour: Flavour) async throws {
          var setup = Core.Setup()
          setup.onInit = { throw StartError.ignored }
          _ = try await flavour.start(setup)
        }
        func handle(_ message: Message) {}
      }
      do {
        _ = try await Outer.start { try await Outer(flavour) }
      } catch let error as StartError {
        guard case .failed(let reason) = error.kind, reason.error is StartError else { throw error }
      }
      try #require(node.reports(of: CrashReport.self).count == 1)
    }
  }

  @Test("HST-7: an init that calls its starter is told of the deadlock", arguments: Flavour.suspending)
  func initCallsStarter(_ flavour: Flavour) async throws {
    try await everySeed { _ in
      let starter = try await flavour.start()
      let answer = await outcome { () async throws(CallError) in
        try await starter.call {
          .ask($0) {
            _ = try await Caller.start { try await Caller(starter) }
            return 7
          }
        }
      }
      try #require(answer.contains("deadlock"), "\(answer)")
    }
  }
}

/// Calls somebody in its init.
private struct Caller: GenServer {
  enum Message: Sendable { case never(Never) }
  init(_ target: ProcessRef<Command>) async throws { _ = try await target.get(timeout: nil) }
  func handle(_ message: Message) {}
}
