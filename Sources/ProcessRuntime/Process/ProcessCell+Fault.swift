import Logging

/// Dying of a trap.
extension ProcessCell {
  /// A trap has ended this process's turn, and its thread is abandoned. The caller is the fault monitor.
  ///
  /// The report prints the message that was being handled, which is the user's code; so it is made in a turn, where a trap is
  /// contained too. The turn that never ended is still the process's place in the scheduler: another worker takes it up.
  package final func fault(_ fault: Fault) {
    isAbandoned = true
    let isSecond = pendingFault != nil
    pendingFault = PendingFault(fault: fault, isReported: isSecond)
    node.schedule(self)
  }

  /// In a turn: ends the process after a trap. The report comes after the end, other than for an error, because it may have
  /// to read debug information, and nobody shall wait for that.
  final func endAfterFault(_ pending: PendingFault) {
    var report: CrashReport?
    if !isDead, !pending.isReported, node.reports.wants(.error) {
      var crash = CrashReport(self, .fault(pending.fault))
      crash.lastMessage = node.reports.redaction == .none ? guarded { currentMessageText } : currentMessageName
      report = crash
    }
    pendingFault = nil
    die(.fault(pending.fault))
    // What was being handled may be half taken apart: it is leaked.
    lock.withLock { current = nil }
    if let report { node.reports(report) }
  }
}

/// A trap that its process has not ended of yet.
struct PendingFault {
  let fault: Fault
  /// Telling of it has trapped too.
  let isReported: Bool
}
