import Logging

/// Dying of a trap.
extension ProcessCell {
  /// A trap has ended this process's turn, and its thread is abandoned.
  ///
  /// The caller is the fault monitor, or a worker that has heard of it.
  ///
  /// The report prints the message that was being handled, which is the user's code; so it is made in a turn, where a trap is
  /// contained too. The turn that never ended is still the process's place in the scheduler: another worker takes it up.
  package final func fault(_ fault: Fault) {
    isAbandoned = true
    pendingFault = PendingFault(fault, after: pendingFault)
    node.schedule(self)
  }

  /// In a turn: ends the process after a trap, and then tells of it.
  ///
  /// In this order, because the report prints the last message by the user's code, and may have to read debug information:
  /// nobody shall wait for that. If that code traps, another turn tells of the same end without its words.
  final func endAfterFault(_ pending: PendingFault) {
    var report = pending.interrupted
    if report != nil {
      report?.say(safeCrashWords(pending.reason))
    } else {
      let (reason, isSecond) = lock.withLock { extras?.beingReported }.map { ($0, true) } ?? (pending.reason, false)
      pending.reason = reason
      if !isDead, node.reports.wants(.error) { report = CrashReport(self, reason) }
      let traces = tracesUnderWay
      die(reason)
      traces.end(reason)
      pending.report = report
      report?.say(isSecond ? safeCrashWords(reason) : crashWords(reason))
    }
    pendingFault = nil
    // What was being handled may be half taken apart: it is leaked.
    lock.withLock { current = nil }
    if let report { node.reports(report) }
  }
}

/// A trap that its process has not ended of yet, or that has not been told of.
final class PendingFault {
  var reason: ExitReason
  /// What is being told of it.
  var report: CrashReport?
  /// What was being told when this one came.
  let interrupted: CrashReport?

  init(_ fault: Fault, after earlier: PendingFault?) {
    interrupted = earlier?.report
    reason = earlier?.report?.reason ?? .fault(fault)
  }
}
