import ProcessRuntime

/// What callers ask for.
extension SupervisorMachine {
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
    case .startChild(let spec): return try startChild(spec, for: caller)
    case .terminateChild(let id): return try terminateChild(slot(of: id), for: caller)
    case .restartChild(let id): return try restartChild(slot(of: id), for: caller)
    case .deleteChild(let id): return try deleteChild(slot(of: id))
    case .children: return .children(table.newestFirst().map(\.entry))
    case .child(let id): return .child(table[try slot(of: id)].entry)
    case .childSpec(let id): return .childSpec(table[try slot(of: id)].spec)
    case .countChildren: return .counts(table.counts)
    case .describe(let most): return .description(snapshot(of: most))
    }
  }

  private func slot(of id: ChildSpec.ID) throws(SupervisorError) -> ChildTable.Slot {
    guard let slot = table.slot(of: id) else { throw .notFound }
    return slot
  }

  private mutating func startChild(_ spec: ChildSpec, for caller: Caller) throws(SupervisorError) -> Answer? {
    try spec.validate(autoShutdown: settings.autoShutdown, strategy: settings.strategy)
    if let known = table.slot(of: spec.id) {
      throw table.process(at: known).map { .alreadyStarted($0) } ?? .alreadyPresent
    }
    start(table.append(spec), for: .startChild(caller))
    return nil
  }

  private mutating func terminateChild(
    _ slot: ChildTable.Slot, for caller: Caller
  ) throws(SupervisorError) -> Answer? {
    if let process = table.process(at: slot) {
      stop(slot, process: process, for: .terminateChild(caller))
      return nil
    }
    histories[slot] = nil
    release(slot)
    return .done
  }

  private mutating func restartChild(
    _ slot: ChildTable.Slot, for caller: Caller
  ) throws(SupervisorError) -> Answer? {
    try requireStopped(slot)
    // Whoever asks for it has seen to the cause of its failures.
    histories[slot] = nil
    start(slot, for: .restartChild(caller))
    return nil
  }

  private mutating func deleteChild(_ slot: ChildTable.Slot) throws(SupervisorError) -> Answer? {
    try requireStopped(slot)
    forget(slot)
    return .done
  }

  private func requireStopped(_ slot: ChildTable.Slot) throws(SupervisorError) {
    switch table[slot].state {
    case .stopped, .quarantined: break
    case .running: throw .running
    case .restarting: throw .restarting
    }
  }
}
