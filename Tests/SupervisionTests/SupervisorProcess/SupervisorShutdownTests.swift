import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Supervisor processes: stopping", .timeLimit(.minutes(1)))
struct SupervisorShutdownTests {
  @Test("SUP-57, SUP-99, SUP-120: stop ends the children first, one at a time, in reverse, each down before the next")
  func reverse() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        stage.child("a", .tidy)
        stage.child("b", .slow(.seconds(2)))
        stage.child("c", .tidy)
        stage.child("d", .slow(.seconds(1)))
      }
      _ = stage.take()
      try await supervisor.stop(reason: .normal)
      #expect(stage.take() == ["stop d", "stop c", "stop b", "stop a"])
      #expect(supervisor.id.reasonIfDead == .normal)
      #expect(node.elapsed >= .seconds(3))
      #expect(node.elapsed < .seconds(4))
      #expect(node.trouble.isEmpty)
      #expect(node.processes.count == 1)
    }
  }

  @Test("SUP-50, SUP-55, TL-22: brutal kill: terminate does not run, nothing is reported")
  func brutalKill() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        stage.child("a", .tidy)
        stage.child("b", .tidy, shutdown: .brutalKill)
        stage.child("c", .deaf, shutdown: .brutalKill)
      }
      _ = stage.take()
      let (b, c) = (stage["b"], stage["c"])
      try await supervisor.stop(reason: .shutdown)
      #expect(stage.take() == ["stop a"])
      #expect(b?.reasonIfDead == .killed)
      #expect(c?.reasonIfDead == .killed)
      #expect(node.trouble.isEmpty)
    }
  }

  @Test(
    "SUP-51, SUP-115, TL-21: who ignores the order is killed when its time is up, not before, and only then comes the next"
  )
  func timeout() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        stage.child("a", .tidy)
        stage.child("deaf", .deaf, shutdown: .timeout(.milliseconds(50)))
        stage.child("late", .slow(.seconds(60)), shutdown: .timeout(.seconds(2)))
      }
      _ = stage.take()
      let deaf = try #require(stage["deaf"])
      let began = node.elapsed
      let stop = spawn { try await supervisor.stop(reason: .shutdown) }
      #expect(await deaf.exited() == .killed)
      #expect(node.elapsed - began >= .milliseconds(2_050))
      #expect(node.elapsed - began < .milliseconds(2_051))
      _ = await stop.exited()
      #expect(stage.take() == ["stop a"])
      #expect(node.trouble == ["shutdown_error late: killed", "shutdown_error deaf: killed"])
      #expect(node.processes.count == 1)
    }
  }

  @Test("SUP-11, SUP-51: a limit of zero is legal: it asks, and kills at once who is not gone")
  func zeroTime() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        stage.child("a", shutdown: .timeout(.zero))
        stage.child("b", .deaf, shutdown: .timeout(.zero))
      }
      let a = stage["a"]
      try await supervisor.stop(reason: .shutdown)
      #expect(a?.reasonIfDead == .shutdown)
      #expect(node.trouble == ["shutdown_error b: killed"])
    }
  }

  @Test("SUP-51, SUP-11: infinity waits as long as it takes")
  func infinity() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        stage.child("a", .slow(.seconds(100_000)), shutdown: .infinity)
      }
      _ = stage.take()
      try await supervisor.stop(reason: .shutdown)
      #expect(stage.take() == ["stop a"])
      #expect(node.elapsed >= .seconds(100_000))
      #expect(node.trouble.isEmpty)
    }
  }

  @Test(
    "SUP-53: a child that has unlinked itself is stopped like any other, and its own end is not noticed",
    arguments: 0..<100 as Range<UInt64>)
  func unlinked(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { _ in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        stage.child("a", .tidy)
        stage.child("b")
      }
      for id in ["a", "b"] as [ChildSpec.ID] {
        stage.tell(id, .perform { CurrentProcess.unlink(supervisor.id) })
        #expect(try await stage.ref(id)?.call { .ping($0) } == id)
      }
      let b = stage["b"]
      b?.exit(.kill)
      #expect(try await supervisor.vector == [2, 1, 0, 2])
      try await supervisor.terminateChild("b")
      try await supervisor.terminateChild("a")
      #expect(try await supervisor.line == ["a stopped", "b stopped"])
      try await supervisor.restartChild("a")
      #expect(try await supervisor.line == ["a", "b stopped"])
    }
  }

  @Test(
    "SUP-54, PIT-9: a child that dies of its own just before it is stopped is reported with its own reason",
    arguments: 0..<100 as Range<UInt64>)
  func diesBefore(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        stage.child("a", restart: .temporary)
        stage.child("b", .slow(.seconds(1)))
      }
      let a = stage["a"]
      let stop = spawn { try await supervisor.stop(reason: .shutdown) }
      try await CurrentProcess.sleep(for: .milliseconds(500))
      a?.exit(.failure(Crash()))
      _ = await stop.exited()
      #expect(node.trouble == ["shutdown_error a: Crash: Crash()"])
      #expect(supervisor.id.reasonIfDead == .shutdown)
    }
  }

  @Test(
    "SUP-55, SUP-56, TL-23: what a child may end with when it is told to stop, by restart type",
    arguments: [ChildSpec.Restart.permanent, .transient, .temporary],
    [ExitReason.shutdown, .normal, .shutdown("detail"), .failure(Crash())])
  func silent(restart: ChildSpec.Restart, reason: ExitReason) async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        stage.child("first", .tidy)
        stage.child("a", .ends(reason), restart: restart)
      }
      let child = stage["a"]
      _ = stage.take()
      try await supervisor.stop(reason: .shutdown)
      #expect(child?.reasonIfDead == reason)
      let isSilent = restart == .permanent ? reason == .shutdown : reason.isClean
      #expect(node.trouble == (isSilent ? [] : ["shutdown_error a: \(reason)"]))
      #expect(stage.take() == ["stop first"])
    }
  }

  @Test(
    "SUP-59: who calls while it stops a child is answered after that; exits wait too",
    arguments: 0..<100 as Range<UInt64>)
  func busy(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        stage.child("a")
        stage.child("slow", .slow(.seconds(3)))
      }
      let old = stage["a"]
      let terminating = spawn { try await supervisor.terminateChild("slow") }
      try await CurrentProcess.sleep(for: .seconds(1))
      old?.exit(.kill)
      #expect(try await supervisor.line == ["a", "slow stopped"])
      #expect(node.elapsed >= .seconds(3))
      #expect(stage["a"] != old)
      _ = await terminating.exited()
    }
  }

  @Test(
    "SUP-59, SUP-99: calls that wait when the supervisor ends learn what it ended with",
    arguments: 0..<100 as Range<UInt64>)
  func callsAtTheEnd(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) { stage.child("slow", .slow(.seconds(3))) }
      let stop = spawn { try await supervisor.stop(reason: .shutdown) }
      try await CurrentProcess.sleep(for: .seconds(1))
      #expect(await error { () async throws(SupervisorError) in try await supervisor.children() } == .exited(.shutdown))
      #expect(await error { () async throws(SupervisorError) in try await supervisor.children() } == .noProcess)
      #expect(await error { () async throws(SupervisorError) in try await supervisor.stop() } == .noProcess)
      _ = await stop.exited()
    }
  }

  @Test(
    "SUP-30, SUP-120: a supervisor ends with its parent, for the parent's reason, after its children",
    arguments: [ExitReason.normal, .shutdown, .failure(Crash())])
  func parent(reason: ExitReason) async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisors = Probe<Supervisor>()
      let parent = spawn(receiving: Int.self) { inbox in
        supervisors.ref.send(
          try await Supervisor.startLink(strategy: .oneForOne) {
            stage.child("a", .slow(.seconds(1)))
            stage.child("b", .slow(.seconds(1)))
          })
        _ = try await inbox.next()
        throw reason
      }
      let supervisor = try await supervisors.next()
      _ = stage.take()
      ProcessRef<Int>(unsafelyTyped: parent).send(1)
      #expect(await supervisor.id.exited() == reason)
      #expect(stage.take() == ["stop b", "stop a"])
      #expect(node.elapsed >= .seconds(2))
    }
  }

  @Test("SUP-99: a stop that is waited for too briefly stands all the same")
  func stopTimeout() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) { stage.child("slow", .slow(.seconds(3))) }
      let error = await error { () async throws(SupervisorError) in
        try await supervisor.stop(reason: .shutdown, timeout: .seconds(1))
      }
      #expect(error == .timeout)
      #expect(await supervisor.id.exited() == .shutdown)
      #expect(node.elapsed >= .seconds(3))
    }
  }
}
