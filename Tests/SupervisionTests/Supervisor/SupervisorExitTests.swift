import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Supervisor: what an exit of a child does", .timeLimit(.minutes(1)))
struct SupervisorExitTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let restart: String
    let reason: String
    let moves: [String]
    let reported: Bool
    let left: [String]

    var testDescription: String { "\(restart), \(reason)" }
  }

  static let table = [
    Row(restart: "permanent", reason: "normal", moves: ["start a"], reported: true, left: ["a"]),
    Row(restart: "permanent", reason: "shutdown", moves: ["start a"], reported: true, left: ["a"]),
    Row(restart: "permanent", reason: "shutdown(detail)", moves: ["start a"], reported: true, left: ["a"]),
    Row(restart: "permanent", reason: "error", moves: ["start a"], reported: true, left: ["a"]),
    Row(restart: "permanent", reason: "killed", moves: ["start a"], reported: true, left: ["a"]),
    Row(restart: "transient", reason: "normal", moves: [], reported: false, left: ["a stopped"]),
    Row(restart: "transient", reason: "shutdown", moves: [], reported: false, left: ["a stopped"]),
    Row(restart: "transient", reason: "shutdown(detail)", moves: [], reported: false, left: ["a stopped"]),
    Row(restart: "transient", reason: "error", moves: ["start a"], reported: true, left: ["a"]),
    Row(restart: "transient", reason: "killed", moves: ["start a"], reported: true, left: ["a"]),
    Row(restart: "transient", reason: "timeout", moves: ["start a"], reported: true, left: ["a"]),
    Row(restart: "temporary", reason: "normal", moves: [], reported: false, left: []),
    Row(restart: "temporary", reason: "shutdown", moves: [], reported: false, left: []),
    Row(restart: "temporary", reason: "shutdown(detail)", moves: [], reported: false, left: []),
    Row(restart: "temporary", reason: "error", moves: [], reported: true, left: []),
    Row(restart: "temporary", reason: "killed", moves: [], reported: true, left: []),
  ]

  @Test("SUP-31, SUP-32, TL-14, PIT-16: restart type and reason decide", arguments: table)
  func decision(row: Row) throws {
    let after = try Timeline(.oneForOne, children: [Timeline.Child(stringLiteral: "a \(row.restart)")])
      .happens(Timeline.Event(stringLiteral: "exit a \(row.reason)"))
    #expect(after.moves == row.moves)
    #expect(after.reports.map(\.context) == (row.reported ? [.childTerminated] : []))
    #expect(after.children.map { $0.process == nil ? "\($0.id) stopped" : "\($0.id)" } == row.left)
  }

  @Test("SUP-30: the exit of a process that is no child changes nothing")
  func stranger() throws {
    try Timeline(.oneForAll, children: ["a", "b"])
      .happens("stranger exits")
      .expect()
      .expectReports()
      .expectChildren("a", "b")
  }

  @Test("SUP-30, PIT-11: the exit of an earlier incarnation is not that of the present one")
  func earlierIncarnation() throws {
    let restarted = try Timeline(.oneForOne, children: ["a"]).happens("crash a")
    let after = try restarted.happens("late exit a").expect().expectReports()
    #expect(after.process(of: "a") == restarted.process(of: "a"))
  }

  @Test(
    "SUP-30, SUP-120: the exit of the parent stops all children in reverse order and is the supervisor's own reason")
  func parent() throws {
    try Timeline(.oneForOne, children: ["a", "b", "c"])
      .happens("stop killed")
      .expect("stop c", "stop b", "stop a", "exit killed")
  }

  @Test("SUP-33: the end of the child is reported before the refusal to restart it")
  func reportsFirst() throws {
    try Timeline(.oneForOne, intensity: .restarts(0, within: .seconds(5)), children: ["a"])
      .happens("crash a")
      .expectReports(
        "child_terminated a: \(crash)", "shutdown a: RestartIntensity: reached max restart intensity")
  }

  @Test("TL-17, PIT-16: a supervisor that gave up is a clean end to a parent that has it as transient")
  func transientSupervisor() throws {
    let inner = try Timeline(.oneForOne, intensity: .restarts(0, within: .seconds(5)), children: ["x"]).happens(
      "crash x")
    let reason = try #require(inner.exitReason)
    try Timeline(.oneForOne, children: ["s transient supervisor"])
      .happens(.exit("s", reason))
      .expect()
      .expectReports()
      .expectChildren("s stopped")
  }

  @Test("TL-16: a permanent supervisor that gave up is reported and started again, with nothing remembered")
  func permanentSupervisor() throws {
    let inner = Timeline(.oneForOne, intensity: .restarts(1, within: .seconds(5)), children: ["x"])
    let reason = try #require(
      inner.happens("start child y").happens("crash x").happens("crash x")
        .expect("stop y", "exit shutdown").exitReason)
    try Timeline(.oneForOne, children: ["s supervisor"])
      .happens(.exit("s", reason))
      .expect("start s")
      .expectReports("child_terminated s: shutdown")
    try inner.happens("crash x").expect("start x").expectChildren("x")
  }

  @Test("TL-18: a temporary supervisor that gave up vanishes")
  func temporarySupervisor() throws {
    try Timeline(.oneForOne, children: ["s temporary supervisor"])
      .happens("exit s shutdown")
      .expect()
      .expectChildren()
  }

  @Test("TL-19: a killed supervisor is reported and started again by its parent")
  func killedSupervisor() throws {
    try Timeline(.oneForOne, children: ["s supervisor"])
      .happens("kill s")
      .expect("start s")
      .expectReports("child_terminated s: killed")
  }
}
