import Supervision
import SupervisionTesting
import Synchronization
import Testing

@Suite("Sys: state and status", .timeLimit(.minutes(5)))
struct SysStateTests {
  /// A server that handles nothing.
  private struct Idle: GenServer, Sendable {
    enum Message: Sendable { case nothing }
    func handle(_ message: Message) {}
  }

  @Test("SYS-3: a closure does not outlive the server that waits for it")
  func killedMeanwhile() async throws {
    let server = try await Idle.start { Idle() }
    let hasEnded = Mutex<Bool?>(nil)
    let helper = Mutex<ProcessID?>(nil)
    await #expect(throws: SysError.self) {
      try await Sys.replaceState(of: server, as: Idle.self) { _ in
        let own = CurrentProcess.id
        helper.withLock { $0 = own }
        server.id.exit(.kill)
        let limit = ContinuousClock.now + .seconds(20)
        while own?.isAlive == true, ContinuousClock.now < limit {}
        hasEnded.withLock { $0 = own?.isAlive == false }
      }
    }
    _ = await helper.withLock { $0 }?.exited()
    while hasEnded.withLock({ $0 }) == nil { await Task.yield() }
    #expect(hasEnded.withLock { $0 } == true)
  }

  @Test("SYS-2: the state shows what the caller has sent, also while the server is suspended")
  func get() async throws {
    try await everySeed { _ in
      let name: ProcessName<Tally.Message> = "tally"
      let tally = try await Tally.start(name) { Tally() }
      tally.send(.add(2))
      tally.send(.add(3))
      try #require(try await Sys.getState(of: tally, as: Tally.self).count == 5)
      try await Sys.suspend(tally)
      tally.send(.add(10))
      try #require(try await Sys.getState(of: name, as: Tally.self).count == 5)
      let part = try await Sys.getState(of: tally.id, as: Tally.self) { $0.count + 1 }
      try #require(part == 6)
      try await Sys.resume(tally)
      try #require(try await Sys.getState(of: tally, as: Tally.self).count == 15)
    }
  }

  @Test("SYS-2: the state of every flavour of server can be had", arguments: Flavour.allCases)
  func flavours(_ flavour: Flavour) async throws {
    try await everySeed { _ in
      let server = try await flavour.start()
      server.send(.add(7))
      let status = try await Sys.getStatus(of: server)
      try #require(status.activity == .running && status.process == server.id)
      if ![.object, .agent].contains(flavour) { try #require(status.state.contains("value: 7"), "\(status.state)") }
      try #require(try await server.get() == 7)
    }
  }

  @Test("SYS-3: a state is replaced between two messages, also while the server is suspended")
  func replace() async throws {
    try await everySeed { _ in
      let tally = try await Tally.start { Tally() }
      tally.send(.add(1))
      let seen = try await Sys.replaceState(of: tally, as: Tally.self) { state in
        state.count *= 100
        return state
      }
      try #require(seen.count == 100)
      try await Sys.suspend(tally)
      try await Sys.replaceState(of: tally, as: Tally.self) { $0.count = 7 }
      try await Sys.resume(tally)
      try #require(try await tally.call { .get($0) } == 7)
    }
  }

  @Test("SYS-3: a closure that throws changes nothing, and its error is told")
  func failingReplace() async throws {
    try await everySeed { node in
      let tally = try await Tally.start { Tally() }
      tally.send(.add(1))
      let text = await failure {
        try await Sys.replaceState(of: tally, as: Tally.self) { state in
          state.count = 9
          throw Failure("no")
        }
      }
      try #require(
        text == "the closure given to a system operation has failed, and the server is as it was: Failure: no")
      try #require(try await tally.call { .get($0) } == 1)
      let get = await failure {
        _ = try await Sys.getState(of: tally, as: Tally.self) { _ -> Int in throw Failure("no") }
      }
      try #require(get == text)
      try #require(node.reports(of: CrashReport.self).isEmpty)
    }
  }

  @Test("SYS-3: a closure that traps changes nothing, and the server goes on", arguments: [false, true])
  func trappingReplace(suspended: Bool) async throws {
    try await withTestNodes(seeds: 0..<3) { _ in
      let tally = try await Tally.start { Tally() }
      tally.send(.add(1))
      if suspended { try await Sys.suspend(tally) }
      let text = await failure {
        try await Sys.replaceState(of: tally, as: Tally.self) { $0.count = [1][opaque(3)] }
      }
      try #require(text.contains("the server is as it was: trap"), "\(text)")
      try #require(tally.id.isAlive)
      if suspended { try await Sys.resume(tally) }
      try #require(try await tally.call { .get($0) } == 1)
    }
  }

  @Test("SYS-3: the closure runs in a process of its own")
  func apart() async throws {
    try await everySeed { node in
      let tally = try await Tally.start { Tally() }
      let done = Probe<String>()
      try await Sys.replaceState(of: tally, as: Tally.self) { state in
        done.ref.send("\(CurrentProcess.id == tally.id)")
        state.count = 3
      }
      try #require(try await done.next() == "false")
      try #require(try await tally.call { .get($0) } == 3)
      try await node.settle()
      try #require(!node.processes.contains { $0.label == "replace_state" })
    }
  }

  @Test("SYS-1: a dead target, a name of nobody, oneself and a suspended caller's timeout are told as in a call")
  func errors() async throws {
    try await everySeed { node in
      let tally = try await Tally.start { Tally() }
      tally.id.exit(.kill)
      let before = node.elapsed
      let dead = await failure { try await Sys.suspend(tally) }
      try #require(dead.hasPrefix("system call to \(tally.id): no process"), "\(dead)")
      let unknown = await failure { _ = try await Sys.getStatus(of: ProcessName<Int>("nobody")) }
      try #require(unknown.hasPrefix("system call to nobody: no process"), "\(unknown)")
      try #require(node.elapsed - before < .milliseconds(1))

      let selfish = try await Selfish.start { Selfish() }
      let text = try await selfish.call { .ask($0) }
      try #require(text.contains("a process cannot call itself"), "\(text)")

      let body = spawn { try await suspendForever() }
      let notServer = await failure { try await Sys.suspend(body) }
      try #require(
        notServer == "\(body) answers no system messages; only GenServers, state machines and supervisors do")

      let wrong = await failure { _ = try await Sys.getState(of: selfish, as: Tally.self) }
      try #require(
        wrong == "the server is a Selfish, and not of the type that was asked for; pass as: Selfish.self", "\(wrong)")
    }
  }

  @Test("SYS-1: who takes too long is a timeout, and the server goes on")
  func timeout() async throws {
    try await everySeed { node in
      let busy = try await Busy.start { Busy() }
      busy.send(.work)
      let before = node.elapsed
      let text = await failure { _ = try await Sys.statistics(of: busy, timeout: .seconds(1)) }
      try #require(text.contains("no answer in time"), "\(text)")
      try #require(node.elapsed - before < .seconds(2))
      try await CurrentProcess.sleep(for: .seconds(20))
      let defaulted = node.elapsed
      busy.send(.work)
      _ = await failure { _ = try await Sys.getStatus(of: busy) }
      try #require(node.elapsed - defaulted >= .seconds(5) && node.elapsed - defaulted < .seconds(6))
    }
  }

  @Test("SYS-5: terminate is answered before the server's terminate has run")
  func terminate() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      var setup = Core.Setup(log: log.ref)
      setup.onTerminate = { _ in log.ref.send("terminating") }
      let server = try await Flavour.asynchronous.start(setup)
      try await Sys.suspend(server)
      try await Sys.terminate(server, reason: .shutdown("order"))
      try #require(await server.id.exited() == .shutdown("order"))
      try #require(try await log.all(node) == ["continue", "terminate shutdown: order", "terminating"])
    }
  }

  @Test("SYS-6: the status tells who it is, who started it, what is on, and the state")
  func status() async throws {
    try await withTestNodes(seeds: 0..<20) { _ in
      let statuses = Probe<SystemStatus>()
      let parent = spawn {
        let tally = try await Tally.startLink("tally") { Tally() }
        try await Sys.suspend(tally)
        try await Sys.startLog(of: tally)
        try await Sys.install("i", in: tally, state: 0) { _, _ in }
        statuses.ref.send(try await Sys.getStatus(of: tally))
      }
      let status = try await statuses.next()
      try #require(status.name == "tally" && status.kind == "Tally" && status.behaviour == "GenServer")
      try #require(status.activity == .suspended && status.parent == parent && status.ancestors.first == parent)
      try #require(status.installed == ["i"] && status.log.isEmpty && status.statistics == nil)
      try #require(status.state == "Tally(count: 0)")
    }
  }

  @Test("GS-51, SYS-6: a description that traps harms nobody, and shows nothing of the state")
  func trappingDescription() async throws {
    try await withTestNodes(seeds: 0..<2) { _ in
      let server = try await Unprintable.start { Unprintable() }
      let status = try await Sys.getStatus(of: server)
      try #require(status.state == "Unprintable's description crashed")
      try #require(try await server.call { .get($0) } == 1)
    }
  }

  @Test("GS-50, SYS-6: with types only a status shows no state")
  func redacted() async throws {
    try await withTestNodes(seeds: [0]) { _ in
      Reports.redaction = .typesOnly
      let tally = try await Tally.start { Tally() }
      try #require(try await Sys.getStatus(of: tally).state == "Tally")
    }
  }

  @Test("SYS-4, SYS-6: supervisors answer too, and keep their children while they are suspended")
  func supervisors() async throws {
    try await everySeed { node in
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        ChildSpec("tally") { Tally() }
      }
      let dynamic = try await DynamicSupervisor.start()
      try await Sys.suspend(supervisor)
      let name: ProcessName<Tally.Message> = "tally"
      let before = name.whereis
      before?.exit(.kill)
      try await node.settle()
      try #require(name.whereis == nil)
      let status = try await Sys.getStatus(of: supervisor)
      try #require(status.activity == .suspended)
      try #require(try await Sys.getStatus(of: dynamic).activity == .running)
      try await Sys.resume(supervisor)
      try #require(try await supervisor.countChildren().active == 1)
      try #require(name.whereis != nil && name.whereis != before)
      try await Sys.suspend(supervisor)
      try await supervisor.stop()
    }
  }

  @Test("STM-41: of a state machine, state and data are had and replaced together")
  func machine() async throws {
    try await everySeed { _ in
      let machine = try await Scripted.start { Scripted(.init()) }
      try await Sys.replaceState(of: machine, as: Scripted.self) { state, data in
        state = .c
        data.value = 9
      }
      let (state, value) = try await Sys.getState(of: machine, as: Scripted.self) { ($0, $1.value) }
      try #require(state == .c && value == 9)
      try #require(try await machine.call { .state($0) } == .c)
      let text = await failure {
        try await Sys.replaceState(of: machine, as: Scripted.self) { state, _ in
          state = .b
          throw Failure("no")
        }
      }
      try #require(text.hasSuffix("as it was: Failure: no"))
      machine.later("p", in: .a)
      let status = try await Sys.getStatus(of: machine)
      try #require(status.behaviour == "StateMachine" && status.kind == "Scripted")
      try #require(status.state.hasPrefix("(state: c, data: "), "\(status.state)")
      try #require(status.details.map(\.name) == ["Queue", "Postponed", "Time-outs"], "\(status.details)")
    }
  }
}

