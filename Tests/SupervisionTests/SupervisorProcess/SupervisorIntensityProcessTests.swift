import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Supervisor processes: intensity", .timeLimit(.minutes(1)))
struct SupervisorIntensityProcessTests {
  /// Kills a child at these seconds, and says how often it came back.
  private static func survived(_ seconds: [Double], _ intensity: Supervisor.Intensity) async throws -> Int {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne, intensity: intensity) { stage.child("a") }
      // Whole seconds count: begin at one.
      try await CurrentProcess.sleep(for: .seconds(1) - node.elapsed)
      let began = node.elapsed
      for (index, second) in seconds.enumerated() {
        try await CurrentProcess.sleep(for: .seconds(second) - (node.elapsed - began))
        stage["a"]?.exit(.kill)
        try await node.settle()
        if !supervisor.id.isAlive { return index }
      }
      return seconds.count
    }
  }

  @Test(
    "SUP-60, TL-11, TST-7: the window slides over whole seconds, its boundary included, on the node's own clock",
    arguments: [
      ([0, 1, 2], 2), ([0, 1, 6], 3), ([0, 0, 5], 2), ([0, 0, 5.9], 2), ([0, 0, 6], 3), ([0.9, 0.9, 5.95], 2),
      ([0.9, 0.9, 6], 3), ([0, 6, 12, 18], 4), ([0, 3, 5, 8], 2), ([0, 3, 6, 9], 4),
    ] as [([Double], Int)])
  func window(kills: [Double], expected: Int) async throws {
    #expect(try await Self.survived(kills, .restarts(2, within: .seconds(5))) == expected)
  }

  @Test("SUP-60, TL-12: restarts that are rarer than the limit go on for ever")
  func forEver() async throws {
    let kills = (0..<200).map { Double($0) * 2.1 }
    #expect(try await Self.survived(kills, .restarts(1, within: .seconds(1))) == 200)
  }

  @Test("SUP-61, SUP-66, TL-13: intensity zero gives up at the first end, after stopping the others in reverse order")
  func zero() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne, intensity: .restarts(0, within: .seconds(5))) {
        for id in ["a", "b", "c", "d"] { stage.child("\(id)", .tidy) }
      }
      _ = stage.take()
      stage["b"]?.exit(.kill)
      #expect(await supervisor.id.exited() == .shutdown)
      #expect(stage.take() == ["stop d", "stop c", "stop a"])
      #expect(node.trouble == ["child_terminated b: killed", "shutdown b: \(ExitReason.reachedMaxRestartIntensity)"])
      #expect(node.processes.count == 1)
    }
  }

  @Test("SUP-62: a round that starts many children counts once")
  func rounds() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForAll, intensity: .restarts(2, within: .seconds(5))) {
        for index in 0..<10 { stage.child("\(index)") }
      }
      for _ in 0..<2 {
        stage["4"]?.exit(.kill)
        _ = try await supervisor.children()
      }
      #expect(try await supervisor.vector == [10, 10, 0, 10])
      stage["4"]?.exit(.kill)
      #expect(await supervisor.id.exited() == .shutdown)
    }
  }

  @Test("SUP-64: starts by hand and ends that are not followed by a restart do not count")
  func uncounted() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne, intensity: .restarts(0, within: .seconds(5))) {
        stage.child("a")
      }
      for _ in 0..<5 {
        try await supervisor.terminateChild("a")
        try await supervisor.restartChild("a")
        try await supervisor.startChild(stage.child("b", restart: .temporary))
        stage.tell("b", .crash)
        _ = await stage["b"]?.exited()
        try await supervisor.startChild(stage.child("c", restart: .transient))
        stage.tell("c", .end(.normal))
        _ = await stage["c"]?.exited()
        try await supervisor.deleteChild("c")
      }
      #expect(try await supervisor.line == ["a"])
    }
  }

  @Test("SUP-65: all children share the count", arguments: 0..<100 as Range<UInt64>)
  func shared(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { _ in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne, intensity: .restarts(3, within: .seconds(5))) {
        for id in ["a", "b", "c", "d"] { stage.child("\(id)") }
      }
      for id in ["a", "b", "c"] as [ChildSpec.ID] { stage[id]?.exit(.kill) }
      #expect(try await supervisor.vector == [4, 4, 0, 4])
      stage["d"]?.exit(.kill)
      #expect(await supervisor.id.exited() == .shutdown)
    }
  }

  @Test(
    "SUP-66, TL-29: two die at the same instant and one restart is allowed: the second is refused",
    arguments: 0..<100 as Range<UInt64>)
  func twoAtOnce(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne, intensity: .restarts(1, within: .seconds(5))) {
        for id in ["a", "b", "c"] { stage.child("\(id)", .tidy) }
      }
      _ = stage.take()
      stage["a"]?.exit(.kill)
      stage["b"]?.exit(.kill)
      #expect(await supervisor.id.exited() == .shutdown)
      #expect(stage.take() == ["start a", "stop c", "stop a"])
      #expect(node.trouble.last == "shutdown b: \(ExitReason.reachedMaxRestartIntensity)")
      #expect(node.processes.count == 1)
    }
  }
}
