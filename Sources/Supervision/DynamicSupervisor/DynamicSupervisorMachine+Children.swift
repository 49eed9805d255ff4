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
      perform(.stop(process, shutdown: entry.spec.shutdown))
      return nil
    case .children:
      return .children(entries.map { $1.child($0) })
    case .countChildren:
      return .counts(
        Supervisor.Counts(
          specs: entries.count, active: entries.count - restarting, supervisors: supervisors,
          workers: entries.count - supervisors))
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
    if let entry = remove(process), !entry.spec.isExpectedOfDynamicChild(reason) {
      perform(.report(SupervisorReport(.shutdownError, reason: reason, offender: entry.snapshot(process))))
    }
    perform(.reply(caller, .success(.done)))
  }

  mutating func childExited(_ process: ProcessID, _ reason: ExitReason, at now: Duration) {
    guard let entry = entries[process], entry.attempt == nil else { return }
    if entry.spec.restart.isReported(reason) {
      perform(.report(SupervisorReport(.childTerminated, reason: reason, offender: entry.snapshot(process))))
    }
    switch entry.spec.restart.verdict(for: reason) {
    case .restart: restart(process, entry, at: now)
    case .keep, .drop: remove(process)
    }
  }

  mutating func retry(_ tag: RetryTag, at now: Duration) {
    guard let entry = entries[tag.process], entry.attempt == tag.attempt else { return }
    restart(tag.process, entry, at: now)
  }

  private mutating func restart(_ process: ProcessID, _ entry: Entry, at now: Duration) {
    guard window.allowsRestart(at: now) else {
      perform(
        .report(
          SupervisorReport(.shutdown, reason: .reachedMaxRestartIntensity, offender: entry.snapshot(process))))
      remove(process)
      return end(.shutdown)
    }
    activity = .restartingChild(process)
    perform(.start(entry.spec))
  }

  mutating func restarted(_ process: ProcessID, _ outcome: StartOutcome) {
    guard let entry = entries[process] else { return }
    switch outcome {
    case .started(let successor):
      remove(process)
      insert(entry.spec, at: successor)
    case .ignored:
      remove(process)
    case .alreadyStarted, .failed:
      if let reason = outcome.failure {
        perform(.report(SupervisorReport(.startError, reason: reason, offender: entry.snapshot(process))))
      }
      attempts += 1
      if entry.attempt == nil { restarting += 1 }
      entries[process]?.attempt = attempts
      perform(.retryLater(RetryTag(process: process, attempt: attempts)))
    }
  }

  private mutating func insert(_ spec: ChildSpec, at process: ProcessID) {
    entries[process] = Entry(spec: spec)
    if spec.kind == .supervisor { supervisors += 1 }
  }

  @discardableResult
  private mutating func remove(_ process: ProcessID) -> Entry? {
    guard let entry = entries.removeValue(forKey: process) else { return nil }
    if entry.attempt != nil { restarting -= 1 }
    if entry.spec.kind == .supervisor { supervisors -= 1 }
    return entry
  }
}

extension DynamicSupervisorMachine.Entry {
  func child(_ process: ProcessID) -> Supervisor.Child {
    Supervisor.Child(
      id: spec.id, process: attempt == nil ? process : nil, kind: spec.kind, isRestarting: attempt != nil)
  }

  func snapshot(_ process: ProcessID) -> ChildSnapshot {
    ChildSnapshot(spec, process: process, isRestarting: attempt != nil)
  }
}
