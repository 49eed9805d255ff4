import Logging

/// Dying of a trap.
extension ProcessCell {
  /// A trap has ended this process's turn, and its thread is abandoned.
  ///
  /// The caller is the fault monitor.
  ///
  /// The report prints the message that was being handled, which is the user's code; so it is made in a turn, where a trap is
  /// contained too. The turn that never ended is still the process's place in the scheduler: another worker takes it up.
  package final func fault(_ fault: Fault) {
    isAbandoned = true
    pendingFault = PendingFault(fault: fault)
    node.schedule(self)
  }

  /// In a turn: ends the process after a trap.
  ///
  /// The report goes out after the end, other than for an error, because it may have to read debug information, and
  /// nobody shall wait for that.
  final func endAfterFault(_ pending: PendingFault) {
    // A trap while a report was being written is not what the process ends of.
    let reason = lock.withLock { extras?.beingReported } ?? .fault(pending.fault)
    let report = isDead ? nil : makeCrashReport(reason)
    pendingFault = nil
    die(reason)
    // What was being handled may be half taken apart: it is leaked.
    lock.withLock { current = nil }
    if let report { node.reports(report) }
  }
}

/// A trap that its process has not ended of yet.
final class PendingFault {
  let fault: Fault
  init(fault: Fault) { self.fault = fault }
}
