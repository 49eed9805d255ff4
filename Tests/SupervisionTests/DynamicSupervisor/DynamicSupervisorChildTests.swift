import ProcessRuntime
import Testing

@testable import Supervision

@Suite("DynamicSupervisor: children", .timeLimit(.minutes(1)))
struct DynamicSupervisorChildTests {
  @Test("DYN-1, DYN-2: three restarts within five seconds and any number of children, unless said otherwise")
  func settings() throws {
    let settings = DynamicSupervisorSettings()
    #expect(settings.intensity == .restarts(3, within: .seconds(5)))
    #expect(settings.maxChildren == nil)
    try settings.validate()
    #expect(throws: SupervisorError.invalidSettings("maxChildren is -1; use zero or more, or nil for no limit")) {
      try DynamicSupervisorSettings(maxChildren: -1).validate()
    }
    #expect(throws: SupervisorError.invalidSettings("-1 restarts; use zero or more")) {
      try DynamicSupervisorSettings(intensity: .restarts(-1, within: .seconds(5)), maxChildren: -1).validate()
    }
  }

  @Test("DYN-3: a specification is checked without the supervisor; significant children are refused")
  func validation() throws {
    try ChildSpec(id: "a") { nil }.validateForDynamicSupervisor()
    let significant = ChildSpec(id: "a", restart: .transient, significant: true) { nil }
    #expect(throws: SupervisorError.self) { try significant.validateForDynamicSupervisor() }
    let negative = ChildSpec(id: "a", shutdown: .timeout(.seconds(-1))) { nil }
    #expect(throws: SupervisorError.self) { try negative.validateForDynamicSupervisor() }
    #expect(DynamicShell().call(.startChild(negative)) == ["invalid child specification"])
  }

  @Test("DYN-4, DYN-5: any number of children may have the same id")
  func sameID() {
    let shell = DynamicShell()
    #expect(shell.call(.startChild(shell.spec())) == ["start"])
    #expect(shell.started() == ["process 1"])
    #expect(shell.call(.startChild(shell.spec())) == ["start"])
    #expect(shell.started() == ["process 2"])
    #expect(shell.children.map(\.id) == ["child", "child"])
  }

  @Test("DYN-5, SUP-100: a start that fails or is ignored stores nothing and reports nothing")
  func startFails() {
    let shell = DynamicShell()
    _ = shell.call(.startChild(shell.spec()))
    #expect(shell.failed() == ["start failed"])
    _ = shell.call(.startChild(shell.spec()))
    #expect(shell.handle(.started(.ignored)) == ["no process"])
    _ = shell.call(.startChild(shell.spec()))
    #expect(shell.handle(.started(.alreadyStarted(ProcessID(placeholder: 9)))) == ["already started"])
    #expect(shell.counts == Supervisor.Counts(specs: 0, active: 0, supervisors: 0, workers: 0))
  }

  @Test("DYN-11: a child whose restart failed is reported as restarting; when that is one too many, by its old process")
  func failedRestart() {
    let shell = DynamicShell(DynamicSupervisorSettings(intensity: .restarts(1, within: .seconds(5))))
    shell.start()
    _ = shell.handle(.exited(shell[1], .killed))
    _ = shell.failed()
    _ = shell.retry()
    #expect(shell.reports.map(\.context) == [.childTerminated, .startError, .shutdown])
    #expect(shell.reports.map(\.offender.isRestarting) == [false, true, false])
    #expect(shell.reports.map(\.offender.process) == [shell[1], shell[1], shell[1]])
  }

  @Test("DYN-6: no more than maxChildren, restarting ones included; nothing is started to find out")
  func maxChildren() {
    let shell = DynamicShell(DynamicSupervisorSettings(maxChildren: 2))
    shell.start()
    shell.start()
    #expect(shell.call(.startChild(shell.spec())) == ["max children"])
    _ = shell.handle(.exited(shell[1], .killed))
    #expect(shell.failed() == ["report start_error", "retry later"])
    #expect(shell.call(.startChild(shell.spec())) == ["max children"])
    #expect(shell.call(.terminateChild(shell[1])) == ["ok"])
    #expect(shell.call(.startChild(shell.spec())) == ["start"])
  }

  @Test("DYN-6: none at all when maxChildren is zero")
  func maxChildrenZero() {
    let shell = DynamicShell(DynamicSupervisorSettings(maxChildren: 0))
    #expect(shell.call(.startChild(shell.spec())) == ["max children"])
  }

  @Test("DYN-7: terminate_child answers when the child is down; a second time it is not found")
  func terminateChild() {
    let shell = DynamicShell()
    shell.start()
    #expect(shell.call(.terminateChild(shell[1])) == ["stop 1"])
    #expect(shell.handle(.stopped(.shutdown)) == ["ok"])
    #expect(shell.call(.terminateChild(shell[1])) == ["not found"])
    #expect(shell.call(.terminateChild(ProcessID(placeholder: 99))) == ["not found"])
  }

  @Test("DYN-7: a restarting child is terminated through the process that it had; its retry is void")
  func terminateRestarting() {
    let shell = DynamicShell()
    shell.start()
    _ = shell.handle(.exited(shell[1], .killed))
    _ = shell.failed()
    #expect(shell.call(.terminateChild(shell[1])) == ["ok"])
    #expect(shell.handle(.retry(shell.tags[0])) == [])
    #expect(shell.children.isEmpty)
  }

  @Test("DYN-8: children and counts tell restarting ones apart")
  func counts() {
    let shell = DynamicShell()
    shell.start()
    shell.start(kind: .supervisor)
    _ = shell.handle(.exited(shell[1], .killed))
    _ = shell.failed()
    #expect(shell.counts == Supervisor.Counts(specs: 2, active: 1, supervisors: 1, workers: 1))
    #expect(shell.children.count { $0.isRestarting && $0.process == nil } == 1)
    #expect(shell.children.count { $0.process == shell[2] && $0.kind == .supervisor } == 1)
  }

  struct Row: Sendable, CustomTestStringConvertible {
    let restart: ChildSpec.Restart
    let reason: ExitReason
    let actions: [String]

    var testDescription: String { "\(restart), \(reason)" }
  }

  @Test(
    "DYN-9, SUP-31, SUP-44: restart type and reason decide",
    arguments: [
      Row(restart: .permanent, reason: .normal, actions: ["report child_terminated", "start"]),
      Row(restart: .permanent, reason: .killed, actions: ["report child_terminated", "start"]),
      Row(restart: .transient, reason: .normal, actions: []),
      Row(restart: .transient, reason: .shutdown("done"), actions: []),
      Row(restart: .transient, reason: .killed, actions: ["report child_terminated", "start"]),
      Row(restart: .temporary, reason: .shutdown, actions: []),
      Row(restart: .temporary, reason: .killed, actions: ["report child_terminated"]),
    ])
  func decision(row: Row) {
    let shell = DynamicShell()
    shell.start(row.restart)
    #expect(shell.handle(.exited(shell[1], row.reason)) == row.actions)
    if !row.actions.contains("start") { #expect(shell.children.isEmpty) }
  }

  @Test("DYN-9, PIT-20: what a temporary child was started with is let go once it runs")
  func temporaryStartIsReleased() {
    final class Payload: Sendable {}
    var payload: Payload? = Payload()
    weak let held = payload
    let shell = DynamicShell()
    do {
      let spec = ChildSpec(id: "t", restart: .temporary) { [payload] in
        _ = payload
        return nil
      }
      _ = shell.call(.startChild(spec))
    }
    payload = nil
    #expect(held != nil)
    _ = shell.started()
    #expect(held == nil)
  }

  @Test("DYN-10: one restart too many is reported and ends the supervisor with shutdown")
  func intensity() {
    let shell = DynamicShell(DynamicSupervisorSettings(intensity: .restarts(1, within: .seconds(5))))
    shell.start()
    shell.start()
    #expect(shell.handle(.exited(shell[1], .killed)) == ["report child_terminated", "start"])
    _ = shell.started()
    shell.now = .seconds(5)
    #expect(
      shell.handle(.exited(shell[3], .killed)) == [
        "report child_terminated", "report shutdown", "shutdown 2", "timer 5.0 seconds",
      ])
    #expect(shell.reports.last?.reason == .reachedMaxRestartIntensity)
    #expect(shell.handle(.down(shell[2], .shutdown)) == ["exit shutdown"])
  }

  @Test("DYN-11: a restart that fails is reported, tried again, and counts again")
  func retry() {
    let shell = DynamicShell(DynamicSupervisorSettings(intensity: .restarts(2, within: .seconds(5))))
    shell.start()
    _ = shell.handle(.exited(shell[1], .killed))
    #expect(shell.failed() == ["report start_error", "retry later"])
    #expect(shell.reports.last?.offender.process == shell[1])
    #expect(shell.handle(.retry(shell.tags[0])) == ["start"])
    #expect(shell.failed() == ["report start_error", "retry later"])
    #expect(shell.handle(.retry(shell.tags[0])) == [])
    #expect(shell.handle(.retry(shell.tags[1])) == ["report shutdown", "exit shutdown"])
  }

  @Test("DYN-11, SUP-47: a child that is ignored on restart is forgotten")
  func ignoredOnRestart() {
    let shell = DynamicShell()
    shell.start()
    _ = shell.handle(.exited(shell[1], .killed))
    #expect(shell.handle(.started(.ignored)) == [])
    #expect(shell.children.isEmpty)
  }

  @Test("DYN-12: a restarted child is known by its new process, and by no other")
  func newProcess() {
    let shell = DynamicShell()
    shell.start()
    _ = shell.handle(.exited(shell[1], .killed))
    _ = shell.started()
    #expect(shell.children.map(\.process) == [shell[2]])
    #expect(shell.handle(.exited(shell[1], .killed)) == [])
    #expect(shell.call(.terminateChild(shell[1])) == ["not found"])
  }

  @Test("DYN-17, SUP-105: starts and restarts make no progress report")
  func noProgress() {
    let shell = DynamicShell()
    _ = shell.call(.startChild(shell.spec()))
    #expect(shell.started() == ["process 1"])
    _ = shell.handle(.exited(shell[1], .killed))
    #expect(shell.started() == [])
  }

  @Test("SUP-59: what arrives while a child is started or stopped waits, in order")
  func waits() {
    let shell = DynamicShell()
    shell.start(.transient)
    _ = shell.call(.startChild(shell.spec()))
    #expect(shell.handle(.exited(shell[1], .normal)) == [])
    #expect(shell.call(.countChildren) == [])
    #expect(shell.call(.terminateChild(shell[1])) == [])
    #expect(shell.started() == ["process 2", "ok", "not found"])
  }
}
