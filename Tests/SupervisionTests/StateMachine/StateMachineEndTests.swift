import Supervision
import SupervisionTesting
import Testing

@Suite("StateMachine: beginning and end", .timeLimit(.minutes(5)))
struct StateMachineEndTests {
  @Test("STM-2: a closure that gives up fails the start, as a GenServer's does")
  func failedStart() async throws {
    try await everySeed { _ in
      let outcomes = [
        await startOutcome { () async throws(StartError) in
          try await Scripted.start("machine") { () throws -> Scripted in throw Failure("no") }
        },
        await startOutcome { () async throws(StartError) in
          try await Scripted.start("machine") { () throws -> Scripted in throw StartError.ignored }
        },
        await startOutcome { () async throws(StartError) in
          try await Scripted.start("machine", timeout: .seconds(1)) { () async throws -> Scripted in
            try await suspendForever()
          }
        },
      ]
      try #require(outcomes == ["failed(Failure: no)", "ignored", "timeout"])
      let name: ProcessName<Scripted.Message> = "machine"
      try #require(name.whereis == nil)
      let machine = try await Scripted.start(name) { Scripted(.init()) }
      try #require(name.whereis == machine.id)
      let again = await startOutcome { () async throws(StartError) in
        try await Scripted.start(name) { Scripted(.init()) }
      }
      try #require(again == "alreadyStarted(\(machine.id))")
    }
  }

  @Test("STM-2: it can be linked to its starter, and monitored by it, from its first instant")
  func starts() async throws {
    try await everySeed { _ in
      try await inTrappingProcess { inbox in
        let linked = try await Scripted.startLink { Scripted(.init()) }
        try #require(CurrentProcess.links == [linked.id])
        let (monitored, monitor) = try await Scripted.startMonitor { Scripted(.init()) }
        monitored.next("end", .stop(.shutdown("m")))
        guard case .down(monitor, _, let reason) = try await inbox.signal() else { throw Failure("no down signal") }
        try #require(reason == .shutdown("m"))
        try await linked.stop()
        guard case .exit(linked.id, .normal) = try await inbox.signal() else { throw Failure("no exit signal") }
      }
    }
  }

