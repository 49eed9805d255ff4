import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Supervisor processes: starting", .timeLimit(.minutes(1)))
struct SupervisorStartTests {
  @Test("SUP-1, SUP-20, TL-1: children start one by one, in order; start returns when the last one is ready")
  func order() async throws {
    try await withTestNode { node in
      let stage = Stage()
      stage.next("b", .takes(.seconds(3)))
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        for id in ["c", "b", "a"] { stage.child("\(id)") }
      }
      #expect(stage.take() == ["start c", "start b", "start a"])
      #expect(node.elapsed >= .seconds(3))
      #expect(try await supervisor.line == ["c", "b", "a"])
      #expect(supervisor.id.info?.trapsExits == true)
      #expect(Set(supervisor.id.info?.links ?? []) == Set([stage["a"], stage["b"], stage["c"]].compactMap(\.self)))
    }
  }

  @Test(
    "SUP-1, ESUP-1, ESUP-9: an empty supervisor with options and a name starts, answers, and ends by its name's process"
  )
  func empty() async throws {
    try await withTestNode { _ in
      let supervisor = try await Supervisor.start(
        strategy: .restForOne, intensity: .restarts(1, within: .seconds(1)), autoShutdown: .anySignificant, name: "top"
      ) {}
      #expect(ProcessName<Never>("top").whereis == supervisor.id)
      #expect(supervisor.id.registeredName == "top")
      #expect(try await supervisor.vector == [0, 0, 0, 0])
      try await supervisor.stop(reason: .shutdown)
      #expect(!supervisor.id.isAlive)
      #expect(ProcessName<Never>("top").whereis == nil)
    }
  }

  @Test(
    "SUP-23, SUP-24, SUP-6: when a child does not start, those before it are stopped in reverse, and the error names it"
  )
  func failure() async throws {
    try await withTestNode { node in
      let stage = Stage()
      stage.next("c", .fails)
      let error = await startError { () async throws(StartError) in
        try await Supervisor.start(strategy: .oneForOne) {
          for id in ["a", "b", "c", "d"] { stage.child("\(id)", .tidy) }
        }
      }
      #expect(stage.take() == ["start a", "start b", "start c fails", "stop b", "stop a"])
      let failure = error?.reason.shutdownDetail as? ChildStartFailure
      #expect(failure?.id == "c")
      #expect(failure?.reason == .failure(Crash()))
      #expect(error?.description == #"start failed: shutdown: failed to start child "c": Crash: Crash()"#)
      #expect(node.trouble == ["start_error c: Crash: Crash()"])
      // Of shutdown's class: the supervisor itself has not crashed (SUP-23).
      #expect(node.reports(of: CrashReport.self).map(\.process) == [node.reports(of: CrashReport.self)[0].process])
      #expect(node.processes.count == 1)
    }
  }

  @Test("SUP-24: a trap in a child's init is a failed start like any other", arguments: 0..<20 as Range<UInt64>)
  func trapInInit(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      stage.next("b", .traps)
      let error = await startError { () async throws(StartError) in
        try await Supervisor.start(strategy: .oneForOne) {
          stage.child("a", .tidy)
          stage.child("b")
        }
      }
      let failure = error?.reason.shutdownDetail as? ChildStartFailure
      #expect(failure?.id == "b")
      #expect(failure?.reason.fault != nil)
      #expect(stage.take() == ["start a", "start b fails", "stop a"])
    }
  }

  @Test("SUP-21, SUP-22: a start may give a process, decline, or fail, by an error or because a name is taken")
  func outcomes() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        stage.child("a")
        stage.child("b")
      }
      stage.next("c", .ignored)
      stage.next("d", .ignored)
      stage.next("e", .fails)
      #expect(
        await error { () async throws(SupervisorError) in try await supervisor.startChild(stage.child("c")) }
          == .ignored)
      #expect(
        await error { () async throws(SupervisorError) in
          try await supervisor.startChild(stage.child("d", restart: .temporary))
        } == .ignored)
      #expect(
        await error { () async throws(SupervisorError) in try await supervisor.startChild(stage.child("e")) }
          == .startFailed(.failure(Crash())))
      #expect(try await supervisor.line == ["a", "b", "c stopped"])
      let holder = try await supervisor.startChild(stage.child("f", name: "taken"))
      #expect(
        await error { () async throws(SupervisorError) in
          try await supervisor.startChild(stage.child("g", name: "taken"))
        } == .alreadyStarted(holder))
      #expect(try await supervisor.vector == [4, 3, 0, 4])
    }
  }

  @Test("SUP-22: a first child that declines is kept, a temporary one is not")
  func declined() async throws {
    try await withTestNode { node in
      let stage = Stage()
      stage.next("a", .ignored)
      stage.next("b", .ignored)
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        stage.child("a")
        stage.child("b", restart: .temporary)
        stage.child("c")
      }
      #expect(try await supervisor.line == ["a stopped", "c"])
      #expect(node.trouble.isEmpty)
    }
  }

  @Test("SUP-6, SUP-10: settings and specifications that make no sense are the start's error, before anything starts")
  func invalid() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let negative = await startError { () async throws(StartError) in
        try await Supervisor.start(strategy: .oneForOne, intensity: .restarts(-1, within: .seconds(5))) {
          stage.child("a")
        }
      }
      #expect(negative?.description.contains("-1 restarts; use zero or more") == true)
      let twice = await startError { () async throws(StartError) in
        try await Supervisor.start(strategy: .oneForOne) {
          stage.child("a")
          stage.child("a")
        }
      }
      #expect(twice?.description.contains(#"two children have the id "a""#) == true)
      #expect(stage.take().isEmpty)
      #expect(node.processes.count == 1)
    }
  }

  @Test("SUP-6: a name that is taken is the start's error, and nothing starts")
  func nameTaken() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      let first = try await Supervisor.start(strategy: .oneForOne, name: "top") {}
      let error = await startError { () async throws(StartError) in
        try await Supervisor.start(strategy: .oneForOne, name: "top") { stage.child("a") }
      }
      guard case .alreadyStarted(first.id)? = error?.kind else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(stage.take().isEmpty)
    }
  }

  @Test("SUP-75: while a child's start takes its time the supervisor answers nobody; the calls are answered after it")
  func slowStart() async throws {
    try await withTestNode { node in
      let stage = Stage()
      stage.next("slow", .takes(.seconds(30)))
      let supervisor = try await Supervisor.start(strategy: .oneForOne) { stage.child("a") }
      let caller = spawn { try await supervisor.startChild(stage.child("slow")) }
      try await node.settle()
      #expect(try await supervisor.vector == [2, 2, 0, 2])
      #expect(node.elapsed >= .seconds(30))
      #expect(await caller.exited() == .noProcess || !caller.isAlive)
    }
  }

  @Test(
    "SUP-91: the caller of a start may be gone by the time the child runs; the child stays",
    arguments: 0..<100 as Range<UInt64>)
  func callerGone(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      stage.next("b", .takes(.milliseconds(5)))
      let supervisor = try await Supervisor.start(strategy: .oneForOne) { stage.child("a") }
      let caller = spawn { try await supervisor.startChild(stage.child("b")) }
      try await CurrentProcess.sleep(for: .milliseconds(Int64(seed % 10)))
      caller.exit(.kill)
      try await CurrentProcess.sleep(for: .milliseconds(20))
      let line = try await supervisor.line
      #expect(line == ["a", "b"] || (line == ["a"] && stage.take() == ["start a"]))
    }
  }

  @Test(
    "SUP-113: a supervisor that is killed while it starts takes with it what it had started",
    arguments: 0..<100 as Range<UInt64>)
  func killedWhileStarting(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      stage.next("b", .takes(.milliseconds(5)))
      let starter = spawn {
        _ = try await Supervisor.start(strategy: .oneForOne, name: "top") {
          for id in ["a", "b", "c"] { stage.child("\(id)") }
        }
      }
      try await CurrentProcess.sleep(for: .milliseconds(2))
      let top = try #require(ProcessName<Never>("top").whereis)
      top.exit(.kill)
      try await CurrentProcess.sleep(for: .milliseconds(20))
      #expect(!starter.isAlive)
      #expect(stage["a"]?.isAlive == false)
      #expect(stage.take() == ["start a", "start b"])
      // A supervisor that is dead decides nothing and says nothing.
      #expect(node.trouble.isEmpty)
      #expect(node.processes.count == 1)
    }
  }
}
