import ProcessRuntime

/// Starting, restarting and stopping one child.
extension DynamicSupervisorMachine {
  mutating func answer(_ caller: Caller, _ request: Request) {
    do throws(SupervisorError) {
      // `nil`: the answer comes when the child is started or stopped.
      if let answer = try serve(caller, request) {
        perform(.reply(caller, .success(answer)))
      }
    } catch {
      perform(.reply(caller, .failure(error)))
    }
  }

  private mutating func serve(_ caller: Caller, _ request: Request) throws(SupervisorError) -> Answer? {
    switch request {
    case .startChild(let spec):
      try spec.validateForDynamicSupervisor()
      if let most = settings.maxChildren, entries.count >= most { throw .maxChildren }
      activity = .startingChild(spec, for: caller)
      perform(.start(spec))
      return nil
    case .terminateChild(let process):
      guard let entry = entries[process] else { throw .notFound }
      if entry.attempt != nil {
        remove(process)
        return .done
      }
      activity = .stoppingChild(process, for: caller)
      perform(.stop(process, shutdown: entry.form.common.shutdown))
      return nil
    case .children:
      return .children(entries.map { $1.child($0) })
    case .countChildren:
      return .counts(
        Supervisor.Counts(
          specs: entries.count, active: entries.count - restarting, supervisors: supervisors,
          workers: entries.count - supervisors))
    case .describe(let most): return .description(snapshot(of: most))
    }
  }

  mutating func started(_ spec: ChildSpec, _ outcome: StartOutcome, for caller: Caller) {
    switch outcome {
    case .started(let process):
      insert(spec.restart == .temporary ? spec.withoutStart() : spec, at: process)
      perform(.reply(caller, .success(.process(process))))
    case .ignored:
      perform(.reply(caller, .success(.process(nil))))
    case .alreadyStarted(let process):
      perform(.reply(caller, .failure(.alreadyStarted(process))))
    case .failed(let reason):
      perform(.reply(caller, .failure(.startFailed(reason))))
    }
  }

  mutating func stopped(_ process: ProcessID, _ reason: ExitReason, for caller: Caller) {
    if let entry = remove(process), !entry.form.common.isExpectedOfDynamicChild(reason) {
      perform(.report(SupervisorReport(.shutdownError, reason: reason, offender: entry.snapshot(process))))
    }
    perform(.reply(caller, .success(.done)))
  }

  mutating func childExited(_ process: ProcessID, _ reason: ExitReason) {
    guard let entry = entries[process], entry.attempt == nil else { return }
    if entry.form.common.restart.isReported(reason) {
      perform(.report(SupervisorReport(.childTerminated, reason: reason, offender: entry.snapshot(process))))
    }
    switch entry.form.common.response(to: reason) {
    case .escalate: return giveUp(process, entry, reason)
    case .stop: remove(process)
    case .restart, .crash:
      switch entry.form.common.restart.verdict(for: reason) {
      case .restart: startAgain(process, entry)
      case .keep, .drop: remove(process)
      }
    }
  }

  mutating func retry(_ tag: RetryTag) {
    guard let entry = entries[tag.process], entry.attempt == tag.attempt else { return }
    let now = now
    if entry.isQuarantined { histories[tag.process]?.beginTrial(at: now) }
    restart(tag.process, entry)
  }

  /// Starts a child again, at once or when its care says so.
  private mutating func startAgain(_ process: ProcessID, _ entry: Entry) {
    switch noteFailure(of: process, entry) {
    case .restart: restart(process, entry)
    case .restartAfter(let wait): tryLater(process, wait)
    case .quarantine(let time): quarantine(process, for: time)
    }
  }

  private mutating func restart(_ process: ProcessID, _ entry: Entry) {
    // A child with a budget of its own has been counted there.
    guard entry.form.common.hasBudget || window.allowsRestart(at: now) else {
      return giveUp(process, entry, .reachedMaxRestartIntensity)
    }
    activity = .restartingChild(process)
    perform(.start(entry.spec))
  }

