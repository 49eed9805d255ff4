import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Supervisor processes: trees", .timeLimit(.minutes(1)))
struct SupervisorTreeTests {
  /// An inner supervisor with two children, that gives up at the second restart.
  private struct Inner: SupervisorBehaviour {
    let stage: Stage
    let prefix: String
    var intensity: Supervisor.Intensity { .restarts(1, within: .seconds(5)) }
    var children: [ChildSpec] {
      stage.child("\(prefix)1", .tidy)
      stage.child("\(prefix)2", .tidy)
    }
  }

  private static func tree(_ stage: Stage, restart: ChildSpec.Restart = .permanent) async throws -> Supervisor {
    try await Supervisor.start(strategy: .oneForOne, intensity: .restarts(3, within: .seconds(5))) {
      stage.child("first", .tidy)
      ChildSpec(Inner(stage: stage, prefix: "x"), id: "x", name: "x", restart: restart)
      ChildSpec(Inner(stage: stage, prefix: "y"), id: "y", name: "y")
    }
  }

  private static func inner(_ name: ProcessName<Never>) throws -> Supervisor {
    Supervisor(id: try #require(name.whereis))
  }

  @Test("SUP-57, SUP-116, TL-20: a tree stops depth first, from right to left, each below before it ends itself")
  func stop() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let top = try await Self.tree(stage)
      #expect(stage.take() == ["start first", "start x1", "start x2", "start y1", "start y2"])
      #expect(try await top.vector == [3, 3, 2, 1])
      #expect(try await top.childSpec("x").shutdown == .infinity)
      let ends = Probe<Never>(watching: [try Self.inner("x").id, try Self.inner("y").id])
      try await node.settle()
      try await top.stop(reason: .shutdown)
      #expect(stage.take() == ["stop y2", "stop y1", "stop x2", "stop x1", "stop first"])
      for _ in 0..<2 {
        guard case .down(_, _, .shutdown) = try await ends.signal() else {
          Issue.record("an inner supervisor did not end with shutdown")
          return
        }
      }
      #expect(node.trouble.isEmpty)
    }
  }

  @Test(
    "SUP-66, SUP-119, TL-16: an inner supervisor that gives up is restarted with its own list and a new count; what was added to it is gone"
  )
  func escalation() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let top = try await Self.tree(stage)
      let inner = try Self.inner("x")
      try await inner.startChild(stage.child("added", .tidy))
      let others = [stage["first"], stage["y1"], stage["y2"]]
      _ = stage.take()
      stage["x1"]?.exit(.kill)
      #expect(try await inner.line == ["x1", "x2", "added"])
      stage["x1"]?.exit(.kill)
      #expect(await inner.id.exited() == .shutdown)
      #expect(try await top.vector == [3, 3, 2, 1])
      #expect(stage.take() == ["start x1", "stop added", "stop x2", "start x1", "start x2"])
      #expect(try await Self.inner("x").line == ["x1", "x2"])
      #expect(node.trouble.last == "child_terminated x: shutdown")
      // A new count: it bears one restart again.
      stage["x1"]?.exit(.kill)
      #expect(try await Self.inner("x").line == ["x1", "x2"])
      #expect([stage["first"], stage["y1"], stage["y2"]] == others)
    }
  }

  @Test(
    "SUP-66, TL-17, TL-18, PIT-16: giving up is a clean end: a transient inner supervisor stays down, a temporary one is forgotten",
    arguments: [ChildSpec.Restart.transient, .temporary])
  func giveUp(restart: ChildSpec.Restart) async throws {
    try await withTestNode { _ in
      let stage = Stage()
      let top = try await Self.tree(stage, restart: restart)
      let inner = try Self.inner("x")
      for _ in 0..<2 {
        stage["x1"]?.exit(.kill)
        _ = await error { () async throws(SupervisorError) in try await inner.children() }
      }
      #expect(!inner.id.isAlive)
      #expect(try await top.line == (restart == .transient ? ["first", "x stopped", "y"] : ["first", "y"]))
    }
  }

  @Test(
    "SUP-113, TL-19: an inner supervisor that is killed takes its children along, and is restarted with new ones",
    arguments: 0..<100 as Range<UInt64>)
  func killed(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let top = try await Self.tree(stage)
      let inner = try Self.inner("x")
      let old = [stage["x1"], stage["x2"]]
      inner.id.exit(.kill)
      #expect(try await top.vector == [3, 3, 2, 1])
      #expect(try Self.inner("x").id != inner.id)
      for process in old { _ = await process?.exited() }
      #expect(try await Self.inner("x").line == ["x1", "x2"])
      #expect(node.trouble == ["child_terminated x: killed"])
    }
  }

  @Test("SUP-66: trouble at a leaf climbs level by level to the top, and all of it ends")
  func toTheTop() async throws {
    struct Level: SupervisorBehaviour {
      let stage: Stage
      let depth: Int
      var intensity: Supervisor.Intensity { .restarts(1, within: .seconds(5)) }
      var children: [ChildSpec] {
        stage.child("\(depth)", .tidy)
        if depth < 3 { ChildSpec(Level(stage: stage, depth: depth + 1), id: "level") }
      }
    }
    try await withTestNode { node in
      let stage = Stage()
      let top = try await Supervisor.start(Level(stage: stage, depth: 0))
      var kills = 0
      while top.id.isAlive {
        stage["3"]?.exit(.kill)
        kills += 1
        try await node.settle()
      }
      // Two on each of four levels.
      #expect(kills == 16)
      #expect(top.id.reasonIfDead == .shutdown)
      #expect(node.processes.count == 1)
      let refused = node.trouble.filter { $0.hasPrefix("shutdown ") }
      #expect(refused.count == 15)
    }
  }

  @Test("SUP-23: an inner supervisor that cannot start fails its parent's start, with the whole path in the error")
  func nestedFailure() async throws {
    try await withTestNode { node in
      let stage = Stage()
      stage.next("y2", .fails)
      var error: StartError?
      do { _ = try await Self.tree(stage) } catch let caught as StartError { error = caught }
      let outer = error?.reason.shutdownDetail as? ChildStartFailure
      #expect(outer?.id == "y")
      let inner = outer?.reason.shutdownDetail as? ChildStartFailure
      #expect(inner?.id == "y2")
      #expect(inner?.reason == .failure(Crash()))
      #expect(stage.take().suffix(4) == ["stop y1", "stop x2", "stop x1", "stop first"])
      #expect(node.processes.count == 1)
    }
  }

  @Test("SUP-120, SUP-30: a tree ends with the process that started it")
  func parent() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let parent = spawn {
        _ = try await Supervisor.startLink(Inner(stage: stage, prefix: "x"), name: "x")
        try await suspendForever()
      }
      try await node.settle()
      let inner = try Self.inner("x")
      parent.exit(.shutdown)
      #expect(await inner.id.exited() == .shutdown)
      #expect(stage.take().suffix(2) == ["stop x2", "stop x1"])
    }
  }
}
