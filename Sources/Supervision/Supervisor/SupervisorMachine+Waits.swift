import ProcessRuntime

/// Children that are to be started again, but not now.
extension SupervisorMachine {
  /// What a failure of that child leads to, by its own history.
  mutating func noteFailure(of slot: ChildTable.Slot) -> ChildHistory.Verdict {
    let spec = table[slot].spec
    guard spec.countsFailures else { return .restart }
    let now = now
    return histories[slot, default: ChildHistory(spec.care)].failed(at: now)
  }

  mutating func noteStart(of slot: ChildTable.Slot) {
    let spec = table[slot].spec
    guard spec.countsFailures else { return }
    let now = now
    histories[slot, default: ChildHistory(spec.care)].started(at: now)
  }

  /// The culprit is started when the wait is over; without one, when what is in the mailbox is dealt with.
  mutating func tryLater(_ round: RestartRound, _ wait: Backoff.Wait?) {
    attempts += 1
    table.set(.restarting(was: round.was.lastProcess, attempt: attempts), of: round.culprit)
    perform(.retryLater(RetryTag(slot: round.culprit, attempt: attempts), after: wait))
  }

  mutating func quarantine(_ slot: ChildTable.Slot, was: ProcessID?, for time: Duration?) {
    attempts += 1
    table.set(.quarantined(was: was, attempt: attempts), of: slot)
    perform(
      .report(SupervisorReport(.quarantine, reason: .reachedMaxRestartIntensity, offender: table[slot].snapshot())))
    if let time {
      perform(.retryLater(RetryTag(slot: slot, attempt: attempts), after: Backoff.Wait(whole: time)))
    }
  }

  /// Removes a child, and what is remembered of it.
  mutating func forget(_ slot: ChildTable.Slot) {
    histories[slot] = nil
    table.remove(slot)
  }
}