/// What an operation says when it fails.
func failure(_ operation: () async throws -> Void) async -> String {
  do {
    try await operation()
    return "no failure"
  } catch {
    return "\(error)"
  }
}

@inline(never) @_optimize(none) private func opaque(_ value: Int) -> Int { value }

struct Tally: GenServer, Sendable {
  enum Message: Sendable {
    case add(Int)
    case get(ReplyTo<Int>)
    case fail
  }

  var count = 0

  mutating func handle(_ message: Message) throws {
    switch message {
    case .add(let number): count += number
    case .get(let reply): reply(count)
    case .fail: throw Failure("tally")
    }
  }
}

private struct Selfish: GenServer {
  enum Message: Sendable { case ask(ReplyTo<String>) }

  func handle(_ message: Message) async throws {
    guard case .ask(let reply) = message, let me = CurrentProcess.id else { return }
    reply(await failure { try await Sys.suspend(me) })
  }
}

private struct Busy: GenServer {
  enum Message: Sendable { case work }

  func handle(_ message: Message) async throws { try await CurrentProcess.sleep(for: .seconds(10)) }
}

private struct Unprintable: GenServer, CustomStringConvertible {
  enum Message: Sendable { case get(ReplyTo<Int>) }

  var description: String { "\([1][opaque(3)])" }

  func handle(_ message: Message) {
    guard case .get(let reply) = message else { return }
    reply(1)
  }
}
