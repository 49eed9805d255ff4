import ProcessRuntime

/// What the end of a child leads to.
extension SupervisorMachine {
  mutating func childExited(_ process: ProcessID, _ reason: ExitReason) {
    // A stranger, or an earlier incarnation of a child: none of a supervisor's business.
    guard let slot = table.slot(of: process) else { return }
    // Each part by itself: a child is large to copy.
    if table[slot].spec.restart.isReported(reason) {
      perform(.report(SupervisorReport(.childTerminated, reason: reason, offender: table[slot].snapshot())))
    }
    let response = table[slot].spec.response(to: reason)
    if response == .escalate { return giveUp(slot, reason) }
    let verdict = table[slot].spec.restart.verdict(for: reason)
    switch response == .stop && verdict == .restart ? .keep : verdict {
    case .restart:
      startAgain(slot)
    case .keep:
      table.set(.stopped, of: slot)
      childEndedForGood(isSignificant: table[slot].spec.significant)
    case .drop:
      let isSignificant = table[slot].spec.significant
      forget(slot)
      childEndedForGood(isSignificant: isSignificant)
    }
  }

  mutating func retry(_ tag: RetryTag) {
    guard let slot = table.waitingSlot(tag.slot, attempt: tag.attempt) else { return }
    let now = now
    if case .quarantined = table[slot].state { histories[slot]?.beginTrial(at: now) }
    restart(slot)
  }

  /// Starts a child again, at once or when its care says so.
  private mutating func startAgain(_ slot: ChildTable.Slot) {
    let was = table[slot].state
    switch noteFailure(of: slot) {
    case .restart:
      restart(slot)
    case .restartAfter(let wait):
      let round = RestartRound(culprit: slot, was: was)
      if settings.strategy == .oneForOne { return tryLater(round, wait) }
      table.set(.stopped, of: slot)
      stopDown(from: table.last, for: .postpone(round, wait))
    case .quarantine(let time):
      quarantine(slot, was: was.lastProcess, for: time)
    }
  }

  /// Begins a round of restarts, unless it is one too many.
  private mutating func restart(_ slot: ChildTable.Slot) {
    // A child with a budget of its own has been counted there.
    guard table[slot].spec.hasBudget || window.allowsRestart(at: now) else {
      return giveUp(slot, .reachedMaxRestartIntensity)
    }
    let round = RestartRound(culprit: slot, was: table[slot].state)
    table.set(.stopped, of: slot)
    switch settings.strategy.kind {
    case .oneForOne: start(slot, for: .restart(round))
    case .oneForAll, .restForOne: stopDown(from: table.last, for: .restart(round))
    }
  }

  /// The child cannot be started again: the supervisor ends, after all children.
  private mutating func giveUp(_ slot: ChildTable.Slot, _ reason: ExitReason) {
    let child = table[slot]
    table.set(.stopped, of: slot)
    perform(.report(SupervisorReport(.shutdown, reason: reason, offender: child.snapshot())))
    end(.shutdown)
  }

  private mutating func childEndedForGood(isSignificant: Bool) {
    guard isSignificant else { return }
    switch settings.autoShutdown.kind {
    case .never: break
    case .anySignificant: end(.shutdown)
    case .allSignificant: if table.significantAlive == 0 { end(.shutdown) }
    }
  }
}
