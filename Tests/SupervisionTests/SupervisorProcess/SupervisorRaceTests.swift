import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

/// Things that happen at once, in each order that a few hundred seeds come to.
@Suite("Supervisor processes: races", .timeLimit(.minutes(2)))
struct SupervisorRaceTests {
  @Test(
    "TL-28, SUP-75: a child dies while another is being started: its exit is dealt with after that",
    arguments: 0..<200 as Range<UInt64>)
  func exitDuringStart(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForAll) {
        stage.child("a", .tidy)
        stage.child("b", .tidy)
      }
      _ = stage.take()
      stage.next("c", .takes(.milliseconds(100)))
      let caller = spawn { try await supervisor.startChild(stage.child("c", .tidy)) }
      try await CurrentProcess.sleep(for: .milliseconds(50))
      stage["a"]?.exit(.kill)
      try await CurrentProcess.sleep(for: .milliseconds(100))
      #expect(stage.take() == ["start c", "stop c", "stop b", "start a", "start b", "start c"])
      #expect(try await supervisor.line == ["a", "b", "c"])
      #expect(!caller.isAlive)
    }
  }

  @Test(
    "TL-30, SUP-54, SUP-62: two die at the same instant under one for all: one round, and both real reasons are told",
    arguments: 0..<200 as Range<UInt64>)
  func twoUnderOneForAll(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForAll, intensity: .restarts(1, within: .seconds(5))) {
        for id in ["a", "b", "c"] { stage.child("\(id)", .tidy) }
      }
      _ = stage.take()
      stage["a"]?.exit(.kill)
      stage["b"]?.exit(.kill)
      try await node.settle()
      #expect(stage.take() == ["stop c", "start a", "start b", "start c"])
      #expect(try await supervisor.line == ["a", "b", "c"])
      #expect(node.trouble == ["child_terminated a: killed", "shutdown_error b: killed"])
    }
  }

  @Test(
    "SUP-31, SUP-92: a child crashes, is terminated, restarted and deleted by different callers at once: nothing is lost or twice",
    arguments: 0..<300 as Range<UInt64>)
  func manyCallers(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne, intensity: .restarts(100, within: .seconds(5)))
      {
        stage.child("a")
      }
      let done = Probe<Int>()
      let calls: [@Sendable () async throws -> Void] = [
        { try await supervisor.terminateChild("a") }, { try await supervisor.restartChild("a") },
        { try await supervisor.deleteChild("a") }, { try await supervisor.startChild(stage.child("a")) },
        { stage["a"]?.exit(.kill) }, { stage.tell("a", .crash) }, { _ = try await supervisor.children() },
      ]
      for round in 0..<3 {
        for (index, call) in calls.enumerated() {
          spawn {
            try? await call()
            done.ref.send(round * 10 + index)
          }
        }
      }
      for _ in 0..<21 { _ = try await done.next() }
      try await node.settle()
      let children = try await supervisor.children()
      #expect(children.count <= 1)
      if let process = children.first?.process {
        #expect(process == stage["a"])
        #expect(process.isAlive)
        #expect(supervisor.id.info?.links == [process])
      } else {
        #expect(supervisor.id.info?.links == [])
      }
      try await supervisor.stop()
      #expect(stage["a"]?.isAlive == false)
    }
  }

  @Test(
    "SUP-57, SUP-99: children die of themselves while the supervisor stops: it ends all the same, and nobody is left",
    arguments: 0..<200 as Range<UInt64>)
  func stopRace(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let restarts: [ChildSpec.Restart] = [.permanent, .transient, .temporary]
      let reasons: [ExitReason] = [.normal, .shutdown, .shutdown("done"), .failure(Crash())]
      let supervisor = try await Supervisor.start(strategy: .restForOne, intensity: .restarts(100, within: .seconds(5)))
      {
        for (index, restart) in restarts.enumerated() {
          for end in 0..<4 { stage.child("\(index)-\(end)", end.isMultiple(of: 2) ? .plain : .tidy, restart: restart) }
        }
      }
      spawn { try await supervisor.stop(reason: .shutdown) }
      for index in 0..<3 {
        for end in 0..<4 { stage.tell("\(index)-\(end)", .end(reasons[end])) }
      }
      #expect(await supervisor.id.exited() == .shutdown)
      try await node.settle()
      #expect(node.processes.count == 1)
    }
  }

  @Test(
    "SUP-113, TL-19: everybody is killed at random, supervisors too: the tree heals or ends, and what it lists is what lives",
    arguments: 0..<200 as Range<UInt64>)
  func massacre(seed: UInt64) async throws {
    struct Branch: SupervisorBehaviour {
      let stage: Stage
      let index: Int
      var strategy: Supervisor.Strategy { [.oneForOne, .oneForAll, .restForOne][index] }
      var intensity: Supervisor.Intensity { .restarts(8, within: .seconds(5)) }
      var children: [ChildSpec] {
        for leaf in 0..<3 { stage.child("\(index)-\(leaf)", leaf == 1 ? .tidy : .plain) }
      }
    }
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      var random = SplitMix(seed: seed)
      let supervisor = try await Supervisor.start(strategy: .oneForOne, intensity: .restarts(8, within: .seconds(5))) {
        for index in 0..<3 { ChildSpec(Branch(stage: stage, index: index), id: "\(index)", name: "branch-\(index)") }
      }
      let root = CurrentProcess.id
      for _ in 0..<12 {
        let victims = node.processes.filter { $0 != root && $0 != supervisor.id }
        victims.randomElement(using: &random)?.exit(.kill)
        if Bool.random(using: &random) { try await node.settle() }
      }
      try await node.settle()
      if supervisor.id.isAlive {
        var listed: [ProcessID] = []
        for branch in try await supervisor.children() {
          guard let process = branch.process else { continue }
          listed.append(process)
          listed += try await Supervisor(id: process).children().compactMap(\.process)
        }
        #expect(listed.count == 12)
        #expect(Set(listed + [supervisor.id] + [root].compactMap(\.self)) == Set(node.processes))
        try await supervisor.stop()
      }
      try await node.settle()
      #expect(node.processes.count == 1)
    }
  }
}
