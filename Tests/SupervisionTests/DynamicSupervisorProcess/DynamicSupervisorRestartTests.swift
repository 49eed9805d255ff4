import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Dynamic supervisor processes: restarting children", .timeLimit(.minutes(1)))
struct DynamicSupervisorRestartTests {
  @Test(
    "DYN-9, DYN-12, SUP-44: each child's restart type decides; a restarted one has a new id and its own closure",
    arguments: SupervisorRestartTests.End.allCases)
  func whoIsRestarted(end: SupervisorRestartTests.End) async throws {
    try await withTestNode { _ in
      let stage = Stage()
      let workers = try await DynamicSupervisor.start()
      for restart in ChildSpec.Restart.allCases {
        try await workers.startChild(stage.child("\(restart)", restart: restart))
      }
      let bystander = try await workers.startChild(stage.child("bystander"))
      _ = stage.take()
      for restart in ChildSpec.Restart.allCases {
        let old = stage["\(restart)"]
        end.happens(to: "\(restart)", on: stage)
        _ = await old?.exited()
        _ = try await workers.children()
      }
      let restarted: Set<ChildSpec.ID> = end.isClean ? ["permanent"] : ["permanent", "transient"]
      #expect(Set(stage.take()) == Set(restarted.map { "start \($0)" }))
      let processes = Set(try await workers.children().compactMap(\.process))
      #expect(processes == Set(restarted.compactMap { stage[$0] } + [bystander]))
      for id in restarted { #expect(try await stage.ref(id)?.call { .ping($0) } == id) }
    }
  }

  @Test(
    "DYN-7: a child is terminated by its process, once; a stranger is not found", arguments: 0..<100 as Range<UInt64>)
  func terminate(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { _ in
      let stage = Stage()
      let workers = try await DynamicSupervisor.start()
      let child = try await workers.startChild(stage.child("a", .tidy))
      _ = stage.take()
      try await workers.terminateChild(child)
      #expect(!child.isAlive)
      #expect(stage.take() == ["stop a"])
      #expect(await error { () async throws(SupervisorError) in try await workers.terminateChild(child) } == .notFound)
      let stranger = spawn { try await suspendForever() }
      #expect(
        await error { () async throws(SupervisorError) in try await workers.terminateChild(stranger) } == .notFound)
      #expect(try await workers.countChildren().specs == 0)
    }
  }

  @Test(
    "DYN-7, DYN-11: a child that fails to restart is terminated by its old id, and the attempts end",
    arguments: 0..<100 as Range<UInt64>)
  func terminateRestarting(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let workers = try await DynamicSupervisor.start(intensity: .restarts(10_000, within: .seconds(60)))
      let child = try await workers.startChild(stage.child("a"))
      for _ in 0..<100 { stage.next("a", .fails) }
      child.exit(.kill)
      #expect(try await workers.children().map(\.isRestarting) == [true])
      try await workers.terminateChild(child)
      _ = stage.take()
      try await node.settle()
      #expect(stage.take() == [])
      #expect(await error { () async throws(SupervisorError) in try await workers.terminateChild(child) } == .notFound)
    }
  }

  @Test(
    "DYN-11: a failed restart is tried again and counted; between two attempts others are served",
    arguments: 0..<100 as Range<UInt64>)
  func retry(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let workers = try await DynamicSupervisor.start(intensity: .restarts(100, within: .seconds(60)))
      let child = try await workers.startChild(stage.child("a"))
      for _ in 0..<50 { stage.next("a", .fails) }
      child.exit(.kill)
      #expect(try await workers.countChildren().active == 0)
      let other = try await workers.startChild(stage.child("b"))
      try await node.settle()
      #expect(try await workers.countChildren().active == 2)
      #expect(stage["a"] != child)
      #expect(stage["a"]?.isAlive == true)
      #expect(other.isAlive)
      #expect(node.trouble.count == 51)
    }
  }

  @Test("DYN-11, SUP-47: a child that declines to start again is forgotten")
  func ignored() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      let workers = try await DynamicSupervisor.start()
      let child = try await workers.startChild(stage.child("a"))
      stage.next("a", .ignored)
      child.exit(.kill)
      #expect(try await workers.countChildren().specs == 0)
    }
  }

  @Test(
    "DYN-10: one restart too many: all children are stopped and the supervisor ends with shutdown",
    arguments: 0..<100 as Range<UInt64>)
  func giveUp(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let workers = try await DynamicSupervisor.start()
      for id in ["a", "b", "c"] as [ChildSpec.ID] { try await workers.startChild(stage.child(id, .tidy)) }
      let supervisor = try #require(workers.process)
      for _ in 0..<3 {
        stage["a"]?.exit(.kill)
        _ = try await workers.children()
      }
      _ = stage.take()
      stage["a"]?.exit(.kill)
      #expect(await supervisor.exited() == .shutdown)
      #expect(Set(stage.take()) == ["stop b", "stop c"])
      #expect(node.trouble.last == "shutdown a: \(ExitReason.reachedMaxRestartIntensity)")
      #expect(node.processes.count == 1)
    }
  }

  @Test("DYN-10, TL-11: the window is the static supervisor's: whole seconds, the boundary included")
  func window() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let workers = try await DynamicSupervisor.start(intensity: .restarts(1, within: .seconds(5)))
      try await workers.startChild(stage.child("a"))
      for second in [0, 6, 12] {
        try await CurrentProcess.sleep(for: .seconds(second) + .seconds(1) - node.elapsed)
        stage["a"]?.exit(.kill)
        #expect(try await workers.countChildren().active == 1)
      }
      try await CurrentProcess.sleep(for: .seconds(18) - node.elapsed)
      stage["a"]?.exit(.kill)
      try await node.settle()
      #expect(workers.process?.isAlive == false)
    }
  }
}
