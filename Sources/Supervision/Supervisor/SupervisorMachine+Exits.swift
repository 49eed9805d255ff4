import ProcessRuntime

/// What the end of a child leads to.
extension SupervisorMachine {
  mutating func childExited(_ process: ProcessID, _ reason: ExitReason, at now: Duration) {
    // A stranger, or an earlier incarnation of a child: none of a supervisor's business.
    guard let slot = table.slot(of: process) else { return }
    let child = table[slot]
    if child.spec.restart.isReported(reason) {
      perform(.report(SupervisorReport(.childTerminated, reason: reason, offender: child.snapshot())))
    }
    switch child.spec.restart.verdict(for: reason) {
    case .restart:
      restart(slot, at: now)
    case .keep:
      table.set(.stopped, of: slot)
      childEndedForGood(child.spec)
    case .drop:
      table.remove(slot)
      childEndedForGood(child.spec)
    }
  }

  mutating func retry(_ tag: RetryTag, at now: Duration) {
    guard let slot = table.restartingSlot(tag.slot, attempt: tag.attempt) else { return }
    restart(slot, at: now)
  }

  /// Begins a round of restarts, unless it is one too many.
  private mutating func restart(_ slot: ChildTable.Slot, at now: Duration) {
    let child = table[slot]
    table.set(.stopped, of: slot)
    guard window.allowsRestart(at: now) else {
      perform(.report(SupervisorReport(.shutdown, reason: .reachedMaxRestartIntensity, offender: child.snapshot())))
      end(.shutdown)
      return
    }
    let round = RestartRound(culprit: slot, was: child.state)
    switch settings.strategy.kind {
    case .oneForOne: start(slot, for: .restart(round))
    case .oneForAll, .restForOne: stopDown(from: table.last, for: .restart(round))
    }
  }

  private mutating func childEndedForGood(_ spec: ChildSpec) {
    guard spec.significant else { return }
    switch settings.autoShutdown.kind {
    case .never: break
    case .anySignificant: end(.shutdown)
    case .allSignificant: if table.significantAlive == 0 { end(.shutdown) }
    }
  }
}
