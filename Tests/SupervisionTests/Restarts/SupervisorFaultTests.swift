import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

/// A supervisor that traps itself: a child's start closure runs in its process.
@Suite("Supervisor processes: a supervisor that traps", .timeLimit(.minutes(1)))
struct SupervisorFaultTests {
  private struct Inner: SupervisorBehaviour {
    let stage: Stage

    var children: [ChildSpec] {
      stage.child("tidy", .tidy)
      stage.child("deaf", .deaf)
      ChildSpec(id: "trapper") {
        stage.note("start trapper")
        if stage.takesTrap() { trapNow() }
        return try spawnLink { try await suspendForever() }
      }
    }
  }

  @Test(
    "EXT-11: its parent starts another; its children have ended, also those that trap exits and do not care",
    arguments: 0..<100 as Range<UInt64>)
  func orphans(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let outer = try await Supervisor.start(strategy: .oneForOne) {
        ChildSpec(Inner(stage: stage), id: "inner", name: "inner")
        stage.child("neighbour")
      }
      let inner = try #require(try await outer.child("inner").process)
      let (tidy, deaf) = (stage["tidy"], stage["deaf"])
      let trapper = try await Supervisor(id: inner).child("trapper").process
      _ = stage.take()
      stage.next("trapper", .traps)
      trapper?.exit(.kill)
      #expect(await inner.exited().fault?.kind == .trap)
      try await node.settle()
      #expect(stage.take() == ["start trapper", "start tidy", "start deaf", "start trapper"])
      let now = try await outer.child("inner").process
      #expect(now?.isAlive == true && now != inner)
      #expect(tidy?.isAlive == false && stage["tidy"]?.isAlive == true)
      #expect(stage["neighbour"]?.isAlive == true)
      #expect(deaf?.isAlive == true)
      try await CurrentProcess.sleep(for: .seconds(5))
      try await node.settle()
      #expect(deaf?.isAlive == false, "seed \(seed)")
      #expect(stage["deaf"]?.isAlive == true)
    }
  }
}

extension Stage {
  /// Whether the next start was told to trap.
  fileprivate func takesTrap() -> Bool { takeStart("trapper") != nil }
}
