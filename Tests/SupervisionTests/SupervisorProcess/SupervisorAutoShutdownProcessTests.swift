import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Supervisor processes: automatic shutdown", .timeLimit(.minutes(1)))
struct SupervisorAutoShutdownProcessTests {
  @Test(
    "SUP-80, SUP-81, TL-24: any significant: a clean end of a transient child, any end of a temporary one, ends the supervisor",
    arguments: [
      (ChildSpec.Restart.transient, ExitReason.normal, true), (.transient, .shutdown, true),
      (.transient, .shutdown("done"), true), (.transient, .failure(Crash()), false), (.temporary, .normal, true),
      (.temporary, .failure(Crash()), true),
    ])
  func any(restart: ChildSpec.Restart, reason: ExitReason, ends: Bool) async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne, autoShutdown: .anySignificant) {
        stage.child("a", restart: restart, significant: true)
        stage.child("b", .tidy)
        stage.child("c", .tidy)
      }
      _ = stage.take()
      stage.tell("a", .end(reason))
      try await node.settle()
      #expect(supervisor.id.isAlive == !ends)
      #expect(stage.take() == (ends ? ["stop c", "stop b"] : ["start a"]))
      if ends { #expect(supervisor.id.reasonIfDead == .shutdown) }
    }
  }

  @Test("SUP-81, TL-25: all significant: it ends with the last of them")
  func all() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne, autoShutdown: .allSignificant) {
        stage.child("a", restart: .temporary, significant: true)
        stage.child("b", restart: .temporary, significant: true)
        stage.child("c", .tidy)
      }
      _ = stage.take()
      stage["a"]?.exit(.kill)
      #expect(try await supervisor.line == ["b", "c"])
      stage.tell("b", .end(.normal))
      #expect(await supervisor.id.exited() == .shutdown)
      #expect(stage.take() == ["stop c"])
    }
  }

  @Test("SUP-82, TL-26: children that are stopped, through the API or with a sibling, do not count")
  func never() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForAll, autoShutdown: .anySignificant) {
        stage.child("a", restart: .transient, significant: true)
        stage.child("b")
        stage.child("c", restart: .temporary, significant: true)
      }
      stage["b"]?.exit(.kill)
      #expect(try await supervisor.line == ["a", "b"])
      try await supervisor.terminateChild("a")
      #expect(try await supervisor.line == ["a stopped", "b"])
    }
  }

  /// A tree whose inner supervisor ends with its significant child.
  private struct Inner: SupervisorBehaviour {
    let stage: Stage
    var autoShutdown: Supervisor.AutoShutdown { .anySignificant }
    var children: [ChildSpec] { stage.child("leaf", restart: .transient, significant: true) }
  }

  @Test(
    "SUP-83: it climbs the tree where the inner supervisor is significant itself, and nowhere else",
    arguments: [true, false])
  func climbs(significant: Bool) async throws {
    try await withTestNode { node in
      let stage = Stage()
      let top = try await Supervisor.start(strategy: .oneForOne, autoShutdown: .anySignificant) {
        ChildSpec(Inner(stage: stage), id: "inner", restart: .transient, significant: significant)
        stage.child("other", restart: .transient, significant: !significant)
      }
      stage.tell("leaf", .end(.normal))
      try await node.settle()
      #expect(top.id.isAlive == !significant)
      if !significant { #expect(try await top.line == ["inner stopped", "other"]) }
    }
  }
}
