import ProcessRuntime
import SupervisionTesting
import Testing

@testable import Supervision

@Suite("Supervisor: budgets and quarantine", .timeLimit(.minutes(1)))
struct QuarantineTests {
  private static let budget = RestartBudget.restarts(2, within: .seconds(10), retryAfter: .seconds(60))

  private func timeline(_ budget: RestartBudget = budget) -> Timeline {
    // The supervisor itself allows no restart at all.
    Timeline(
      .oneForOne, intensity: .restarts(0, within: .seconds(5)),
      children: ["a", Timeline.Child(ChildSpec(id: "b") { nil }.budget(budget)), "c"])
  }

  private func quarantined(_ budget: RestartBudget = budget) throws -> Timeline {
    try timeline(budget)
      .happens("crash b").expect("start b")
      .happens("crash b").expect("start b")
      .happens("crash b").expect()
      .expectReports(
        "child_terminated b: TimelineCrash: crash", "quarantine b: RestartIntensity: reached max restart intensity"
      )
      .expectChildren("a", "b quarantined", "c")
  }

  @Test("EXT-5: beyond its budget a child is parked; its siblings stay, the supervisor's intensity is not used")
  func parked() throws {
    try quarantined().happens("advance 59s").expect().expectChildren("a", "b quarantined", "c")
    // Restarts that are far apart use up no budget.
    try timeline()
      .happens("crash b", "advance 11s").expect("start b")
      .happens("crash b", "advance 11s").expect("start b")
      .happens("crash b", "advance 11s").expect("start b")
    // A sibling without a budget counts for the supervisor as ever.
    try quarantined().happens("crash a").expect("stop c", "exit shutdown")
  }

  @Test("EXT-6: the trial: a failure within the period is a quarantine again")
  func trialFails() throws {
    try quarantined()
      .happens("advance 60s").expect("start b").expectChildren("a", "b", "c")
      .happens("advance 10s", "crash b").expect().expectChildren("a", "b quarantined", "c")
      .happens("advance 59s").expect()
      .happens("start fails b", "advance 1s").expect("start b fails").expectChildren("a", "b quarantined", "c")
      .happens("retry").expect()
      .happens("advance 60s").expect("start b")
  }

  @Test("EXT-6: the trial: after a healthy period the whole budget is there again")
  func trialSucceeds() throws {
    try quarantined()
      .happens("advance 60s").expect("start b")
      .happens("advance 11s", "crash b").expect("start b")
      .happens("crash b").expect("start b")
      .happens("crash b").expect().expectChildren("a", "b quarantined", "c")
  }

  @Test("EXT-6: without another try it stays in quarantine")
  func forEver() throws {
    try quarantined(.restarts(2, within: .seconds(10)))
      .happens("advance 10000s").expect().expectChildren("a", "b quarantined", "c")
      .happens("restart b").expect("start b").expectReplies("process")
  }

  @Test("EXT-7: a child in quarantine can be restarted, terminated, deleted; then no trial follows")
  func calls() throws {
    try quarantined()
      .happens("restart b").expect("start b").expectReplies("process")
      .happens("advance 60s").expect()
      .happens("crash b").expect("start b")
      .happens("crash b").expect("start b")
      .happens("crash b").expect().expectChildren("a", "b quarantined", "c")
    try quarantined()
      .happens("terminate b").expectReplies("ok").expectChildren("a", "b stopped", "c")
      .happens("advance 60s").expect()
    try quarantined()
      .happens("delete b").expectReplies("ok").expectChildren("a", "c")
      .happens("start child d", "advance 60s").expect("start d")
  }

  @Test("EXT-5, SUP-120: a supervisor with a child in quarantine stops as ever")
  func stop() throws {
    try quarantined().happens("stop normal").expect("stop c", "stop a", "exit normal")
  }

  @Test("EXT-1, EXT-5: backoff and budget together")
  func withBackoff() throws {
    let spec = ChildSpec(id: "b") { nil }.budget(Self.budget).backoff(.constant(.seconds(1)))
    try Timeline(.oneForOne, children: ["a", Timeline.Child(spec)])
      .happens("crash b", "advance 1s").expect("start b")
      .happens("crash b", "advance 1s").expect("start b")
      .happens("crash b").expect().expectChildren("a", "b quarantined")
      .happens("advance 60s").expect("start b")
  }

  @Test("EXT-5, EXT-6: under a dynamic supervisor")
  func dynamic() {
    let shell = DynamicShell(DynamicSupervisorSettings(intensity: .restarts(0, within: .seconds(5))))
    let child = shell.start(
      ChildSpec(id: "b") { nil }.budget(.restarts(0, within: .seconds(10), retryAfter: .seconds(60))))
    #expect(
      shell.handle(.exited(child, .killed)) == [
        "report child_terminated", "report quarantine", "retry after 60.0 seconds",
      ])
    #expect(shell.children.map(\.isQuarantined) == [true])
    #expect(shell.children.map(\.isRestarting) == [false])
    #expect(shell.counts?.active == 0)
    shell.now = .seconds(60)
    #expect(shell.retry() == ["start"])
    _ = shell.started()
    #expect(shell.children.map(\.isQuarantined) == [false])
    #expect(shell.counts?.active == 1)
    // Without another try there is nothing to keep it for.
    let other = shell.start(ChildSpec(id: "b") { nil }.budget(.restarts(0, within: .seconds(10))))
    #expect(shell.handle(.exited(other, .killed)) == ["report child_terminated", "report quarantine"])
    #expect(shell.children.count == 1 && shell.machine.histories.count == 1)
  }

  @Test("EXT-14: a budget needs a strategy that leaves the siblings alone, and values that make sense")
  func validation() {
    let spec = ChildSpec(id: "b") { nil }.budget(Self.budget)
    for strategy in [Supervisor.Strategy.oneForAll, .restForOne] {
      #expect(throws: SupervisorError.self) { try Supervisor.check([spec], strategy: strategy) }
    }
    #expect(throws: Never.self) { try Supervisor.check([spec], strategy: .oneForOne) }
    for budget in [
      RestartBudget.restarts(-1, within: .seconds(1)), .restarts(1, within: .zero),
      .restarts(1, within: .seconds(1), retryAfter: .zero),
    ] {
      #expect(throws: SupervisorError.self) { try Supervisor.check([spec.budget(budget)]) }
    }
  }
}