  @Test("STM-40: terminate runs with reason and state on an error, on stop, and on an order; not on a kill")
  func terminate() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let start: @Sendable () async throws -> ProcessRef<Scripted.Message> = {
        try await Scripted.start { Scripted(.init(log: log.ref, initial: .b)) }
      }
      let failing = try await start()
      failing.send(.run("fail") { _, _ in throw Failure("x") })
      try #require(await failing.id.exited() == .failure(Failure("x")))
      let stopping = try await start()
      stopping.next("stop", .stop)
      try #require(await stopping.id.exited() == .normal)
      let throwing = try await start()
      throwing.send(.run("throw") { _, _ in throw ExitReason.shutdown })
      try #require(await throwing.id.exited() == .shutdown)
      try await start().stop(reason: .shutdown("order"))
      let killed = try await start()
      killed.id.exit(.kill)
      try #require(
        try await log.all(node) == [
          "b fail", "terminate Failure: x in b", "b stop", "terminate normal in b", "b throw",
          "terminate shutdown in b", "terminate shutdown: order in b",
        ])
      try #require(node.reports(of: CrashReport.self).count == 1)
    }
  }

  @Test("LOG-15, STM-42: the report shows state, data, event, what is queued and postponed, and timeouts")
  func report() async throws {
    try await everySeed { node in
      let door = try await Vestibule.start("door") { Vestibule() }
      door.send(.knock(1))
      door.send(.knock(2))
      door.send(.smash)
      let reason = await door.id.exited()
      let report = try #require(node.reports(of: CrashReport.self).first)
      let me = try #require(CurrentProcess.id)
      try #require(
        report.text == """
          StateMachine door (\(door)) terminating
          ** (Failure) smashed
          Last message: smash
          State: (state: shut(since: 3), data: Vestibule(knocks: 2))
          Last event: internal splinter
          Queue: [internal dust]
          Postponed: [knock(1), knock(2)]
          Time-outs: [state timeout: draught, timeout bell: ring]
          Initial Call: Vestibule
          Ancestors: [\(me)]
          """, "\(report.text)")
      try #require(report.reason == reason && report.kind == "Vestibule" && report.behaviour == "StateMachine")
    }
  }

  @Test("LOG-15, STM-42: with types only, nothing of what was sent is shown")
  func redacted() async throws {
    try await withTestNodes(seeds: [0]) { node in
      Reports.redaction = .typesOnly
      let door = try await Vestibule.start("door") { Vestibule() }
      door.send(.knock(1234))
      door.send(.smash)
      _ = await door.id.exited()
      let text = try #require(node.reports(of: CrashReport.self).first).text
      try #require(text.contains("State: Vestibule\n") && text.contains("Postponed: [knock]\n"), "\(text)")
      try #require(!text.contains("1234") && !text.contains("since"))
    }
  }

  @Test("a trap in a handler ends the machine alone, and its callers at once")
  func trap() async throws {
    try await withTestNodes(seeds: [0]) { node in
      let log = Probe<String>()
      let machine = try await Scripted.start { Scripted(.init(log: log.ref)) }
      machine.send(
        .run("trap") { machine, _ in
          machine.value = [1][opaque(3)]
          return .keep
        })
      try #require(await machine.id.exited().fault != nil)
      try #require(try await log.all(node) == ["a trap"])
    }
  }

  @Test("a signal that is not handled is reported, and dropped")
  func unhandledSignal() async throws {
    try await withTestNodes(seeds: 0..<20) { node in
      let door = try await Vestibule.start {
        CurrentProcess.trapsExits = true
        return Vestibule()
      }
      door.id.exit(.shutdown)
      try await node.settle()
      let report = try #require(node.reports(of: UnhandledSignalReport.self).first)
      try #require(report.process == door.id && report.kind == "Vestibule" && door.id.isAlive)
    }
  }

  @Test("a supervisor starts it again in its first state, under its name")
  func supervised() async throws {
    try await everySeed { _ in
      let name: ProcessName<Scripted.Message> = "machine"
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        ChildSpec(name) { Scripted(.init()) }
      }
      name.send(.run("go") { _, _ in .next(.c) })
      let before = name.whereis
      try #require(try await name.call { .state($0) } == .c)
      name.send(.run("fail") { _, _ in throw Failure("x") })
      _ = try await name.registered(otherThan: before, within: .seconds(1))
      try #require(try await name.call { .state($0) } == .a)
      let children = try await supervisor.children()
      try #require(children.map(\.id.text) == ["machine"])
      try await supervisor.stop()
      try #require(name.whereis == nil)
    }
  }

  @Test("it can be a child of a dynamic supervisor, and be found by a key")
  func dynamic() async throws {
    try await everySeed { _ in
      let machines = try await DynamicSupervisor.start()
      let keys = ProcessRegistry<String, Void>()
      let machine = try await machines.startChild(.via(keys, "k"), restart: .temporary) { Scripted(.init()) }
      try #require(keys.whereis("k") == machine.id)
      try #require(try await machine.call { .state($0) } == .a)
      try await machines.terminateChild(machine.id)
      try #require(!machine.id.isAlive)
    }
  }
}

@inline(never) @_optimize(none) private func opaque(_ value: Int) -> Int { value }

/// A machine with something of everything to report.
private struct Vestibule: StateMachine {
  enum State: Equatable { case shut(since: Int) }
  enum Message: Sendable { case knock(Int), smash }
  enum Internal: Sendable { case splinter, dust }
  enum Timeout: Hashable { case draught, ring }
  enum TimerName: Hashable { case bell }

  private var knocks = 0

  var initialState: State { .shut(since: 3) }
  var initialActions: [Action] {
    [.stateTimeout(.draught, after: .seconds(100)), .timeout(.ring, named: .bell, after: .seconds(100))]
  }

  mutating func handle(_ event: Event, in state: State) throws -> Transition {
    switch (state, event) {
    case (.shut, .message(.knock)):
      knocks += 1
      return .postpone
    case (.shut, .message(.smash)): return .keep(.internal(.splinter), .internal(.dust))
    case (.shut, .internal(.splinter)): throw Failure("smashed")
    case (.shut, .internal(.dust)), (.shut, .timeout): return .keep
    }
  }
}
