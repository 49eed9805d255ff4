import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Supervisor: strategies", .timeLimit(.minutes(1)))
struct SupervisorStrategyTests {
  let abc: [Timeline.Child] = ["a", "b", "c"]

  @Test("SUP-20, TL-1: children are started in list order, and then the starter goes on")
  func launch() throws {
    try Timeline(.oneForOne, children: abc).expect("start a", "start b", "start c", "ready")
  }

  @Test("SUP-40, TL-2: one_for_one starts the dead child again and no other")
  func oneForOne() throws {
    let before = Timeline(.oneForOne, children: abc)
    let after = try before.happens("crash b").expect("start b").expectReports("child_terminated b: \(crash)")
    #expect(after.process(of: "a") == before.process(of: "a"))
    #expect(after.process(of: "b") != before.process(of: "b"))
    #expect(after.process(of: "c") == before.process(of: "c"))
  }

  @Test("SUP-41, TL-3: one_for_all stops the others in reverse order, then starts all in order")
  func oneForAll() throws {
    try Timeline(.oneForAll, children: abc)
      .happens("crash b")
      .expect("stop c", "stop a", "start a", "start b", "start c")
      .expectReports("child_terminated b: \(crash)")
  }

  @Test("SUP-41, TL-6: one_for_all forgets the temporary children that it stops")
  func oneForAllDropsTemporary() throws {
    try Timeline(.oneForAll, children: ["a", "b temporary", "c"])
      .happens("crash a")
      .expect("stop c", "stop b", "start a", "start c")
      .expectChildren("a", "c")
  }

  @Test("SUP-42, TL-4: rest_for_one stops the later ones in reverse order, then starts the dead one and them")
  func restForOne() throws {
    let before = Timeline(.restForOne, children: ["a", "b", "c", "d"])
    let after = try before.happens("crash b").expect("stop d", "stop c", "start b", "start c", "start d")
    #expect(after.process(of: "a") == before.process(of: "a"))
  }

  @Test("SUP-42, TL-5: rest_for_one with the last child dead stops nobody")
  func restForOneLast() throws {
    try Timeline(.restForOne, children: abc).happens("crash c").expect("start c")
  }

  @Test("SUP-42, PIT-15: rest_for_one forgets later temporary children and keeps earlier ones")
  func restForOneDropsTemporary() throws {
    try Timeline(.restForOne, children: ["a temporary", "b", "c temporary", "d"])
      .happens("crash b")
      .expect("stop d", "stop c", "start b", "start d")
      .expectChildren("a", "b", "d")
  }

  @Test("SUP-43, TL-7: a transient child that had ended normally is started again with the others")
  func oneForAllStartsEnded() throws {
    try Timeline(.oneForAll, children: ["a", "b", "c transient"])
      .happens("exit c normal")
      .expect()
      .happens("crash a")
      .expect("stop b", "start a", "start b", "start c")
      .expectChildren("a", "b", "c")
  }

  @Test("SUP-43: rest_for_one starts later children that were stopped, ignored or ended")
  func restForOneStartsStopped() throws {
    try Timeline(.restForOne, children: ["a", "b", "c", "d transient"], given: "start ignored b")
      .happens("terminate c")
      .happens("exit d normal")
      .expectChildren("a", "b stopped", "c stopped", "d stopped")
      .happens("crash a")
      .expect("start a", "start b", "start c", "start d")
  }

  @Test("SUP-43: one_for_one leaves stopped siblings alone")
  func oneForOneLeavesStopped() throws {
    try Timeline(.oneForOne, children: abc)
      .happens("terminate c")
      .happens("crash a")
      .expect("start a")
      .expectChildren("a", "b", "c stopped")
  }

  @Test("SUP-45: children are listed newest first, added ones are the newest")
  func order() throws {
    try Timeline(.oneForOne, children: abc)
      .happens("start child d", "list")
      .expectReplies("process", "d c b a")
  }

  @Test(
    "SUP-46, PIT-19: restarted children keep their place",
    arguments: [Supervisor.Strategy.oneForOne, .oneForAll, .restForOne])
  func place(strategy: Supervisor.Strategy) throws {
    try Timeline(strategy, children: abc)
      .happens("crash a")
      .expectChildren("a", "b", "c")
      .happens("crash b")
      .expectChildren("a", "b", "c")
  }

  @Test("SUP-47: a child that is ignored on restart stays, stopped")
  func ignoredOnRestart() throws {
    try Timeline(.oneForOne, children: ["a", "b transient"])
      .happens("start ignored b", "crash b")
      .expect("start b ignored")
      .expectChildren("a", "b stopped")
  }

  @Test("SUP-47: one_for_all goes on past a child that is ignored on restart")
  func ignoredInRound() throws {
    try Timeline(.oneForAll, children: abc)
      .happens("start ignored b", "crash a")
      .expect("stop c", "stop b", "start a", "start b ignored", "start c")
  }

  @Test("TL-29: of two children that die at once, the second is refused when one restart is allowed")
  func twoAtOnce() throws {
    try Timeline(.oneForOne, intensity: .restarts(1, within: .seconds(5)), children: abc)
      .happens("crash a", "crash b")
      .expect("start a", "stop c", "stop a", "exit shutdown")
  }

  @Test("TL-30, SUP-54, PIT-9: under one_for_all the second death is part of the first one's round")
  func twoAtOnceOneForAll() throws {
    try Timeline(.oneForAll, intensity: .restarts(1, within: .seconds(5)), children: abc)
      .happens("crash a", "kill b")
      .expect("stop c", "stop b", "start a", "start b", "start c")
      .expectReports("child_terminated a: \(crash)", "shutdown_error b: killed")
  }
}

/// How the end of a crashed child of a timeline is printed.
let crash = "TimelineCrash: crash"
