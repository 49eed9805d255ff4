import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Dynamic supervisor processes: starting children", .timeLimit(.minutes(1)))
struct DynamicSupervisorStartTests {
  @Test("DYN-1, DYN-5, DYN-8: it starts empty; children come by request, listed in no order, counted")
  func children() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      let workers = try await DynamicSupervisor.start(name: "workers")
      #expect(try await workers.children() == [])
      let worker = try await workers.startChild { Greeter() }
      #expect(try await worker.call { .greet($0) } == "hello")
      let other = try await workers.startChild(stage.child("b", kind: .supervisor))
      let children = try await workers.children()
      #expect(Set(children.compactMap(\.process)) == [worker.id, other])
      #expect(Set(children.map(\.kind)) == [.worker, .supervisor])
      #expect(
        try await workers.countChildren() == Supervisor.Counts(specs: 2, active: 2, supervisors: 1, workers: 1))
    }
  }

  @Test(
    "DYN-5: a start may give a process, decline, or fail, by an error, a trap, or because a name is taken",
    arguments: 0..<20 as Range<UInt64>)
  func outcomes(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let workers = try await DynamicSupervisor.start()
      stage.next("a", .ignored, .fails, .traps)
      let spec = stage.child("a", name: "taken")
      #expect(await error { () async throws(SupervisorError) in try await workers.startChild(spec) } == .ignored)
      #expect(
        await error { () async throws(SupervisorError) in try await workers.startChild(spec) }
          == .startFailed(.failure(Crash())))
      let trap = await error { () async throws(SupervisorError) in try await workers.startChild(spec) }
      #expect(trap?.reason?.fault != nil)
      let process = try await workers.startChild(spec)
      #expect(
        await error { () async throws(SupervisorError) in try await workers.startChild(spec) }
          == .alreadyStarted(process))
      #expect(try await workers.countChildren().specs == 1)
      #expect(node.trouble.isEmpty)
    }
  }

  @Test("DYN-2: settings that make no sense are the start's error, by name")
  func settings() async throws {
    try await withTestNode { _ in
      for (limit, intensity, problem) in [
        (-1, Supervisor.Intensity.restarts(3, within: .seconds(5)), "maxChildren is -1"),
        (1, .restarts(-2, within: .seconds(5)), "-2 restarts"), (1, .restarts(1, within: .zero), "counted within 0"),
      ] {
        let error = await startError { () async throws(StartError) in
          try await DynamicSupervisor.start(maxChildren: limit, intensity: intensity)
        }
        #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
      }
    }
  }

  @Test("DYN-3: a specification is checked in the caller, even if there is no supervisor")
  func validation() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      let nobody = DynamicSupervisor.named("nobody")
      let negative = await error { () async throws(SupervisorError) in
        try await nobody.startChild(stage.child("a", shutdown: .timeout(.seconds(-1))))
      }
      #expect(negative?.problem?.contains("shutdown time of -1") == true)
      let significant = await error { () async throws(SupervisorError) in
        try await nobody.startChild(stage.child("a", restart: .transient, significant: true))
      }
      #expect(significant?.problem?.contains("a dynamic supervisor never shuts down by itself") == true)
      #expect(
        await error { () async throws(SupervisorError) in try await nobody.startChild(stage.child("a")) } == .noProcess)
      #expect(stage.take().isEmpty)
    }
  }

  @Test("DYN-4: ids do not matter: many children may have the same")
  func ids() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      let workers = try await DynamicSupervisor.start()
      for _ in 0..<10 { try await workers.startChild(stage.child("same")) }
      #expect(try await workers.countChildren().active == 10)
    }
  }

  @Test("DYN-6: the limit counts running and restarting children, and is asked before anything starts")
  func limit() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let none = try await DynamicSupervisor.start(maxChildren: 0)
      #expect(
        await error { () async throws(SupervisorError) in try await none.startChild(stage.child("a")) } == .maxChildren)
      #expect(stage.take().isEmpty)
      let one = try await DynamicSupervisor.start(maxChildren: 1, intensity: .restarts(10_000, within: .seconds(5)))
      let process = try await one.startChild(stage.child("a"))
      #expect(
        await error { () async throws(SupervisorError) in try await one.startChild(stage.child("b")) } == .maxChildren)
      for _ in 0..<100 { stage.next("a", .fails) }
      process.exit(.kill)
      #expect(
        await error { () async throws(SupervisorError) in try await one.startChild(stage.child("b")) } == .maxChildren)
      #expect(try await one.countChildren() == Supervisor.Counts(specs: 1, active: 0, supervisors: 0, workers: 1))
      try await one.terminateChild(process)
      try await one.startChild(stage.child("b"))
    }
  }

  @Test("DYN-18, ESUP-2: as a child it is a supervisor whose id is its name; by its name it is found after a restart")
  func asChild() async throws {
    try await withTestNode { _ in
      let top = try await Supervisor.start(strategy: .oneForOne) {
        DynamicSupervisor.child(name: "first")
        DynamicSupervisor.child(name: "second", maxChildren: 0, restart: .transient)
      }
      #expect(try await top.children().map(\.id.text) == ["second", "first"])
      #expect(try await top.vector == [2, 2, 2, 0])
      let spec = try await top.childSpec("second")
      #expect(spec.restart == .transient)
      #expect(spec.kind == .supervisor)
      #expect(spec.shutdown == .infinity)
      let first = DynamicSupervisor.named("first")
      let worker = try await first.startChild { Greeter() }
      first.process?.exit(.kill)
      #expect(await worker.id.exited() == .killed)
      _ = try await top.children()
      #expect(try await first.countChildren().specs == 0)
      _ = try await first.startChild { Greeter() }
      let error = await error { () async throws(SupervisorError) in
        try await DynamicSupervisor.named("second").startChild { Greeter() }
      }
      #expect(error == .maxChildren)
    }
  }

  @Test("DYN-16: exits and downs of strangers change nothing")
  func strangers() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let workers = try await DynamicSupervisor.start()
      let child = try await workers.startChild(stage.child("a"))
      let supervisor = try #require(workers.process)
      supervisor.exit(.shutdown)
      let stranger = spawn {
        try CurrentProcess.link(supervisor)
        throw Crash()
      }
      _ = await stranger.exited()
      #expect(try await workers.children().map(\.process) == [child])
      #expect(node.trouble.isEmpty)
    }
  }

  @Test("DYN-3: another kind of process under the name is no dynamic supervisor")
  func wrongName() async throws {
    try await withTestNode { _ in
      _ = try await Supervisor.start(strategy: .oneForOne, name: "top") {}
      #expect(
        await error { () async throws(SupervisorError) in try await DynamicSupervisor.named("top").children() }
          == .noProcess)
    }
  }
}

struct Greeter: GenServer {
  enum Message: Sendable { case greet(ReplyTo<String>) }
  func handle(_ message: Message) {
    switch message {
    case .greet(let reply): reply("hello")
    }
  }
}
