import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Supervisor processes: failing restarts", .timeLimit(.minutes(1)))
struct SupervisorRetryProcessTests {
  /// A supervisor whose child `b` has failed to restart, and will for very many more attempts.
  private static func failing(
    _ stage: Stage, _ strategy: Supervisor.Strategy = .oneForOne, attempts: Int = 100
  ) async throws -> Supervisor {
    let supervisor = try await Supervisor.start(strategy: strategy, intensity: .restarts(10_000, within: .seconds(60)))
    {
      for id in ["a", "b", "c"] { stage.child("\(id)", .tidy) }
    }
    for _ in 0..<attempts { stage.next("b", .fails) }
    stage["b"]?.exit(.kill)
    return supervisor
  }

  @Test(
    "SUP-70, SUP-74: between two attempts the supervisor answers, and tells what it is doing",
    arguments: 0..<100 as Range<UInt64>)
  func answers(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { _ in
      let stage = Stage()
      let supervisor = try await Self.failing(stage)
      let old = stage["b"]
      #expect(try await supervisor.line == ["a", "b restarting", "c"])
      #expect(try await supervisor.vector == [3, 2, 0, 3])
      #expect(try await supervisor.child("b").process == nil)
      #expect(await error { () async throws(SupervisorError) in try await supervisor.restartChild("b") } == .restarting)
      #expect(await error { () async throws(SupervisorError) in try await supervisor.deleteChild("b") } == .restarting)
      #expect(
        await error { () async throws(SupervisorError) in try await supervisor.startChild(stage.child("b")) }
          == .alreadyPresent)
      #expect(old?.isAlive == false)
      #expect(supervisor.id.isAlive)
    }
  }

  @Test(
    "SUP-71, SUP-74, SUP-92: terminating the child ends the loop; an attempt that was put off does nothing",
    arguments: 0..<100 as Range<UInt64>)
  func terminate(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let supervisor = try await Self.failing(stage)
      #expect(try await supervisor.line == ["a", "b restarting", "c"])
      try await supervisor.terminateChild("b")
      _ = stage.take()
      try await node.settle()
      #expect(stage.take().isEmpty)
      #expect(try await supervisor.line == ["a", "b stopped", "c"])
      try await supervisor.deleteChild("b")
      try await supervisor.startChild(stage.child("d"))
      #expect(try await supervisor.line == ["a", "c", "d"])
    }
  }

  @Test(
    "SUP-70, TL-15: it can be stopped between two attempts; none is made after that",
    arguments: 0..<100 as Range<UInt64>)
  func stop(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let supervisor = try await Self.failing(stage)
      #expect(try await supervisor.line == ["a", "b restarting", "c"])
      _ = stage.take()
      try await supervisor.stop(reason: .shutdown)
      let log = stage.take()
      #expect(log.suffix(2) == ["stop c", "stop a"])
      #expect(log.dropLast(2).allSatisfy { $0 == "start b fails" })
      #expect(node.elapsed < .seconds(1))
      #expect(node.processes.count == 1)
    }
  }

  @Test("SUP-63, SUP-66: each attempt counts; when they are too many, the siblings are stopped and the supervisor ends")
  func escalation() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne, intensity: .restarts(4, within: .seconds(5))) {
        for id in ["a", "b", "c"] { stage.child("\(id)", .tidy) }
      }
      _ = stage.take()
      for _ in 0..<50 { stage.next("b", .fails) }
      stage["b"]?.exit(.kill)
      #expect(await supervisor.id.exited() == .shutdown)
      #expect(stage.take() == Array(repeating: "start b fails", count: 4) + ["stop c", "stop a"])
      #expect(node.trouble.count == 6)
    }
  }

  @Test("SUP-72, SUP-73, TL-8, TL-9: rest for one tries again from the child that failed; what started before it stays")
  func restForOne() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .restForOne, intensity: .restarts(10, within: .seconds(5)))
      {
        for id in ["a", "b", "c"] { stage.child("\(id)", .tidy) }
      }
      _ = stage.take()
      stage.next("b", .fails, .fails)
      stage["a"]?.exit(.kill)
      try await node.settle()
      #expect(
        stage.take() == ["stop c", "stop b", "start a", "start b fails", "start b fails", "start b", "start c"])
      #expect(try await supervisor.line == ["a", "b", "c"])
    }
  }

  @Test("SUP-72, TL-10: one for all stops again what had started, and starts all")
  func oneForAll() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForAll, intensity: .restarts(10, within: .seconds(5))) {
        for id in ["a", "b", "c"] { stage.child("\(id)", .tidy) }
      }
      _ = stage.take()
      stage.next("b", .fails)
      stage["a"]?.exit(.kill)
      try await node.settle()
      #expect(
        stage.take() == ["stop c", "stop b", "start a", "start b fails", "stop a", "start a", "start b", "start c"])
      #expect(try await supervisor.line == ["a", "b", "c"])
      #expect(node.trouble == ["child_terminated a: killed", "start_error b: Crash: Crash()"])
    }
  }

  @Test("SUP-70: a restart whose init traps is a failed restart", arguments: 0..<20 as Range<UInt64>)
  func trapInRestart(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) { stage.child("a") }
      _ = stage.take()
      stage.next("a", .traps)
      let old = stage["a"]
      stage.tell("a", .trap)
      #expect(await old?.exited().fault != nil)
      while stage["a"] == old { try await node.settle() }
      #expect(stage.take() == ["start a fails", "start a"])
      #expect(try await supervisor.line == ["a"])
    }
  }
}
