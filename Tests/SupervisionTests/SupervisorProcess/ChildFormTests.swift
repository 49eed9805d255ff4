import ProcessRuntime
import Supervision
import SupervisionTesting
import Synchronization
import Testing

@Suite("Child specifications of running children", .timeLimit(.minutes(1)))
struct ChildFormTests {
  private struct Worker: GenServer {
    enum Message: Sendable { case value(ReplyTo<Int>) }
    let value: Int
    func handle(_ message: Message) {
      switch message {
      case .value(let reply): reply(value)
      }
    }
  }

  private struct Branch: SupervisorBehaviour {
    var strategy: Supervisor.Strategy { .oneForAll }
    var children: [ChildSpec] { ChildSpec(id: "leaf") { Worker(value: 7) } }
  }

  @Test(
    "ESUP-2, ESUP-6, ESUP-8: a server, a named server, a supervisor type, a dynamic supervisor and a task, each with the id it has by itself"
  )
  func forms() async throws {
    try await withTestNode { _ in
      let name = ProcessName<Worker.Message>("seven")
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        ChildSpec { Worker(value: 1) }
        ChildSpec(name) { Worker(value: 7) }
        ChildSpec(Branch())
        DynamicSupervisor.child(name: "workers")
        ChildSpec.task("forever") { try await suspendForever() }
        for index in 0..<2 { ChildSpec(id: "worker-\(index)") { Worker(value: index) } }
      }
      #expect(
        try await supervisor.line == ["Worker", "seven", "Branch", "workers", "forever", "worker-0", "worker-1"])
      #expect(try await supervisor.vector == [7, 7, 2, 5])
      #expect(try await name.call { .value($0) } == 7)
      let branch = Supervisor(id: try #require(try await supervisor.child("Branch").process))
      #expect(try await branch.line == ["leaf"])
      #expect(try await supervisor.childSpec("Worker").shutdown == .timeout(.seconds(5)))
      #expect(try await supervisor.childSpec("Worker").restart == .permanent)
      #expect(try await supervisor.childSpec("workers").shutdown == .infinity)
    }
  }

  @Test("ESUP-4: a specification is a value: what it says can be changed before it is used")
  func overrides() async throws {
    try await withTestNode { _ in
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {}
      var spec = ChildSpec { Worker(value: 1) }
      spec.id = "other"
      spec.restart = .temporary
      spec.shutdown = .brutalKill
      let process = try await supervisor.startChild(spec)
      #expect(try await supervisor.line == ["other"])
      try await supervisor.terminateChild("other")
      #expect(process.reasonIfDead == .killed)
      #expect(try await supervisor.line == [])
    }
  }

  @Test("SUP-31: a task is a child like any other: one-off when transient or temporary, started again when permanent")
  func tasks() async throws {
    final class Runs: Sendable {
      let count = Atomic<Int>(0)
    }
    try await withTestNode { node in
      let runs = Runs()
      let supervisor = try await Supervisor.start(strategy: .oneForOne, intensity: .restarts(5, within: .seconds(5))) {
        ChildSpec.task("once", restart: .transient) { runs.count.add(1, ordering: .relaxed) }
        ChildSpec.task("twice", restart: .transient) {
          if runs.count.add(10, ordering: .relaxed).oldValue < 10 { throw Crash() }
        }
        ChildSpec.task("gone", restart: .temporary) { throw Crash() }
        ChildSpec.task("always") { try await CurrentProcess.sleep(for: .seconds(60)) }
      }
      let always = try await supervisor.child("always").process
      try await CurrentProcess.sleep(for: .seconds(61))
      #expect(runs.count.load(ordering: .relaxed) == 21)
      #expect(try await supervisor.line == ["once stopped", "twice stopped", "always"])
      #expect(try await supervisor.child("always").process != always)
      #expect(node.trouble.contains("child_terminated gone: Crash: Crash()"))
    }
  }

  @Test("SUP-51: a task is stopped like any other child; what it was doing is cancelled")
  func stoppedTask() async throws {
    try await withTestNode { node in
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        ChildSpec.task("sleeper") { try await CurrentProcess.sleep(for: .seconds(10_000)) }
      }
      let process = try #require(try await supervisor.child("sleeper").process)
      try await node.settle()
      try await supervisor.stop()
      #expect(process.reasonIfDead == .shutdown)
      #expect(node.elapsed < .seconds(1))
      #expect(node.processes.count == 1)
    }
  }
}
