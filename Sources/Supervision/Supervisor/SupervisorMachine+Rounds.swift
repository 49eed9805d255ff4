import ProcessRuntime

/// Starting children in order, stopping them in reverse, one at a time.
extension SupervisorMachine {
  mutating func launch(_ children: [ChildSpec]) {
    do throws(SupervisorError) {
      try settings.intensity.validate()
      try Supervisor.check(children, autoShutdown: settings.autoShutdown, strategy: settings.strategy)
    } catch {
      return finish(.failure(error))
    }
    table.reserve(children.count)
    for spec in children { _ = table.append(spec) }
    startUp(from: table.first, for: .launch)
  }

  /// Stops all children, the one started last first, and then ends.
  mutating func end(_ reason: ExitReason) {
    stopDown(from: table.last, for: .end(reason))
  }

  mutating func start(_ slot: ChildTable.Slot, for purpose: StartPurpose) {
    activity = .starting(slot, for: purpose)
    perform(.start(table[slot].spec))
  }

  mutating func stop(_ slot: ChildTable.Slot, process: ProcessID, for purpose: StopPurpose) {
    let spec = table[slot].spec
    activity = .stopping(slot, for: purpose)
    perform(.stop(spec.id, process: process, shutdown: spec.shutdown))
  }

  // MARK: Down

  /// Goes on stopping children, from that one towards the first.
  mutating func stopDown(from slot: ChildTable.Slot?, for purpose: StopPurpose) {
    let boundary = boundary(of: purpose)
    var cursor = slot
    while let slot = cursor, slot != boundary {
      if let process = table.process(at: slot) {
        return stop(slot, process: process, for: purpose)
      }
      cursor = table[slot].previous
      release(slot)
    }
    switch purpose {
    case .restart(let round): startUp(from: boundary ?? table.first, for: .restart(round))
    case .postpone(let round, let wait): tryLater(round, wait)
    case .end(let reason): finish(reason)
    case .terminateChild: break
    }
  }

  /// The child that is not stopped any more, nor are those before it.
  private func boundary(of purpose: StopPurpose) -> ChildTable.Slot? {
    guard settings.strategy == .restForOne else { return nil }
    switch purpose {
    case .restart(let round), .postpone(let round, _): return round.culprit
    case .terminateChild, .end: return nil
    }
  }

  mutating func stopped(_ slot: ChildTable.Slot, _ reason: ExitReason, for purpose: StopPurpose) {
    let child = table[slot]
    if !child.spec.isExpected(reason) {
      perform(.report(SupervisorReport(.shutdownError, reason: reason, offender: child.snapshot())))
    }
    release(slot)
    switch purpose {
    case .terminateChild(let caller):
      histories[slot] = nil
      perform(.reply(caller, .success(.done)))
    case .restart, .postpone, .end: stopDown(from: child.previous, for: purpose)
    }
  }

  /// Marks a child stopped; a temporary one is forgotten, for it will not be started again.
  mutating func release(_ slot: ChildTable.Slot) {
    if table[slot].spec.restart == .temporary {
      forget(slot)
    } else {
      table.set(.stopped, of: slot)
    }
  }

  // MARK: Up

  private mutating func startUp(from slot: ChildTable.Slot?, for purpose: StartPurpose) {
    if let slot {
      start(slot, for: purpose)
    } else if case .launch = purpose {
      perform(.ready)
    }
  }

  mutating func started(_ slot: ChildTable.Slot, _ outcome: StartOutcome, for purpose: StartPurpose) {
    let following = table[slot].next
    switch outcome {
    case .started(let process):
      table.set(.running(process), of: slot)
      noteStart(of: slot)
      if case .restart = purpose { noteRestart(of: slot) }
      if table[slot].spec.restart == .temporary { table.forgetStart(of: slot) }
      perform(.progress(ChildSnapshot(table[slot].spec, process: process), requested: purpose.isRequest))
      startSucceeded(process, next: following, for: purpose)
    case .ignored:
      release(slot)
      startSucceeded(nil, next: following, for: purpose)
    case .alreadyStarted, .failed:
      startFailed(slot, outcome, for: purpose)
    }
  }

  private mutating func startSucceeded(
    _ process: ProcessID?, next: ChildTable.Slot?, for purpose: StartPurpose
  ) {
    switch purpose {
    case .launch:
      startUp(from: next, for: purpose)
    case .restart:
      if settings.strategy != .oneForOne { startUp(from: next, for: purpose) }
    case .startChild(let caller), .restartChild(let caller):
      perform(.reply(caller, .success(.process(process))))
    }
  }

  private mutating func startFailed(
    _ slot: ChildTable.Slot, _ outcome: StartOutcome, for purpose: StartPurpose
  ) {
    guard let reason = outcome.failure, let error = outcome.error else { return }
    let child = table[slot]
    switch purpose {
    case .launch:
      perform(.report(SupervisorReport(.startError, reason: reason, offender: child.snapshot())))
      end(.shutdown(ChildStartFailure(id: child.spec.id, reason: reason)))
    case .restart(let round):
      let was = slot == round.culprit ? round.was : .stopped
      let seen: ChildTable.State = settings.strategy == .oneForOne ? was : .stopped
      perform(.report(SupervisorReport(.startError, reason: reason, offender: child.snapshot(as: seen))))
      switch noteFailure(of: slot) {
      case .restart: tryLater(RestartRound(culprit: slot, was: was), nil)
      case .restartAfter(let wait): tryLater(RestartRound(culprit: slot, was: was), wait)
      case .quarantine(let time): quarantine(slot, was: was.lastProcess, for: time)
      }
    case .startChild(let caller):
      forget(slot)
      perform(.reply(caller, .failure(error)))
    case .restartChild(let caller):
      perform(.reply(caller, .failure(error)))
    }
  }
}

extension SupervisorMachine.StartPurpose {
  /// Whether somebody asked for this start.
  var isRequest: Bool {
    switch self {
    case .launch, .restart: false
    case .startChild, .restartChild: true
    }
  }
}
