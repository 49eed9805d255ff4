@_spi(Runtime) import ProcessRuntime
import Synchronization

/// A server's activation: a task that lives from the first callback that suspends until the mailbox is empty.
extension ServerProcess {
  func activate(_ work: Work) {
    if inheritsTaskLocals { return activateInheriting(work) }
    setTask(
      // As what it is at least: a generic class looks up its conformance each time.
      Task.detached(executorPreference: self as ProcessCell) {
        await self.run(work)
        self.clearTask()
      })
  }

  @inline(never)
  private func activateInheriting(_ work: Work) {
    setTask(
      Task(executorPreference: self as ProcessCell) {
        await self.run(work)
        self.clearTask()
      })
  }

  private func run(_ first: Work) async {
    do {
      try await perform(first)
      var handled = 0
      while !isDead, let envelope = nextWatched() {
        try await handle(envelope)
        handled += 1
        // Other processes want their turn too.
        if handled % 100 == 0 || Self.turnIsOver() { await yieldTurn() }
      }
      if !isDead { armIdleTimeout() }
    } catch {
      await end(.failure(error))
    }
  }

  private func handle(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) async throws {
    switch envelope.pointee.kind {
    case .message:
      cancelIdleTimeout()
      let client = noteReceived(envelope)
      try await perform(.mail(envelope))
      noteHandled(envelope, client)
    case .signal:
      cancelIdleTimeout()
      let signal = Envelope<Signal>.peek(envelope) { $0 }
      if let reason = orderToEnd(signal) { throw reason }
      noteReceived(envelope)
      try await perform(.signal(signal))
      noteHandled(envelope, nil)
    case .foreign:
      if let own = adoptCurrent(envelope) { try await handle(own) }
    case .system:
      switch Envelope<SystemMessage>.peek(envelope, { $0 }) {
      case .stop(let reason): throw reason
      case .idle(let number):
        guard hasPassed(number) else { return }
        noteReceived(envelope)
        try await perform(.timeout)
        noteHandled(envelope, nil)
      case .request(let request):
        guard let request = request as? any ServerRequest else { return }
        if request.isSystemMessage { restartIdleTimeout() } else { noteReceived(envelope) }
        try await request.perform(on: self, for: envelope.pointee.call)
        if !request.isSystemMessage { noteHandled(envelope, nil) }
      }
    }
  }

  private func perform(_ work: Work) async throws {
    if isDead { return }
    switch work {
    case .mail(let envelope):
      let message = Envelope<Message>.peek(envelope) { $0 }
      if let trace = envelope.trace {
        try await handle(message, envelope, within: trace)
      } else if hasState {
        try await state.pointee.handle(message)
      }
      settleCall()
    case .envelope(let envelope):
      try await handle(envelope)
    case .signal(let signal):
      let isHandled = try await call(traits.signal) { state in try await state.handle(signal) }
      if !isHandled { noteUnhandled(work) }
    case .timeout:
      _ = try await call(traits.timeout) { state in try await state.handleTimeout() }
    case .continue:
      _ = try await call(traits.continue) { state in try await state.handleContinue() }
    case .terminate(let reason):
      await end(reason)
    case .initialise:
      guard case .asynchronous(let make)? = takeMake() else { return }
      do {
        if let origin {
          try await initialise(within: origin) { setState(try await make()) }
        } else {
          setState(try await make())
        }
      } catch {
        return fail(error)
      }
      if isDead { return }
      acknowledge()
      try await perform(.continue)
    }
  }

  /// Calls a callback that need not be there.
  ///
  /// False if it is not.
  private func call(
    _ mode: borrowing Atomic<ServerTraits.Mode>, _ callback: (inout Server) async throws -> Void
  ) async throws -> Bool {
    guard hasState, mode.load(ordering: .relaxed) != .absent else { return false }
    sawInherited = false
    try await callback(&state.pointee)
    if sawInherited { mode.store(.absent, ordering: .relaxed) }
    return !sawInherited
  }

  private func end(_ reason: ExitReason) async {
    if isDead { return }
    keepState(reason)
    if traits.terminate.load(ordering: .relaxed) != .absent {
      beginEnding()
      sawInherited = false
      if hasState { await state.pointee.terminate(reason) }
      if sawInherited { traits.terminate.store(.absent, ordering: .relaxed) }
    }
    finish(reason)
  }
}
