import ProcessRuntime
import Testing

@testable import Supervision

@Suite("DynamicSupervisor: shutdown", .timeLimit(.minutes(1)))
struct DynamicSupervisorShutdownTests {
  @Test("DYN-13, PIT-21: all are told at once, with one timer for each distinct time")
  func allAtOnce() {
    let shell = DynamicShell()
    shell.start(shutdown: .timeout(.seconds(5)))
    shell.start(shutdown: .brutalKill)
    shell.start(shutdown: .timeout(.seconds(1)))
    shell.start(shutdown: .infinity)
    shell.start(shutdown: .timeout(.seconds(5)))
    #expect(
      shell.handle(.stop(.shutdown)) == ["kill 2", "shutdown 1 3 4 5", "timer 1.0 seconds", "timer 5.0 seconds"])
    for number in 1...4 { #expect(shell.handle(.down(shell[number], number == 2 ? .killed : .shutdown)) == []) }
    #expect(shell.handle(.down(shell[5], .shutdown)) == ["exit shutdown"])
  }

  @Test("DYN-13: when a time is up, those with that time who are still there are killed, and no others")
  func timeIsUp() {
    let shell = DynamicShell()
    shell.start(shutdown: .timeout(.seconds(1)))
    shell.start(shutdown: .timeout(.seconds(1)))
    shell.start(shutdown: .timeout(.seconds(2)))
    _ = shell.handle(.stop(.normal))
    #expect(shell.handle(.down(shell[1], .shutdown)) == [])
    #expect(shell.handle(.timerFired(.seconds(1))) == ["kill 2"])
    #expect(shell.handle(.timerFired(.seconds(1))) == [])
    #expect(shell.handle(.down(shell[2], .killed)) == [])
    #expect(shell.handle(.down(shell[3], .shutdown)) == ["report shutdown_error", "exit normal"])
    #expect(shell.reports.map(\.reason) == [.killed])
    #expect(shell.reports.map(\.offender.process) == [shell[2]])
    #expect(shell.handle(.timerFired(.seconds(2))) == [])
  }

  @Test("DYN-13: a supervisor without children ends at once; restarting ones are not waited for")
  func nobody() {
    #expect(DynamicShell().handle(.stop(.normal)) == ["exit normal"])
    let shell = DynamicShell()
    shell.start()
    _ = shell.handle(.exited(shell[1], .killed))
    _ = shell.failed()
    #expect(shell.handle(.stop(.shutdown)) == ["exit shutdown"])
    #expect(shell.handle(.retry(shell.tags[0])) == [])
  }

  struct Row: Sendable, CustomTestStringConvertible {
    let restart: ChildSpec.Restart
    let shutdown: ChildSpec.Shutdown
    let silent: [ExitReason]

    var testDescription: String { "\(restart), \(shutdown)" }
  }

  @Test(
    "DYN-14: who ended as he should is not reported",
    arguments: [
      Row(restart: .permanent, shutdown: .brutalKill, silent: [.killed]),
      Row(restart: .temporary, shutdown: .brutalKill, silent: [.killed]),
      Row(restart: .permanent, shutdown: .infinity, silent: [.shutdown, .shutdown("done")]),
      Row(restart: .transient, shutdown: .infinity, silent: [.shutdown, .shutdown("done"), .normal]),
      Row(restart: .temporary, shutdown: .timeout(.zero), silent: [.shutdown, .shutdown("done"), .normal]),
    ], [ExitReason.normal, .shutdown, .shutdown("done"), .killed, .timeout])
  func silentReasons(row: Row, reason: ExitReason) {
    for terminated in [false, true] {
      let shell = DynamicShell()
      shell.start(row.restart, shutdown: row.shutdown)
      if terminated {
        _ = shell.call(.terminateChild(shell[1]))
        _ = shell.handle(.stopped(reason))
      } else {
        _ = shell.handle(.stop(.shutdown))
        _ = shell.handle(.down(shell[1], reason))
      }
      #expect(shell.reports.map(\.context) == (row.silent.contains(reason) ? [] : [.shutdownError]))
    }
  }

  @Test("SUP-54: a monitor that knows of no process: the link's word is the real reason, before or after")
  func realReason() {
    let shell = DynamicShell()
    shell.start()
    shell.start()
    _ = shell.handle(.stop(.shutdown))
    #expect(shell.handle(.exited(shell[1], .timeout)) == [])
    #expect(shell.handle(.down(shell[1], .noProcess)) == [])
    #expect(shell.handle(.down(shell[2], .shutdown)) == ["report shutdown_error", "exit shutdown"])
    #expect(shell.reports.map(\.reason) == [.timeout])
  }

  @Test("SUP-53, SUP-54: a child that unlinked itself cannot hang the supervisor")
  func unlinked() {
    let shell = DynamicShell()
    shell.start()
    _ = shell.handle(.stop(.shutdown))
    #expect(shell.handle(.down(shell[1], .noProcess)) == ["report shutdown_error", "exit shutdown"])
  }

  @Test("SUP-54: an exit that waited when the end began is the real reason too")
  func waitingExit() {
    let shell = DynamicShell()
    shell.start()
    _ = shell.call(.startChild(shell.spec()))
    #expect(shell.handle(.stop(.shutdown)) == [])
    #expect(shell.handle(.exited(shell[1], .timeout)) == [])
    #expect(shell.started() == ["process 2", "shutdown 1 2", "timer 5.0 seconds"])
    #expect(shell.handle(.down(shell[1], .noProcess)) == [])
    #expect(shell.handle(.down(shell[2], .shutdown)) == ["report shutdown_error", "exit shutdown"])
    #expect(shell.reports.map(\.reason) == [.timeout])
  }

  @Test("SUP-58, SUP-59: calls that wait are answered at the end, and so are later ones; nothing is started")
  func calls() {
    let shell = DynamicShell()
    shell.start()
    _ = shell.handle(.stop(.shutdown))
    #expect(shell.call(.startChild(shell.spec())) == [])
    #expect(shell.handle(.exited(shell[1], .killed)) == [])
    #expect(shell.handle(.stop(.killed)) == [])
    #expect(shell.handle(.down(shell[1], .shutdown)) == ["exited", "exit shutdown"])
    #expect(shell.call(.countChildren) == ["exited"])
  }

  @Test("SUP-117: ten thousand children end in linear time")
  func scale() {
    func life(_ count: Int) -> Duration {
      let shell = DynamicShell()
      let processes = (0..<count).map { ProcessID(placeholder: UInt64($0)) }
      for process in processes {
        _ = shell.machine.handle(.call(0, .startChild(shell.spec())), at: .zero)
        _ = shell.machine.handle(.started(.started(process)), at: .zero)
      }
      return ContinuousClock().measure {
        _ = shell.machine.handle(.stop(.shutdown), at: .zero)
        for process in processes { _ = shell.machine.handle(.down(process, .shutdown), at: .zero) }
      }
    }
    expectLinear(from: 500, to: 10_000, life)
  }
}
