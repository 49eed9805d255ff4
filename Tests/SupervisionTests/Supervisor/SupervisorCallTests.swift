import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Supervisor: calls", .timeLimit(.minutes(1)))
struct SupervisorCallTests {
  let ab = Timeline(.oneForOne, children: ["a", "b"])

  @Test("SUP-90: start_child starts a child and keeps it")
  func startChild() throws {
    try ab.happens("start child c").expect("start c").expectReplies("process").expectChildren("a", "b", "c")
  }

  @Test("SUP-90: start_child of an id that runs: already started, and which process it is")
  func alreadyStarted() throws {
    try ab.happens("start child a").expect().expectReplies("already started")
    let shell = SupervisorShell(.init(), ["a"])
    let process = shell.launch()[0]
    let error = #expect(throws: SupervisorError.self) { try shell.call(.startChild(shell.spec("a")))?.get() }
    #expect(error == .alreadyStarted(process))
    #expect(error?.existingProcess == process)
  }

  @Test("SUP-90, TL-27: an id that is known but not running is already present; deleted, it is accepted and comes last")
  func alreadyPresent() throws {
    try ab.happens("terminate a", "start child a").expectReplies("ok", "already present")
      .happens("delete a", "start child a").expectReplies("ok", "process")
      .expectChildren("b", "a")
  }

  @Test("SUP-90, SUP-91: a start that fails is the caller's error; nothing is stored, reported or counted")
  func startFails() throws {
    try Timeline(.oneForOne, intensity: .restarts(1, within: .seconds(5)), children: ["a"])
      .happens("start fails b 3", "start child b", "start child b", "start child b")
      .expectReplies("start failed", "start failed", "start failed")
      .expectReports()
      .expectChildren("a")
      .happens("crash a").expect("start a")
  }

  @Test("SUP-90: a child that chose not to run is kept, unless it is temporary")
  func ignored() throws {
    try ab.happens("start ignored c", "start child c", "start ignored d", "start child d temporary")
      .expectReplies("no process", "no process")
      .expectChildren("a", "b", "c stopped")
  }

  @Test("SUP-90: an invalid specification is refused before anything is started")
  func invalid() throws {
    try ab.happens("start child c transient significant").expect()
      .expectReplies("invalid child specification")
      .expectChildren("a", "b")
  }

  @Test("SUP-90: when the start says that the name belongs to another process, the caller learns which")
  func nameTaken() throws {
    let shell = SupervisorShell(.init(), [])
    shell.launch()
    _ = shell.handle(.call(1, .startChild(shell.spec("a"))))
    let other = shell.process()
    let actions = shell.machine.handle(.started(.alreadyStarted(other)), at: .zero)
    #expect(throws: SupervisorError.alreadyStarted(other)) { try SupervisorShell.answer(in: actions)?.get() }
    #expect(shell.machine.children.isEmpty)
  }

  @Test("SUP-92: terminate_child stops a child and keeps its specification, unless it is temporary")
  func terminateChild() throws {
    try Timeline(.oneForAll, children: ["a", "b", "c temporary"])
      .happens("terminate b", "terminate c")
      .expect("stop b", "stop c")
      .expectReplies("ok", "ok")
      .expectChildren("a", "b stopped")
      .happens("terminate b", "terminate c")
      .expect()
      .expectReplies("ok", "not found")
  }

  @Test("SUP-93: restart_child starts a stopped child and no other")
  func restartChild() throws {
    try ab.happens("terminate a", "restart a").expect("stop a", "start a").expectReplies("ok", "process")
      .happens("restart a", "restart x").expectReplies("running", "not found")
  }

  @Test("SUP-93: restart_child that fails or is ignored leaves the child stopped and says nothing")
  func restartChildFails() throws {
    try ab.happens("terminate a", "start fails a", "restart a", "start ignored a", "restart a")
      .expectReplies("ok", "start failed", "no process")
      .expectReports()
      .expectChildren("a stopped", "b")
  }

  @Test("SUP-94: delete_child forgets a stopped child only")
  func deleteChild() throws {
    try ab.happens("delete a", "delete x", "terminate a", "delete a", "delete a")
      .expectReplies("running", "not found", "ok", "ok", "not found")
      .expectChildren("b")
  }

  @Test("SUP-95, SUP-96: children and child show id, process and kind")
  func children() throws {
    let shell = SupervisorShell(.init(), ["a", "b"])
    let processes = shell.launch()
    guard case .children(let children) = try #require(try shell.call(.children)?.get()) else {
      Issue.record("no children")
      return
    }
    #expect(children.map(\.id) == ["b", "a"])
    #expect(children.map(\.process) == processes.reversed())
    guard case .child(let child) = try #require(try shell.call(.child("a"))?.get()) else {
      Issue.record("no child")
      return
    }
    #expect(child == Supervisor.Child(id: "a", process: processes[0], kind: .worker))
    #expect(shell.handle(.call(3, .child("x"))) == ["error 3 not found"])
  }

  @Test("SUP-14: childSpec returns the specification with its defaults")
  func childSpec() throws {
    let shell = SupervisorShell(.init(), ["a"])
    shell.launch()
    guard case .childSpec(let spec) = try #require(try shell.call(.childSpec("a"))?.get()) else {
      Issue.record("no specification")
      return
    }
    #expect(spec.id == "a")
    #expect(spec.shutdown == .timeout(.seconds(5)))
    #expect(shell.handle(.call(2, .childSpec("x"))) == ["error 2 not found"])
  }

  @Test("SUP-97: counts: active are those with a process; workers and supervisors are all of their kind")
  func counts() throws {
    try Timeline(.oneForOne, children: ["a", "b transient", "s supervisor", "t supervisor"])
      .happens("exit b normal", "terminate t", "count")
      .expectReplies("ok", "specs 4, active 2, supervisors 2, workers 2")
      .happens("delete t", "count")
      .expectReplies("ok", "specs 3, active 2, supervisors 1, workers 2")
  }

  @Test("SUP-98: a temporary child is gone after any end")
  func temporary() throws {
    try Timeline(.oneForOne, children: ["a temporary", "b temporary", "c temporary"])
      .happens("exit a normal", "crash b", "terminate c")
      .happens("restart a", "delete b", "restart c")
      .expectReplies("not found", "not found", "not found")
  }

  @Test("SUP-98, PIT-20: what a temporary child was started with is let go once it runs")
  func temporaryStartIsReleased() throws {
    final class Payload: Sendable {}
    var payload: Payload? = Payload()
    weak let held = payload
    var machine = SupervisorMachine<Int>(SupervisorSettings())
    _ = machine.handle(.launch([]), at: .zero)
    do {
      let spec = ChildSpec(id: "t", restart: .temporary) { [payload] in
        _ = payload; return nil
      }
      _ = machine.handle(.call(1, .startChild(spec)), at: .zero)
    }
    payload = nil
    #expect(held != nil)
    _ = machine.handle(.started(.started(ProcessID(placeholder: 1))), at: .zero)
    #expect(held == nil)
  }
}
