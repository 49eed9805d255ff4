import ProcessRuntime
import SupervisionTesting
import Testing

@testable import Supervision

@Suite("Supervisor: backoff", .timeLimit(.minutes(1)))
struct BackoffTimelineTests {
  private static func child(
    _ id: ChildSpec.ID, _ backoff: Backoff = .exponential(from: .seconds(1), to: .seconds(8))
  ) -> Timeline.Child {
    Timeline.Child(ChildSpec(id: id) { nil }.backoff(backoff))
  }

  private func timeline(
    _ strategy: Supervisor.Strategy, intensity: Supervisor.Intensity = .restarts(100, within: .seconds(60))
  ) -> Timeline {
    Timeline(strategy, intensity: intensity, children: ["a", Self.child("b"), "c"])
  }

  @Test("EXT-1, EXT-2: the child waits, its siblings do not, and each wait is longer")
  func waits() throws {
    try timeline(.oneForOne)
      .happens("crash b").expect().expectChildren("a", "b restarting", "c")
      .happens("crash a").expect("start a")
      .happens("advance 999ms").expect()
      .happens("advance 1ms").expect("start b").expectChildren("a", "b", "c")
      .happens("crash b", "advance 1999ms").expect()
      .happens("advance 1ms").expect("start b")
      .happens("advance 8s").expect()
      .happens("crash b", "advance 1s").expect("start b")
  }

  @Test("EXT-3: siblings that are restarted with it are stopped at once, and wait")
  func oneForAll() throws {
    try timeline(.oneForAll)
      .happens("crash b").expect("stop c", "stop a").expectChildren("a stopped", "b restarting", "c stopped")
      .happens("advance 1s").expect("start a", "start b", "start c")
    try timeline(.restForOne)
      .happens("crash b").expect("stop c").expectChildren("a", "b restarting", "c stopped")
      .happens("advance 1s").expect("start b", "start c")
  }

  @Test("EXT-4: a restart counts when it is made, and one too many ends the supervisor")
  func intensity() throws {
    try timeline(.oneForOne, intensity: .restarts(2, within: .seconds(60)))
      .happens("crash b", "advance 1s").expect("start b")
      .happens("crash b", "advance 2s").expect("start b")
      .happens("crash b").expect()
      .happens("advance 4s").expect("stop c", "stop a", "exit shutdown")
      .expectReports("shutdown b: RestartIntensity: reached max restart intensity")
  }

  @Test("EXT-10: a start that fails is a failure: the next one waits longer")
  func failedStart() throws {
    try timeline(.oneForOne)
      .happens("start fails b", "crash b", "advance 1s").expect("start b fails")
      .expectChildren("a", "b restarting", "c")
      .happens("retry").expect()
      .happens("advance 2s").expect("start b")
  }

  @Test("EXT-1: who waits can be terminated; then nothing starts it")
  func terminate() throws {
    try timeline(.oneForOne)
      .happens("crash b", "restart b", "delete b").expectReplies("restarting", "restarting")
      .happens("terminate b").expectReplies("ok").expectChildren("a", "b stopped", "c")
      .happens("advance 10s").expect()
      .happens("restart b").expect("start b")
      // Whoever has asked for it begins anew.
      .happens("crash b", "advance 1s").expect("start b")
  }

  @Test("EXT-1, SUP-70: a supervisor that ends does not wait for those who wait")
  func end() throws {
    try timeline(.oneForOne).happens("crash b", "stop normal").expect("stop c", "stop a", "exit normal")
  }

  @Test("EXT-1, EXT-2: under a dynamic supervisor")
  func dynamic() {
    let shell = DynamicShell()
    let backoff = Backoff.exponential(from: .seconds(1), to: .seconds(8))
    let first = shell.start(ChildSpec(id: "b") { nil }.backoff(backoff))
    #expect(shell.handle(.exited(first, .killed)) == ["report child_terminated", "retry after 1.0 seconds"])
    #expect(shell.children.map(\.isRestarting) == [true])
    shell.now = .seconds(1)
    #expect(shell.retry() == ["start"])
    #expect(shell.failed() == ["report start_error", "retry after 2.0 seconds"])
    shell.now = .seconds(3)
    #expect(shell.retry() == ["start"])
    _ = shell.started()
    #expect(shell.handle(.exited(shell[2], .killed)) == ["report child_terminated", "retry after 4.0 seconds"])
    // Terminated while it waits: the wait ends in nothing.
    #expect(shell.call(.terminateChild(shell[2])) == ["ok"])
    #expect(shell.retry().isEmpty)
    #expect(shell.children.isEmpty && shell.machine.histories.isEmpty)
  }
}
