import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Supervisor: stopping children", .timeLimit(.minutes(1)))
struct SupervisorTerminationTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let child: String
    let silent: [String]

    var testDescription: String { child }
  }

  static let reasons = ["normal", "shutdown", "shutdown(detail)", "killed", "error"]

  static let table = [
    Row(child: "a permanent", silent: ["shutdown"]),
    Row(child: "a transient", silent: ["normal", "shutdown", "shutdown(detail)"]),
    Row(child: "a temporary", silent: ["normal", "shutdown", "shutdown(detail)"]),
    Row(child: "a permanent infinity", silent: ["shutdown"]),
    Row(child: "a transient infinity", silent: ["normal", "shutdown", "shutdown(detail)"]),
  ]

  @Test(
    "SUP-55, TL-23: a child that was told to stop is reported unless it ended as it should", arguments: table, reasons)
  func silentReasons(row: Row, reason: String) throws {
    let after = try Timeline(.oneForOne, children: [Timeline.Child(stringLiteral: row.child)])
      .happens(Timeline.Event(stringLiteral: "stops a \(reason)"), "stop normal")
      .expect("stop a", "exit normal")
    #expect(after.reports.map(\.context) == (row.silent.contains(reason) ? [] : [.shutdownError]))
  }

  static let brutalTable = [
    Row(child: "a permanent brutalKill", silent: ["killed"]),
    Row(child: "a transient brutalKill", silent: ["killed", "normal", "shutdown", "shutdown(detail)"]),
    Row(child: "a temporary brutalKill", silent: ["killed", "normal", "shutdown", "shutdown(detail)"]),
  ]

  /// The child has ended by itself when its stop begins: that is how a brutally killed child has another reason.
  @Test(
    "SUP-54, SUP-55: the real reason of a child that ended just before is what counts", arguments: brutalTable, reasons)
  func silentReasonsOfKilled(row: Row, reason: String) throws {
    let after = try Timeline(.oneForOne, children: [Timeline.Child(stringLiteral: row.child)])
      .happens("terminate a", Timeline.Event(stringLiteral: "exit a \(reason)"))
      .expect("stop a")
    #expect(after.reports.map(\.context) == (row.silent.contains(reason) ? [] : [.shutdownError]))
  }

  @Test("SUP-50, TL-22: a child that is killed brutally is not reported")
  func brutalKill() throws {
    try Timeline(.oneForOne, children: ["a", "b brutalKill"])
      .happens("stop shutdown")
      .expect("stop b", "stop a", "exit shutdown")
      .expectReports()
  }

  @Test(
    "SUP-51, SUP-55, TL-21: a child that goes on is killed when its time is up, reported, and only then the next is stopped"
  )
  func killedAtLimit() throws {
    try Timeline(.oneForOne, children: ["a", Timeline.Child("b", shutdown: .timeout(.milliseconds(50)))])
      .happens("ignores shutdown b", "stop shutdown")
      .expect("stop b", "kill b", "stop a", "exit shutdown")
      .expectReports("shutdown_error b: killed")
  }

  @Test("SUP-56: a report does not stop the termination")
  func reportsGoOn() throws {
    try Timeline(.oneForOne, children: ["a", "b", "c"])
      .happens("stops a error", "stops b error", "stops c error", "stop shutdown")
      .expect("stop c", "stop b", "stop a", "exit shutdown")
      .expectReports("shutdown_error c: \(crash)", "shutdown_error b: \(crash)", "shutdown_error a: \(crash)")
  }

  @Test("SUP-57: children are stopped one at a time, each fully down before the next")
  func oneAtATime() throws {
    let shell = SupervisorShell(.init(), ["a", "b"])
    shell.launch()
    #expect(shell.handle(.stop(.shutdown)) == ["stop b"])
    #expect(shell.handle(.stopped(.shutdown)) == ["stop a"])
    #expect(shell.handle(.stopped(.shutdown)) == ["exit shutdown"])
  }

  @Test("SUP-59, TL-28: what arrives while a child is started or stopped waits, in order, and none is lost")
  func waits() throws {
    let shell = SupervisorShell(.init(), ["a", "b"])
    let processes = shell.launch()
    #expect(shell.handle(.call(1, .startChild(shell.spec("c")))) == ["start c"])
    #expect(shell.handle(.exited(processes[0], .killed)) == [])
    #expect(shell.handle(.call(2, .countChildren)) == [])
    #expect(
      shell.handle(.started(.started(shell.process()))) == [
        "progress c", "reply 1", "report child_terminated a", "start a",
      ])
    #expect(shell.handle(.started(.started(shell.process()))) == ["progress a", "reply 2"])
  }

  @Test("SUP-59: calls that wait when the supervisor ends are answered, once, and so are later ones")
  func answersAtTheEnd() throws {
    let shell = SupervisorShell(.init(), ["a"])
    shell.launch()
    #expect(shell.handle(.stop(.shutdown)) == ["stop a"])
    #expect(shell.handle(.call(1, .countChildren)) == [])
    #expect(shell.handle(.call(2, .terminateChild("a"))) == [])
    #expect(shell.handle(.stop(.killed)) == [])
    #expect(shell.handle(.stopped(.shutdown)) == ["error 1 exited", "error 2 exited", "exit shutdown"])
    #expect(shell.handle(.call(3, .children)) == ["error 3 exited"])
    #expect(shell.handle(.exited(shell.process(), .killed)) == [])
  }

  @Test("SUP-59: an outcome that nobody waits for is ignored")
  func strayOutcome() throws {
    let shell = SupervisorShell(.init(), ["a"])
    shell.launch()
    #expect(shell.handle(.stopped(.killed)) == [])
    #expect(shell.handle(.started(.started(shell.process()))) == [])
    #expect(shell.handle(.stop(.normal)) == ["stop a"])
    #expect(shell.handle(.started(.ignored)) == [])
    #expect(shell.handle(.stopped(.shutdown)) == ["exit normal"])
  }

  @Test("TL-20: depth first: a supervisor is waited for without limit before the child on its left is stopped")
  func supervisorsWithoutLimit() throws {
    try Timeline(.oneForOne, children: ["a", "s supervisor", "t supervisor"])
      .happens("stop shutdown")
      .expect("stop t", "stop s", "stop a", "exit shutdown")
  }

  @Test("SUP-99: stop with a reason ends with that reason, children first")
  func stopWithReason() throws {
    try Timeline(.restForOne, children: ["a", "b"])
      .happens("stop normal")
      .expect("stop b", "stop a", "exit normal")
  }
}
