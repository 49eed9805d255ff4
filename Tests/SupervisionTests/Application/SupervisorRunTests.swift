import Logging
import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Supervisor.run", .timeLimit(.minutes(1)))
struct SupervisorRunTests {
  private struct Tree: SupervisorBehaviour {
    let stage: Stage
    var intensity: Supervisor.Intensity = .restarts(3, within: .seconds(5))
    var autoShutdown: Supervisor.AutoShutdown = .never
    var children: [ChildSpec] {
      stage.child("a", .tidy)
      stage.child("b", .tidy)
      if autoShutdown != .never { stage.child("c", restart: .transient, significant: true) }
    }
  }

  private static func run(_ tree: Tree, _ meanwhile: @escaping @Sendable (TestNode) async throws -> Void) async throws
    -> ([String], Int32, [any Report])
  {
    try await withTestNode { node in
      let ends = Probe<ApplicationEnd>()
      let runner = spawn { ends.ref.send(try await Supervisor.run(tree, name: "tree")) }
      _ = try await ProcessName<Never>("tree").registered(within: .seconds(1))
      try await node.settle()
      try await meanwhile(node)
      let end = try await ends.next()
      _ = await runner.exited()
      return (["\(end)"], end.exitStatus, node.reports)
    }
  }

  @Test("LOG-6, LOG-37: it returns when the tree has given up; start and end are reported")
  func gaveUp() async throws {
    let stage = Stage()
    let (end, status, reports) = try await Self.run(Tree(stage: stage, intensity: .restarts(0, within: .seconds(5)))) {
      _ in
      stage["a"]?.exit(.kill)
    }
    #expect(end == ["gave up: shutdown"])
    #expect(status == 1)
    let last = reports.compactMap { $0 as? ApplicationReport }
    #expect(last.map(\.text) == ["Application tree started", "Application tree exited: gave up: shutdown"])
    #expect(last.map(\.level) == [.info, .error])
  }

  @Test("it returns when somebody has stopped the tree, or its significant children are done")
  func finished() async throws {
    let stage = Stage()
    let (end, status, reports) = try await Self.run(Tree(stage: stage)) { _ in
      try await Supervisor(id: try #require(ProcessName<Never>("tree").whereis)).stop(reason: .normal)
    }
    #expect(end == ["finished: normal"])
    #expect(status == 0)
    #expect(reports.compactMap { ($0 as? ApplicationReport)?.level } == [.info, .notice])
    let second = Stage()
    let (ended, done, _) = try await Self.run(Tree(stage: second, autoShutdown: .allSignificant)) { _ in
      second.tell("c", .end(.normal))
    }
    #expect(ended == ["finished: shutdown"])
    #expect(done == 0)
  }

  @Test("an inner supervisor that gives up does not make the tree one that did")
  func innerGaveUp() async throws {
    struct Outer: SupervisorBehaviour {
      let tree: Tree
      var children: [ChildSpec] { ChildSpec(tree, restart: .transient) }
    }
    let stage = Stage()
    try await withTestNode { node in
      let tree = Tree(stage: stage, intensity: .restarts(0, within: .seconds(5)))
      let ends = Probe<ApplicationEnd>()
      spawn { ends.ref.send(try await Supervisor.run(Outer(tree: tree), name: "outer")) }
      let outer = Supervisor(id: try await ProcessName<Never>("outer").registered(within: .seconds(1)))
      #expect(try await outer.line == ["Tree"])
      stage["a"]?.exit(.kill)
      try await node.settle()
      #expect(try await outer.line == ["Tree stopped"])
      try await outer.stop(reason: .shutdown)
      #expect(try await ends.next().exitStatus == 0)
    }
  }

  @Test("when its task is cancelled the tree is shut down in order, and it returns after that")
  func cancelled() async throws {
    let stage = Stage()
    let task = Task { try await Supervisor.run(Tree(stage: stage), name: "cancelled tree") }
    let tree = Supervisor(id: try await ProcessName<Never>("cancelled tree").registered(within: .seconds(10)))
    // It answers once it has told its starter that it has started: before that, cancelling ends the start.
    #expect(try await tree.countChildren().active == 2)
    task.cancel()
    let end = try await task.value
    #expect("\(end)" == "stopped because its task was cancelled")
    #expect(end.exitStatus == 0)
    #expect(stage.take() == ["start a", "start b", "stop b", "stop a"])
  }

  @Test("a tree that does not start is an error, and a report")
  func notStarted() async throws {
    try await withTestNode { node in
      let stage = Stage()
      stage.next("b", .fails)
      let error = await startError { () async throws(StartError) in try await Supervisor.run(Tree(stage: stage)) }
      #expect(error?.description == #"start failed: shutdown: failed to start child "b": Crash: Crash()"#)
      let report = try #require(node.reports(of: ApplicationReport.self).last)
      #expect(
        report.text == #"Application Tree exited: start failed: shutdown: failed to start child "b": Crash: Crash()"#)
      #expect(report.level == .error)
      #expect(report.metadata["application"] == "Tree")
    }
  }
}
