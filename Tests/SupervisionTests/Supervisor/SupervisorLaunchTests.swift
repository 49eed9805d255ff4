import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Supervisor: start", .timeLimit(.minutes(1)))
struct SupervisorLaunchTests {
  @Test("SUP-20: a supervisor without children is ready at once")
  func empty() throws {
    try Timeline(.oneForOne, children: []).expect("ready").expectChildren()
  }

  @Test("SUP-22: an ignored child is kept, stopped; an ignored temporary one is not")
  func ignored() throws {
    try Timeline(
      .oneForOne, children: ["a", "b temporary", "c"], given: "start ignored a", "start ignored b"
    )
    .expect("start a ignored", "start b ignored", "start c", "ready")
    .expectChildren("a stopped", "c")
  }

  @Test(
    "SUP-23, SUP-24: a first child that fails is reported, the ones before it are stopped in reverse, and the reason says so"
  )
  func failure() throws {
    let after = try Timeline(.oneForOne, children: ["a", "b", "c", "d"], given: "start fails c")
      .expect(
        "start a", "start b", "start c fails", "stop b", "stop a",
        "exit shutdown: failed to start child \"c\": \(crash)"
      )
      .expectReports("start_error c: \(crash)")
    let detail = try #require(after.exitReason?.shutdownDetail as? ChildStartFailure)
    #expect(detail == ChildStartFailure(id: "c", reason: .failure(TimelineCrash())))
    #expect(after.exitReason?.isClean == true)
  }

  @Test("SUP-23: stopping what was started follows the protocol and is reported like any other stop")
  func failureWithStubbornChild() throws {
    try Timeline(.oneForOne, children: ["a", "b"], given: "start fails b", "ignores shutdown a")
      .expect("start a", "start b fails", "stop a", "kill a", "exit shutdown: failed to start child \"b\": \(crash)")
      .expectReports("start_error b: \(crash)", "shutdown_error a: killed")
  }

  @Test("SUP-6, SUP-10: a supervisor with contradictory children starts none of them")
  func invalidChildren() {
    let shell = SupervisorShell(.init(), ["a", "a"])
    let moves = shell.handle(.launch(shell.children))
    #expect(moves.count == 1)
    #expect(
      shell.machine.exitReason?.error as? SupervisorError
        == .invalidSpec("two children have the id \"a\"; give one of them another id"))
  }

  @Test("SUP-6: a supervisor with impossible settings starts nothing")
  func invalidSettings() {
    let shell = SupervisorShell(SupervisorSettings(intensity: .restarts(-1, within: .seconds(5))), ["a"])
    #expect(shell.handle(.launch(shell.children)).count == 1)
    #expect(shell.machine.exitReason?.error as? SupervisorError == .invalidSettings("-1 restarts; use zero or more"))
  }

  @Test("SUP-119: a supervisor that is started again has its first children only")
  func startedAgain() throws {
    let first = Timeline(.oneForOne, children: ["a"])
    try first.happens("start child b").expectChildren("a", "b")
    try first.expectChildren("a")
  }

  @Test("SUP-1, SUP-3: the settings of a tree are its own, with Elixir's defaults")
  func tree() throws {
    struct Tree: SupervisorBehaviour {
      var children: [ChildSpec] {
        ChildSpec(id: "a") { nil }
        for index in 0..<2 { ChildSpec(id: "worker-\(index)") { nil } }
        if false { ChildSpec(id: "never") { nil } }
      }
    }
    #expect(
      Tree().settings
        == SupervisorSettings(
          strategy: .oneForOne, intensity: .restarts(3, within: .seconds(5)), autoShutdown: .never))
    try Timeline(Tree()).expect("start a", "start worker-0", "start worker-1", "ready")
  }
}
