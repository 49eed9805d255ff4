import Supervision
import SupervisionTesting
import Synchronization
import Testing

/// Elixir's agent_test.exs.
@Suite("Agent", .timeLimit(.minutes(5)))
struct AgentTests {
  /// Not Sendable: it never leaves its process.
  final class Shelf {
    var books: [String] = []
  }

  @Test("AGT-1, AGT-2: start_link/2 workflow with unregistered name and anonymous functions")
  func workflow() async throws {
    try await everySeed { _ in
      let agent = try await Supervision.Agent<[String: Int]>.startLink { [:] }
      try #require(CurrentProcess.links == [try #require(agent.process)])
      try await agent.update { $0["hello"] = 1 }
      try #require(try await agent.get { $0["hello"] } == 1)
      let old = try await agent.getAndUpdate { state in
        defer { state["hello"] = 2 }
        return state["hello"]
      }
      try #require(old == 1)
      agent.cast { $0["hello", default: 0] += 1 }
      try #require(try await agent.get { $0 } == ["hello": 3])
      try await agent.stop()
      try #require(agent.process?.isAlive == false)
    }
  }

  @Test("AGT-1, AGT-5: start/2 workflow with registered name: dead after stop, and the name is free")
  func named() async throws {
    try await everySeed { _ in
      let registry = ProcessRegistry<Int, Void>()
      for name in [ProcessName<Supervision.Agent<Int>.Message>("counter"), .via(registry, 7)] {
        let started = try await Supervision.Agent.start(name) { 1 }
        let agent = Supervision.Agent<Int>.named(name)
        try #require(agent.process == started.process && name.whereis == started.process)
        try await agent.update { $0 += 1 }
        try #require(try await started.get { $0 } == 2)
        let process = try #require(started.process)
        let again = await startOutcome { () async throws(StartError) in try await Supervision.Agent.start(name) { 1 } }
        try #require(again == "alreadyStarted(\(process))")
        try await agent.stop()
        try #require(name.whereis == nil && !process.isAlive)
        let gone = await outcome { () async throws(CallError) in try await agent.get { $0 } }
        try #require(gone == "noProcess")
      }
    }
  }

  @Test("AGT-1: a value that cannot be made is a failed start")
  func failedStart() async throws {
    try await withTestNode { _ in
      let text = await startOutcome { () async throws(StartError) in
        try await Supervision.Agent<Int>.start { throw Failure("x") }
      }
      try #require(text == "failed(Failure: x)")
    }
  }

  @Test("AGT-2: requests and casts are done in the order in which they were sent, one at a time")
  func order() async throws {
    try await everySeed { _ in
      let agent = try await Supervision.Agent<[Int]>.start { [] }
      for number in 0..<10 { agent.cast { $0.append(number) } }
      try #require(try await agent.get { $0 } == Array(0..<10))
    }
  }

  @Test("AGT-3: a closure that throws takes the agent down, and the caller gets the exit")
  func throwing() async throws {
    try await everySeed { node in
      let agent = try await Supervision.Agent.start { 1 }
      let text = await outcome { () async throws(CallError) -> Int in try await agent.get { _ in throw Failure("x") } }
      try #require(text == "exited(Failure: x)" && agent.process?.isAlive == false)
      let report = try #require(node.reports(of: CrashReport.self).first)
      try #require(report.text.contains("State: Agent(1)") && report.kind == "AgentServer<Int>")
      let other = try await Supervision.Agent.start { 1 }
      other.cast { _ in throw ExitReason.normal }
      try #require(await other.process?.exited() == .normal)
    }
  }

  @Test("AGT-3: a trap in a closure takes the agent down, and the caller gets the exit")
  func trap() async throws {
    let agent = try await Supervision.Agent<[Int]>.start { [] }
    do {
      _ = try await agent.get { $0[Int.random(in: 3...4)] }
      Issue.record("it answers")
    } catch {
      guard case .exited(let reason) = error.kind else { throw error }
      #expect(reason.fault != nil && agent.process?.isAlive == false)
    }
  }

  @Test("AGT-4: closures run in the agent's process; the value need not be Sendable")
  func insideProcess() async throws {
    try await everySeed { _ in
      let agent = try await Supervision.Agent<Shelf>.start { Shelf() }
      try #require(try await agent.get { _ in CurrentProcess.id } == agent.process)
      try await agent.update { $0.books.append("Dune") }
      try #require(try await agent.get { $0.books } == ["Dune"])
    }
  }

  @Test("AGT-4: long work makes others wait, for as long as they like")
  func timeout() async throws {
    let agent = try await Supervision.Agent.start { 0 }
    let gate = Gate()
    agent.cast { _ in gate.wait() }
    let text = await outcome { () async throws(CallError) in try await agent.get(timeout: .milliseconds(1)) { $0 } }
    #expect(text == "timeout")
    gate.open()
    #expect(try await agent.get(timeout: nil) { $0 } == 0)
    try await agent.stop()
  }

  @Test("AGT-5: can be supervised directly: started again with a new value; generates child_spec/1")
  func supervised() async throws {
    try await everySeed { _ in
      let name = ProcessName<Supervision.Agent<Int>.Message>("counter")
      let agent = Supervision.Agent<Int>.named(name)
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        Supervision.Agent.child(name) { 5 }
        Supervision.Agent<String>.child(restart: .temporary) { "x" }
      }
      try #require(try await supervisor.children().map(\.id) == ["Agent", "counter"])
      try #require(try await supervisor.childSpec("counter").restart == .permanent)
      try await agent.update { $0 += 1 }
      let before = agent.process
      before?.exit(.kill)
      try await name.registered(otherThan: before, within: .seconds(1))
      try #require(try await agent.get { $0 } == 5)
      try #require("\(agent)" == "Agent(\"counter\")")
    }
  }
}

/// Holds a thread until it is opened.
private final class Gate: Sendable {
  private let isOpen = Atomic(false)
  func open() { isOpen.store(true, ordering: .sequentiallyConsistent) }
  func wait() { while !isOpen.load(ordering: .sequentiallyConsistent) {} }
}
