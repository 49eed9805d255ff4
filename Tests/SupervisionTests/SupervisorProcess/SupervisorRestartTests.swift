import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Supervisor processes: restarting", .timeLimit(.minutes(1)))
struct SupervisorRestartTests {
  /// How a child is made to end, and what its supervisor sees.
  enum End: String, CaseIterable, Sendable {
    case error, kill, trap, normal, shutdown, shutdownDetail, timeout

    func happens(to id: ChildSpec.ID, on stage: Stage) {
      switch self {
      case .error: stage.tell(id, .crash)
      case .kill: stage[id]?.exit(.kill)
      case .trap: stage.tell(id, .trap)
      case .normal: stage.tell(id, .end(.normal))
      case .shutdown: stage.tell(id, .end(.shutdown))
      case .shutdownDetail: stage.tell(id, .end(.shutdown("done")))
      case .timeout: stage.tell(id, .end(.timeout))
      }
    }

    var isClean: Bool { [.normal, .shutdown, .shutdownDetail].contains(self) }
  }

  @Test("SUP-31, SUP-32, SUP-40, TL-2, TL-14: who is started again, by restart type and end", arguments: End.allCases)
  func whoIsRestarted(end: End) async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        stage.child("before")
        stage.child("permanent")
        stage.child("transient", restart: .transient)
        stage.child("temporary", restart: .temporary)
        stage.child("after")
      }
      _ = stage.take()
      let bystanders = [stage["before"], stage["after"]]
      for id in ["permanent", "transient", "temporary"] as [ChildSpec.ID] {
        let old = stage[id]
        end.happens(to: id, on: stage)
        _ = await old?.exited()
        _ = try await supervisor.children()
      }
      let expected = end.isClean ? ["start permanent"] : ["start permanent", "start transient"]
      #expect(stage.take() == expected)
      let line = ["before", "permanent", end.isClean ? "transient stopped" : "transient", "after"]
      #expect(try await supervisor.line == line)
      #expect([stage["before"], stage["after"]] == bystanders)
      #expect(node.trouble.count == (end.isClean ? 1 : 3))
      #expect(stage["permanent"]?.isAlive == true)
    }
  }

  @Test("SUP-41, SUP-45, SUP-46, TL-3: one for all stops the others in reverse and starts all in order")
  func oneForAll() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForAll) {
        for id in ["x", "a", "m"] { stage.child("\(id)", .tidy) }
      }
      let before = try await supervisor.children().compactMap(\.process)
      _ = stage.take()
      stage["a"]?.exit(.kill)
      #expect(try await supervisor.line == ["x", "a", "m"])
      #expect(stage.take() == ["stop m", "stop x", "start x", "start a", "start m"])
      #expect(before.allSatisfy { !$0.isAlive })
    }
  }

  @Test("SUP-42, TL-4, TL-5: rest for one touches the child and the later ones; the earlier keep their processes")
  func restForOne() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .restForOne) {
        for id in ["a", "b", "c"] { stage.child("\(id)", .tidy) }
      }
      let first = stage["a"]
      _ = stage.take()
      stage["b"]?.exit(.kill)
      _ = try await supervisor.children()
      #expect(stage.take() == ["stop c", "start b", "start c"])
      stage["c"]?.exit(.kill)
      _ = try await supervisor.children()
      #expect(stage.take() == ["start c"])
      #expect(stage["a"] == first)
    }
  }

  @Test("SUP-41, SUP-43, TL-6, TL-7: a group restart drops temporary children and starts those that did not run")
  func groupMembers() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      stage.next("ignored", .ignored)
      let supervisor = try await Supervisor.start(strategy: .oneForAll) {
        stage.child("a", .tidy)
        stage.child("temporary", .tidy, restart: .temporary)
        stage.child("done", .tidy, restart: .transient)
        stage.child("terminated", .tidy)
        stage.child("ignored", .tidy)
      }
      stage.tell("done", .end(.normal))
      _ = await stage["done"]?.exited()
      try await supervisor.terminateChild("terminated")
      _ = stage.take()
      stage["a"]?.exit(.kill)
      #expect(try await supervisor.line == ["a", "done", "terminated", "ignored"])
      #expect(stage.take() == ["stop temporary", "start a", "start done", "start terminated", "start ignored"])
    }
  }

  @Test("SUP-47: a child that declines to start again stays where it is, stopped")
  func ignoredOnRestart() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        stage.child("a")
        stage.child("b")
      }
      stage.next("a", .ignored)
      stage["a"]?.exit(.kill)
      #expect(try await supervisor.line == ["a stopped", "b"])
      try await supervisor.restartChild("a")
      #expect(try await supervisor.line == ["a", "b"])
    }
  }

  @Test("SUP-30: exits of strangers, and exits sent by others, change nothing")
  func strangers() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForAll) { stage.child("a", .tidy) }
      let child = stage["a"]
      supervisor.id.exit(.shutdown)
      supervisor.id.exit(.failure(Crash()))
      supervisor.id.exit(.normal)
      let stranger = spawn {
        try CurrentProcess.link(supervisor.id)
        throw Crash()
      }
      _ = await stranger.exited()
      #expect(try await supervisor.line == ["a"])
      #expect(stage["a"] == child)
      #expect(node.trouble.isEmpty)
    }
  }

  @Test("SUP-33, LOG-21: the crash is reported before its supervisor says so, and that before the new process starts")
  func orderOfReports() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne, name: "top") { stage.child("a") }
      let old = stage["a"]
      stage.tell("a", .crash)
      _ = await old?.exited()
      _ = try await supervisor.children()
      let kinds = node.reports.map { report in
        switch report {
        case is CrashReport: "crash"
        case is SupervisorErrorReport: "terminated"
        case is ProgressReport: "started"
        default: "other"
        }
      }
      #expect(kinds == ["started", "crash", "terminated", "started"])
    }
  }

  @Test("SUP-65, SUP-119: a server that was restarted a hundred times is in its initial state, under its own name")
  func names() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      let name = ProcessName<Player.Message>("player")
      let supervisor = try await Supervisor.start(strategy: .oneForOne, intensity: .restarts(100, within: .seconds(5)))
      {
        stage.child("a", name: name)
      }
      for _ in 0..<100 {
        let old = name.whereis
        old?.exit(.kill)
        _ = try await name.registered(otherThan: old, within: .seconds(1))
        #expect(try await name.call { .ping($0) } == "a")
      }
      #expect(try await supervisor.vector == [1, 1, 0, 1])
    }
  }
}