  private mutating func giveUp(_ process: ProcessID, _ entry: Entry, _ reason: ExitReason) {
    perform(
      .report(SupervisorReport(.shutdown, reason: reason, offender: ChildSnapshot(entry.form.common, process: process)))
    )
    remove(process)
    end(.shutdown)
  }

  mutating func restarted(_ process: ProcessID, _ outcome: StartOutcome) {
    guard let entry = entries[process] else { return }
    switch outcome {
    case .started(let successor):
      let history = histories[process]
      remove(process)
      insert(entry.spec, at: successor, history)
      restarts.note(at: now, successor)
    case .ignored:
      remove(process)
    case .alreadyStarted, .failed:
      if let reason = outcome.failure {
        let child = ChildSnapshot(entry.form.common, process: process, isRestarting: true)
        perform(.report(SupervisorReport(.startError, reason: reason, offender: child)))
      }
      switch noteFailure(of: process, entry) {
      case .restart: tryLater(process, nil)
      case .restartAfter(let wait): tryLater(process, wait)
      case .quarantine(let time): quarantine(process, for: time)
      }
    }
  }

  private mutating func noteFailure(of process: ProcessID, _ entry: Entry) -> ChildHistory.Verdict {
    guard entry.form.common.countsFailures else { return .restart }
    let now = now
    return histories[process, default: ChildHistory(entry.form.common.care)].failed(at: now)
  }

  private mutating func tryLater(_ process: ProcessID, _ wait: Backoff.Wait?) {
    noteAttempt(process, isQuarantined: false)
    perform(.retryLater(RetryTag(process: process, attempt: attempts), after: wait))
  }

  private mutating func quarantine(_ process: ProcessID, for time: Duration?) {
    noteAttempt(process, isQuarantined: true)
    if let entry = entries[process] {
      perform(
        .report(
          SupervisorReport(.quarantine, reason: .reachedMaxRestartIntensity, offender: entry.snapshot(process))))
    }
    // Nobody can ask for its restart: it has no id.
    guard let time else { return _ = remove(process) }
    perform(
      .retryLater(RetryTag(process: process, attempt: attempts), after: Backoff.Wait(whole: time)))
  }

  private mutating func noteAttempt(_ process: ProcessID, isQuarantined: Bool) {
    attempts += 1
    if entries[process]?.attempt == nil { restarting += 1 }
    entries[process]?.note(attempt: attempts, isQuarantined: isQuarantined)
  }

  private mutating func insert(_ spec: ChildSpec, at process: ProcessID, _ history: ChildHistory? = nil) {
    let form = ChildForm.of(spec, latest: latestForm)
    latestForm = form
    entries[process] = Entry(spec, form)
    if spec.countsFailures {
      histories[process] = history ?? ChildHistory(spec.care)
      let now = now
      histories[process]?.started(at: now)
    }
    if spec.kind == .supervisor { supervisors += 1 }
  }

  @discardableResult
  private mutating func remove(_ process: ProcessID) -> Entry? {
    guard let entry = entries.removeValue(forKey: process) else { return nil }
    if !histories.isEmpty { histories[process] = nil }
    if entry.attempt != nil { restarting -= 1 }
    if entry.form.common.kind == .supervisor { supervisors -= 1 }
    return entry
  }
}

extension DynamicSupervisorMachine.Entry {
  func child(_ process: ProcessID) -> Supervisor.Child {
    Supervisor.Child(
      id: form.common.id, process: attempt == nil ? process : nil, kind: form.common.kind,
      isRestarting: attempt != nil && !isQuarantined, isQuarantined: isQuarantined)
  }

  func snapshot(_ process: ProcessID) -> ChildSnapshot {
    ChildSnapshot(
      form.common, process: process, isRestarting: attempt != nil && !isQuarantined, isQuarantined: isQuarantined)
  }
}
