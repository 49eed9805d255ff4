import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

/// What becomes of children when their supervisor is killed.
@Suite("Supervisor processes: killed", .timeLimit(.minutes(1)))
struct SupervisorLinkTests {
  @Test(
    "SUP-113: a killed supervisor cleans nothing up; its children end with killed, those that trap exits by their terminate"
  )
  func killed() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        stage.child("plain")
        stage.child("tidy", .tidy)
        stage.child("deaf", .deaf)
      }
      _ = stage.take()
      let (plain, tidy, deaf) = (stage["plain"], stage["tidy"], stage["deaf"])
      supervisor.id.exit(.kill)
      #expect(await plain?.exited() == .killed)
      #expect(await tidy?.exited() == .killed)
      // A process that traps exits and does not care is left behind, as in OTP.
      try await node.settle()
      #expect(deaf?.isAlive == true)
      #expect(node.trouble.isEmpty)
      #expect(await error { () async throws(SupervisorError) in try await supervisor.children() } == .noProcess)
    }
  }

  @Test(
    "SUP-52, PIT-8: a supervisor that is killed while it stops a child leaves none behind",
    arguments: 0..<100 as Range<UInt64>)
  func killedWhileStopping(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        stage.child("a", .tidy)
        stage.child("slow", .slow(.seconds(3)))
      }
      let (a, slow) = (try #require(stage["a"]), try #require(stage["slow"]))
      let stop = spawn { try await supervisor.stop(reason: .shutdown) }
      try await CurrentProcess.sleep(for: .milliseconds(Int64(seed) * 10))
      #expect(slow.info?.links.contains(supervisor.id) == true)
      supervisor.id.exit(.kill)
      _ = await a.exited()
      _ = await slow.exited()
      _ = await stop.exited()
      #expect(node.trouble.isEmpty)
      #expect(node.processes.count == 1)
    }
  }

  @Test("SUP-115: a server over its time is killed, and with it what it is linked to")
  func grandchildren() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        stage.child("late", .slow(.seconds(60)), shutdown: .timeout(.seconds(1)))
      }
      let grandchildren = Probe<ProcessID>()
      stage.tell("late", .perform { grandchildren.ref.send(try spawnLink { try await suspendForever() }) })
      let grandchild = try await grandchildren.next()
      let stop = spawn { try await supervisor.stop(reason: .shutdown) }
      #expect(await grandchild.exited() == .killed)
      #expect(node.elapsed >= .seconds(1))
      #expect(node.elapsed < .seconds(2))
      _ = await stop.exited()
    }
  }
}
