import ProcessRuntime

/// Stopping all children at the same time.
extension DynamicSupervisorMachine {
  mutating func end(_ reason: ExitReason) {
    var shutdown = DynamicShutdown(reason: reason)
    var doomed: [ProcessID] = []
    var asked: [ProcessID] = []
    for (process, entry) in entries where entry.attempt == nil {
      shutdown.waiting[process] = DynamicShutdown.Waiting(form: entry.form)
      switch entry.form.common.shutdown {
      case .brutalKill:
        doomed.append(process)
      case .infinity:
        asked.append(process)
      case .timeout(let time):
        asked.append(process)
        shutdown.limited[time, default: []].append(process)
      }
    }
    for (process, reason) in takeDeferredExits() { shutdown.noteExit(of: process, reason) }
    entries = [:]
    activity = .shuttingDown
    self.shutdown = shutdown
    if !doomed.isEmpty { perform(.stopAll(doomed, with: .kill)) }
    if !asked.isEmpty { perform(.stopAll(asked, with: .shutdown)) }
    for time in shutdown.limited.keys.sorted() { perform(.startTimer(time)) }
    finishShutdown()
  }

  mutating func goOnShuttingDown(_ event: Event) {
    switch event {
    case .exited(let process, let reason):
      shutdown?.noteExit(of: process, reason)
    case .down(let process, let reason):
      shutdown?.noteDown(process, reason)
    case .timerFired(let time):
      if let late = shutdown?.expire(time), !late.isEmpty { perform(.kill(late)) }
    case .started, .stopped, .retry, .call, .stop:
      break
    }
    finishShutdown()
  }

  private mutating func finishShutdown() {
    // Looked at where it lies: a copy of it would be copied in full with the next change.
    guard shutdown?.waiting.isEmpty == true, let done = shutdown else { return }
    shutdown = nil
    for report in done.reports { perform(.report(report)) }
    finish(done.reason)
  }
}

/// The last thing a dynamic supervisor does: its children are told to end, and it waits for them all.
struct DynamicShutdown: Sendable {
  struct Waiting: Sendable {
    let form: ChildForm
    /// What the link said.
    ///
    /// A monitor that was set too late knows only that there is no such process.
    var exit: ExitReason?
  }

  let reason: ExitReason
  var waiting: [ProcessID: Waiting] = [:]
  /// The children whose time is limited, by that time: one timer for each.
  var limited: [Duration: [ProcessID]] = [:]
  private(set) var reports: [SupervisorReport] = []

  init(reason: ExitReason) {
    self.reason = reason
  }

  mutating func noteExit(of process: ProcessID, _ reason: ExitReason) {
    waiting[process]?.exit = reason
  }

  mutating func noteDown(_ process: ProcessID, _ reason: ExitReason) {
    guard let child = waiting.removeValue(forKey: process) else { return }
    let real = reason == .noProcess ? child.exit ?? reason : reason
    if !child.form.common.isExpectedOfDynamicChild(real) {
      reports.append(
        SupervisorReport(.shutdownError, reason: real, offender: ChildSnapshot(child.form.common, process: process)))
    }
  }

  /// Those whose time is up and who are still there.
  mutating func expire(_ time: Duration) -> [ProcessID] {
    (limited.removeValue(forKey: time) ?? []).filter { waiting[$0] != nil }
  }
}
