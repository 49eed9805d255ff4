import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Supervisor: reports", .timeLimit(.minutes(1)))
struct SupervisorReportTests {
  @Test("LOG-2, LOG-3: a report names the context, the reason and the child as it was")
  func childTerminated() throws {
    let before = Timeline(.oneForOne, children: ["a transient supervisor"])
    let report = try #require(try before.happens("kill a").reports.first)
    #expect(report.context == .childTerminated)
    #expect("\(report.context)" == "child_terminated")
    #expect(report.reason == .killed)
    let child = report.offender
    #expect(child.id == "a")
    #expect(child.process == before.process(of: "a"))
    #expect(!child.isRestarting)
    #expect(child.restart == .transient)
    #expect(!child.significant)
    #expect(child.shutdown == .infinity)
    #expect(child.kind == .supervisor)
  }

  @Test("LOG-3: a child that does not start again in a round of many had no process any more")
  func startErrorInRound() throws {
    let after = try Timeline(.oneForAll, children: ["a", "b"]).happens("start fails a", "crash a")
    #expect(after.reports.last?.context == .startError)
    #expect(after.reports.last?.offender.process == nil)
  }

  @Test("LOG-4: starts are progress; those that were asked for are marked, so that they can be logged as debug")
  func progress() {
    var machine = SupervisorMachine<Int>(SupervisorSettings())
    var requested: [Bool] = []
    func hand(_ event: SupervisorMachine<Int>.Event) {
      for case .progress(_, let asked) in machine.handle(event, at: .zero) { requested.append(asked) }
    }
    hand(.launch([ChildSpec(id: "a") { nil }]))
    hand(.started(.started(ProcessID(placeholder: 1))))
    hand(.call(1, .startChild(ChildSpec(id: "b") { nil })))
    hand(.started(.started(ProcessID(placeholder: 2))))
    #expect(requested == [false, true])
  }

  @Test("LOG-4: a child that chose not to run makes no progress report")
  func noProgress() {
    let shell = SupervisorShell(.init(), ["a"])
    _ = shell.handle(.launch(shell.children))
    #expect(shell.handle(.started(.ignored)) == ["ready"])
  }

  @Test("LOG-5: the report of giving up has one reason, and the child that was refused")
  func shutdown() throws {
    let before = Timeline(.oneForOne, intensity: .restarts(0, within: .seconds(5)), children: ["a", "b"])
    let report = try #require(try before.happens("crash b").reports.last)
    #expect(report.context == .shutdown)
    #expect(report.reason == .reachedMaxRestartIntensity)
    #expect(report.offender.id == "b")
    #expect(report.offender.process == before.process(of: "b"))
  }
}
