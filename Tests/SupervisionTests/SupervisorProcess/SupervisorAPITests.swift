import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Supervisor processes: calls", .timeLimit(.minutes(1)))
struct SupervisorAPITests {
  @Test("SUP-90, SUP-92, SUP-93, SUP-94, TST-3: the life of a child through the API, with every error on the way")
  func walk() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {}
      let spec = stage.child("a")
      let process = try await supervisor.startChild(spec)
      #expect(process.isAlive)
      #expect(
        await error { () async throws(SupervisorError) in try await supervisor.startChild(spec) }
          == .alreadyStarted(process))
      #expect(await error { () async throws(SupervisorError) in try await supervisor.restartChild("a") } == .running)
      #expect(await error { () async throws(SupervisorError) in try await supervisor.deleteChild("a") } == .running)
      #expect(try await supervisor.vector == [1, 1, 0, 1])
      try await supervisor.terminateChild("a")
      #expect(!process.isAlive)
      #expect(process.reasonIfDead == .shutdown)
      try await supervisor.terminateChild("a")
      #expect(try await supervisor.vector == [1, 0, 0, 1])
      #expect(
        await error { () async throws(SupervisorError) in try await supervisor.startChild(spec) } == .alreadyPresent)
      let second = try await supervisor.restartChild("a")
      #expect(second != process)
      try await supervisor.terminateChild("a")
      stage.next("a", .fails)
      #expect(
        await error { () async throws(SupervisorError) in try await supervisor.restartChild("a") }
          == .startFailed(.failure(Crash())))
      stage.next("a", .ignored)
      #expect(await error { () async throws(SupervisorError) in try await supervisor.restartChild("a") } == .ignored)
      try await supervisor.deleteChild("a")
      #expect(await error { () async throws(SupervisorError) in try await supervisor.terminateChild("a") } == .notFound)
      #expect(await error { () async throws(SupervisorError) in try await supervisor.deleteChild("a") } == .notFound)
      #expect(await error { () async throws(SupervisorError) in try await supervisor.restartChild("a") } == .notFound)
      #expect(await error { () async throws(SupervisorError) in try await supervisor.child("a") } == .notFound)
      #expect(await error { () async throws(SupervisorError) in try await supervisor.childSpec("a") } == .notFound)
      #expect(try await supervisor.vector == [0, 0, 0, 0])
    }
  }

  @Test("SUP-95, SUP-96, ESUP-5: children are listed the newest first, with id, process and kind; one can be looked up")
  func listing() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      stage.next("c", .ignored)
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        stage.child("a")
        stage.child("b", kind: .supervisor)
        stage.child("c")
      }
      let d = try await supervisor.startChild(stage.child("d"))
      let children = try await supervisor.children()
      #expect(children.map(\.id.text) == ["d", "c", "b", "a"])
      #expect(children.map(\.process) == [d, nil, stage["b"], stage["a"]])
      #expect(children.map(\.kind) == [.worker, .worker, .supervisor, .worker])
      for child in children { #expect(try await supervisor.child(child.id) == child) }
      let counts = try await supervisor.countChildren()
      #expect(counts == Supervisor.Counts(specs: 4, active: 3, supervisors: 1, workers: 3))
    }
  }

  @Test(
    "SUP-97: a child that has just died counts as dead, even if its supervisor has not come to it yet",
    arguments: 0..<100 as Range<UInt64>)
  func countsNow(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { _ in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        stage.child("a", restart: .temporary)
        stage.child("b", .slow(.seconds(1)))
        stage.child("c", restart: .transient)
      }
      let counts = Probe<Int>()
      let terminating = spawn { try await supervisor.terminateChild("b") }
      try await CurrentProcess.sleep(for: .milliseconds(10))
      // Both wait in the mailbox: the question first, then the exit.
      let asking = spawn { counts.ref.send(try await supervisor.countChildren().active) }
      try await CurrentProcess.sleep(for: .milliseconds(10))
      stage["a"]?.exit(.kill)
      #expect(try await counts.next() == 1)
      #expect(try await supervisor.vector == [2, 1, 0, 2])
      _ = await terminating.exited()
      _ = await asking.exited()
    }
  }

  @Test("SUP-14, SUP-10: a specification is read back with what was left out filled in")
  func specification() async throws {
    try await withTestNode { _ in
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        ChildSpec { Idler() }
        ChildSpec(Leaves())
        ChildSpec(id: "c", restart: .temporary, shutdown: .brutalKill) { Idler() }
      }
      let plain = try await supervisor.childSpec("Idler")
      #expect(plain.restart == .transient)
      #expect(plain.shutdown == .timeout(.seconds(5)))
      #expect(plain.kind == .worker)
      #expect(!plain.significant)
      let leaves = try await supervisor.childSpec("Leaves")
      #expect(leaves.restart == .permanent)
      #expect(leaves.shutdown == .infinity)
      #expect(leaves.kind == .supervisor)
      let last = try await supervisor.childSpec("c")
      #expect(last.restart == .temporary)
      #expect(last.shutdown == .brutalKill)
    }
  }

  @Test("SUP-98: a temporary child leaves nothing behind, whatever it ends of", arguments: [true, false])
  func temporary(killed: Bool) async throws {
    try await withTestNode { _ in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) { stage.child("a", restart: .temporary) }
      let process = stage["a"]
      if killed { process?.exit(.kill) } else { try await supervisor.terminateChild("a") }
      #expect(try await supervisor.vector == [0, 0, 0, 0])
      #expect(await error { () async throws(SupervisorError) in try await supervisor.restartChild("a") } == .notFound)
      #expect(await error { () async throws(SupervisorError) in try await supervisor.deleteChild("a") } == .notFound)
      try await supervisor.startChild(stage.child("a", restart: .temporary))
      #expect(try await supervisor.line == ["a"])
    }
  }

  @Test("SUP-98, PIT-20: what a temporary child was started with is let go when it runs; of others it is kept")
  func closures() async throws {
    final class Token: Sendable {}
    try await withTestNode { node in
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {}
      weak var temporary: Token?
      weak var permanent: Token?
      do {
        let (first, second) = (Token(), Token())
        temporary = first
        permanent = second
        try await supervisor.startChild(ChildSpec(id: "t", restart: .temporary) { Idler(first) })
        try await supervisor.startChild(ChildSpec(id: "p") { Idler(second) })
      }
      try await node.settle()
      #expect(temporary == nil)
      #expect(permanent != nil)
    }
  }

  @Test("SUP-110: every call of a supervisor that does not run is an error at once")
  func absent() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {}
      try await supervisor.stop()
      #expect(
        await error { () async throws(SupervisorError) in try await supervisor.startChild(stage.child("a")) }
          == .noProcess)
      #expect(await error { () async throws(SupervisorError) in try await supervisor.restartChild("a") } == .noProcess)
      #expect(
        await error { () async throws(SupervisorError) in try await supervisor.terminateChild("a") } == .noProcess)
      #expect(await error { () async throws(SupervisorError) in try await supervisor.deleteChild("a") } == .noProcess)
      #expect(await error { () async throws(SupervisorError) in try await supervisor.children() } == .noProcess)
      #expect(await error { () async throws(SupervisorError) in try await supervisor.child("a") } == .noProcess)
      #expect(await error { () async throws(SupervisorError) in try await supervisor.childSpec("a") } == .noProcess)
      #expect(await error { () async throws(SupervisorError) in try await supervisor.countChildren() } == .noProcess)
      #expect(await error { () async throws(SupervisorError) in try await supervisor.stop() } == .noProcess)
      let workers = DynamicSupervisor.named("nobody")
      #expect(await error { () async throws(SupervisorError) in try await workers.children() } == .noProcess)
      #expect(await error { () async throws(SupervisorError) in try await workers.stop() } == .noProcess)
    }
  }

  @Test(
    "GS-60: a type of server describes itself as a child: its id, and when it is restarted; the specification may say otherwise"
  )
  func describesItself() {
    struct Plain: GenServer {
      enum Message: Sendable {}
      func handle(_ message: Message) {}
    }
    let spec = ChildSpec { Idler() }
    #expect(spec.id == "Idler" && spec.restart == .transient && spec.shutdown == .timeout(.seconds(5)))
    #expect(spec.kind == .worker && !spec.significant)
    #expect(ChildSpec { Plain() }.restart == .permanent)
    #expect(ChildSpec(ProcessName<Idler.Message>("its name")) { Idler() }.id == "its name")
    let other = ChildSpec(id: "other", restart: .temporary, shutdown: .brutalKill) { Idler() }
    #expect(other.id == "other" && other.restart == .temporary && other.shutdown == .brutalKill)
  }

  @Test("SUP-114: a child that calls the supervisor that is just stopping it learns of the circle at once")
  func deadlockWhileStopping() async throws {
    try await withTestNode { node in
      let errors = Probe<SupervisorError>()
      let supervisor = try await Supervisor.start(strategy: .oneForOne, name: "top") {
        ChildSpec(id: "a", shutdown: .infinity) { Caller(top: "top", errors: errors.ref) }
      }
      let child = try #require(try await supervisor.child("a").process)
      try await supervisor.terminateChild("a")
      let error = try await errors.next()
      #expect(error == .deadlock([child, supervisor.id, child]) || error == .deadlock([child, supervisor.id]))
      #expect(error.description.contains("a child cannot call its supervisor while that starts or stops it"))
      #expect(node.elapsed < .seconds(1))
      #expect(try await supervisor.line == ["a stopped"])
    }
  }
}

/// A server with nothing to do.
private struct Idler: GenServer {
  enum Message: Sendable {}
  static var restart: ChildSpec.Restart { .transient }
  init(_ token: AnyObject? = nil) {}
  func handle(_ message: Message) {}
}

private struct Leaves: SupervisorBehaviour {
  var children: [ChildSpec] { [] }
}

/// A server that calls its supervisor when it is told to stop.
private struct Caller: GenServer {
  enum Message: Sendable {}
  let top: ProcessName<Never>
  let errors: ProcessRef<SupervisorError>

  init(top: ProcessName<Never>, errors: ProcessRef<SupervisorError>) {
    self.top = top
    self.errors = errors
    CurrentProcess.trapsExits = true
  }

  func handle(_ message: Message) {}

  func terminate(_ reason: ExitReason) async {
    guard let top = top.whereis else { return }
    let error = await error { () async throws(SupervisorError) in try await Supervisor(id: top).children() }
    if let error { errors.send(error) }
  }
}
