import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Supervisor: failed restarts", .timeLimit(.minutes(1)))
struct SupervisorRetryTests {
  @Test("SUP-70, PIT-5: a failed restart is reported and tried again later; calls are served in between")
  func servedInBetween() throws {
    try Timeline(.oneForOne, children: ["a", "b"])
      .happens("start fails a", "crash a")
      .expect("start a fails")
      .expectReports("child_terminated a: \(crash)", "start_error a: \(crash)")
      .expectChildren("a restarting", "b")
      .happens("count")
      .expectReplies("specs 2, active 1, supervisors 0, workers 2")
      .happens("retry")
      .expect("start a")
      .expectChildren("a", "b")
  }

  @Test("SUP-70: a restarting child is known by the process that it had")
  func remembersProcess() throws {
    let before = Timeline(.oneForOne, children: ["a"])
    let after = try before.happens("start fails a 2", "crash a")
    #expect(after.reports.last?.offender.process == before.process(of: "a"))
    let later = try after.happens("retry")
    #expect(later.reports.map(\.context) == [.startError])
    #expect(later.reports.last?.offender.process == before.process(of: "a"))
    #expect(later.reports.last?.offender.isRestarting == true)
  }

  @Test("SUP-71: a retry for a child that was terminated meanwhile is ignored")
  func terminated() throws {
    try Timeline(.oneForOne, children: ["a"])
      .happens("start fails a", "crash a")
      .happens("terminate a").expect().expectReplies("ok").expectChildren("a stopped")
      .happens("retry").expect().expectChildren("a stopped")
  }

  @Test("SUP-71: a retry for a child that was deleted and added anew is ignored")
  func anotherIncarnation() throws {
    try Timeline(.oneForOne, children: ["a"])
      .happens("start fails a", "crash a")
      .happens("terminate a", "delete a", "start child a").expectReplies("ok", "ok", "process")
      .happens("start fails a", "crash a").expectChildren("a restarting")
      .happens("terminate a", "restart a").expectReplies("ok", "process")
      .happens("retry").expect().expectChildren("a")
  }

  @Test("SUP-71: an earlier attempt's retry does not hasten a later one")
  func earlierAttempt() throws {
    let shell = SupervisorShell(.init(), ["a"])
    let first = shell.launch()[0]
    let tag = { (actions: [SupervisorMachine<Int>.Action]) -> SupervisorMachine<Int>.RetryTag? in
      for case .retryLater(let tag, _) in actions { return tag }
      return nil
    }
    _ = shell.handle(.exited(first, .killed))
    let stale = try #require(tag(shell.machine.handle(.started(.failed(.timeout)), at: .zero)))
    _ = shell.handle(.call(1, .terminateChild("a")))
    _ = shell.handle(.call(2, .restartChild("a")))
    let second = shell.process()
    _ = shell.handle(.started(.started(second)))
    _ = shell.handle(.exited(second, .killed))
    let fresh = try #require(tag(shell.machine.handle(.started(.failed(.timeout)), at: .zero)))
    #expect(stale != fresh)
    #expect(shell.handle(.retry(stale)) == [])
    #expect(shell.handle(.retry(fresh)) == ["start a"])
  }

  @Test("SUP-72, TL-8: rest_for_one whose first start fails leaves the later ones stopped and tries again")
  func restForOneFirst() throws {
    try Timeline(.restForOne, children: ["a", "b", "c"])
      .happens("start fails a 2", "crash a").expect("stop c", "stop b", "start a fails")
      .expectChildren("a restarting", "b stopped", "c stopped")
      .happens("retry").expect("start a fails")
      .happens("retry").expect("start a", "start b", "start c")
  }

  @Test("SUP-72, SUP-73, TL-9: rest_for_one retries from the child that failed; the one before it stays up")
  func restForOneSecond() throws {
    let failed = try Timeline(.restForOne, children: ["a", "b", "c"])
      .happens("start fails b", "crash a").expect("stop c", "stop b", "start a", "start b fails")
      .expectChildren("a", "b restarting", "c stopped")
    let after = try failed.happens("retry").expect("start b", "start c")
    #expect(after.process(of: "a") == failed.process(of: "a"))
  }

  @Test("SUP-72, SUP-73, TL-10: one_for_all stops again what the failed round had started")
  func oneForAll() throws {
    try Timeline(.oneForAll, children: ["a", "b", "c"])
      .happens("start fails b", "crash a").expect("stop c", "stop b", "start a", "start b fails")
      .expectChildren("a", "b restarting", "c stopped")
      .happens("retry").expect("stop a", "start a", "start b", "start c")
      .expectReports()
  }

  @Test("SUP-72: one_for_all: another child dies before the retry; its round makes the retry void")
  func overtaken() throws {
    try Timeline(.oneForAll, children: ["a", "b"])
      .happens("start fails b", "crash a").expectChildren("a", "b restarting")
      .happens("crash a").expect("start a", "start b")
      .happens("retry").expect()
  }

  @Test("SUP-74: what a restarting child answers to each call")
  func restartingChild() throws {
    try Timeline(.oneForOne, children: ["a"])
      .happens("start fails a", "crash a")
      .happens("restart a", "delete a", "start child a", "count", "terminate a", "list")
      .expectReplies(
        "restarting", "restarting", "already present", "specs 1, active 0, supervisors 0, workers 1", "ok", "a"
      )
      .expectChildren("a stopped")
  }

  @Test("SUP-70, TL-15: stopped in a failing restart loop, the supervisor ends promptly and starts nothing more")
  func stoppedInLoop() throws {
    try Timeline(.oneForOne, intensity: .restarts(100, within: .seconds(5)), children: ["a", "b"])
      .happens("start fails a 50", "crash a")
      .happens("retry", "stop shutdown").expect("start a fails", "stop b", "exit shutdown")
      .happens("retry").expect()
  }

  @Test("SUP-75: while a start blocks, all calls wait")
  func blocks() throws {
    try Timeline(.oneForOne, children: ["a", "b"])
      .happens("start hangs a", "crash a").expect("start a hangs")
      .happens("count").expectReplies()
      .happens("start returns a").expectReplies("specs 2, active 2, supervisors 0, workers 2")
  }
}
