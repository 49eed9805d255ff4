import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Dynamic supervisor processes: stopping", .timeLimit(.minutes(1)))
struct DynamicSupervisorShutdownProcessTests {
  @Test(
    "DYN-13, SUP-58, PIT-21: all stop at the same time, each with its own limit: the whole takes as long as the longest"
  )
  func parallel() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let workers = try await DynamicSupervisor.start()
      for index in 0..<100 {
        try await workers.startChild(stage.child("slow-\(index)", .slow(.seconds(3))))
        try await workers.startChild(
          stage.child("deaf-\(index)", .deaf, shutdown: .timeout(.seconds(1 + Int64(index % 4)))))
        try await workers.startChild(stage.child("brutal-\(index)", .tidy, shutdown: .brutalKill))
      }
      _ = stage.take()
      let first = try #require(stage["deaf-0"])
      let supervisor = try #require(workers.process)
      let began = node.elapsed
      let stop = spawn { try await workers.stop(reason: .shutdown) }
      #expect(await first.exited() == .killed)
      #expect(node.elapsed - began >= .seconds(1))
      #expect(node.elapsed - began < .milliseconds(1_001))
      #expect(await supervisor.exited() == .shutdown)
      #expect(node.elapsed - began >= .seconds(4))
      #expect(node.elapsed - began < .milliseconds(4_001))
      #expect(stage.take().count == 100)
      #expect(node.trouble.count == 100)
      _ = await stop.exited()
      #expect(node.processes.count == 1)
    }
  }

  @Test(
    "DYN-14: what a child may end with when all are told to stop", arguments: ChildSpec.Restart.allCases,
    [ExitReason.shutdown, .normal, .shutdown("detail"), .failure(Crash())])
  func silent(restart: ChildSpec.Restart, reason: ExitReason) async throws {
    try await withTestNode { node in
      let stage = Stage()
      let workers = try await DynamicSupervisor.start()
      let child = try await workers.startChild(stage.child("a", .ends(reason), restart: restart))
      try await workers.stop(reason: .shutdown)
      #expect(child.reasonIfDead == reason)
      let isSilent = reason.isClean && !(reason == .normal && restart == .permanent)
      #expect(node.trouble == (isSilent ? [] : ["shutdown_error a: \(reason)"]))
    }
  }

  @Test(
    "DYN-14, PIT-9: a child that died just before is reported with its own reason", arguments: 0..<100 as Range<UInt64>)
  func diesBefore(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let workers = try await DynamicSupervisor.start()
      let a = try await workers.startChild(stage.child("a", restart: .temporary))
      let slow = try await workers.startChild(stage.child("slow", .slow(.seconds(1))))
      // The supervisor is busy with one child, while another dies and the order to stop comes.
      spawn { try await workers.terminateChild(slow) }
      try await CurrentProcess.sleep(for: .milliseconds(10))
      let stop = spawn { try await workers.stop(reason: .shutdown) }
      try await CurrentProcess.sleep(for: .milliseconds(10))
      a.exit(.failure(Crash()))
      _ = await stop.exited()
      try await node.settle()
      #expect(node.trouble.count == 1)
      #expect(node.trouble[0].hasSuffix(" a: Crash: Crash()"))
      #expect(node.processes.count == 1)
    }
  }

  @Test(
    "DYN-15, SUP-52, PIT-8: children stay linked until they are down: one that is killed while it stops leaves none behind",
    arguments: 0..<100 as Range<UInt64>)
  func killedWhileStopping(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let workers = try await DynamicSupervisor.start()
      for index in 0..<5 { try await workers.startChild(stage.child("\(index)", .slow(.seconds(3)))) }
      let supervisor = try #require(workers.process)
      let stop = spawn { try await workers.stop(reason: .shutdown) }
      try await CurrentProcess.sleep(for: .milliseconds(Int64(seed) * 20))
      #expect(supervisor.info?.links.count == 5)
      supervisor.exit(.kill)
      for index in 0..<5 { _ = await stage["\(index)"]?.exited() }
      _ = await stop.exited()
      #expect(node.processes.count == 1)
    }
  }

  @Test(
    "DYN-13, SUP-59: who calls while it stops learns what it ended with, at the end",
    arguments: 0..<100 as Range<UInt64>)
  func calls(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let workers = try await DynamicSupervisor.start()
      try await workers.startChild(stage.child("slow", .slow(.seconds(3))))
      let stop = spawn { try await workers.stop(reason: .shutdown) }
      try await CurrentProcess.sleep(for: .seconds(1))
      #expect(
        await error { () async throws(SupervisorError) in try await workers.startChild(stage.child("b")) }
          == .exited(.shutdown))
      #expect(node.elapsed >= .seconds(3))
      #expect(await error { () async throws(SupervisorError) in try await workers.children() } == .noProcess)
      _ = await stop.exited()
      #expect(stage.take() == ["start slow", "stop slow"])
    }
  }

  @Test(
    "SUP-120, DYN-13: it ends with its parent, for the parent's reason, after its children; a second order changes nothing"
  )
  func parent() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let top = try await Supervisor.start(strategy: .oneForOne) { DynamicSupervisor.child(name: "workers") }
      let workers = DynamicSupervisor.named("workers")
      let supervisor = try #require(workers.process)
      for index in 0..<3 { try await workers.startChild(stage.child("\(index)", .slow(.seconds(2)))) }
      _ = stage.take()
      spawn { try await workers.stop(reason: .normal) }
      try await CurrentProcess.sleep(for: .seconds(1))
      try await top.stop(reason: .shutdown)
      #expect(!supervisor.isAlive)
      #expect(Set(stage.take()) == ["stop 0", "stop 1", "stop 2"])
      #expect(node.elapsed < .seconds(3))
      #expect(node.processes.count == 1)
    }
  }

  @Test("SUP-53: a child that has unlinked itself is stopped like any other")
  func unlinked() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let workers = try await DynamicSupervisor.start()
      let supervisor = try #require(workers.process)
      let child = try await workers.startChild(stage.child("a"))
      stage.tell("a", .perform { CurrentProcess.unlink(supervisor) })
      #expect(try await stage.ref("a")?.call { .ping($0) } == "a")
      try await workers.stop(reason: .shutdown)
      #expect(!child.isAlive)
      #expect(node.processes.count == 1)
    }
  }

  @Test("DYN-13, SUP-117: ten thousand children stop in about the time of one; a child costs what it costs among few")
  func scale() async throws {
    func time(_ count: Int) async throws -> Double {
      try await withTestNode { node in
        let workers = try await DynamicSupervisor.start()
        for _ in 0..<count { _ = try await workers.startChild { Greeter() } }
        let clock = ContinuousClock()
        let began = clock.now
        try await workers.stop(reason: .shutdown)
        let elapsed = clock.now - began
        try await node.settle()
        #expect(node.processes.count == 1)
        return elapsed / .nanoseconds(count)
      }
    }
    _ = try await time(100)
    try await expectNoDearer { [(try await time(1_000), try await time(10_000))] }
  }
}
