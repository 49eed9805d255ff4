@_spi(Runtime) import ProcessRuntime
import Synchronization

/// What a server does that may need a task.
enum ServerWork: @unchecked Sendable {
  case mail(UnsafeMutablePointer<EnvelopeHeader>)
  case signal(Signal)
  case initialise(Any)
  case `continue`
  case timeout
  case terminate(ExitReason)
}

/// A server's activation: a task that lives from the first callback that suspends until the mailbox is empty.
extension ServerProcess {
  func activate(_ work: ServerWork) {
    setTask(
      Task.detached(executorPreference: self) {
        await self.run(work)
        self.clearTask()
      })
  }

  private func run(_ first: ServerWork) async {
    do {
      try await perform(first)
      settleCall()
      var handled = 0
      while !isDead, let envelope = nextEnvelope() {
        idle?.cancel()
        idle = nil
        try await perform(work(in: envelope))
        settleCall()
        handled += 1
        // Other processes want their turn too.
        if handled % 100 == 0 { await Task.yield() }
      }
      if !isDead { armIdleTimeout() }
    } catch {
      if !isDead { await terminate(.failure(error)) }
    }
  }

  private func work(in envelope: UnsafeMutablePointer<EnvelopeHeader>) throws -> ServerWork {
    switch envelope.pointee.kind {
    case .message: return .mail(envelope)
    case .signal:
      let signal = Envelope<Signal>.peek(envelope) { $0 }
      if let reason = orderToEnd(signal) { throw reason }
      return .signal(signal)
    case .system:
      switch Envelope<SystemMessage>.peek(envelope, { $0 }) {
      case .stop(let reason): throw reason
      case .idle: return .timeout
      }
    }
  }

  private func perform(_ work: ServerWork) async throws {
    switch work {
    case .mail(let envelope):
      let message = Envelope<Message>.peek(envelope) { $0 }
      try await state?.handle(message)
    case .signal(let signal):
      if try await optional(traits.signal, { (state: inout Server) async throws in try await state.handle(signal) }) == false {
        noteUnhandled(work)
      }
    case .timeout:
      _ = try await optional(traits.timeout) { (state: inout Server) async throws in try await state.handleTimeout() }
    case .continue:
      _ = try await optional(traits.continue) { (state: inout Server) async throws in try await state.handleContinue() }
    case .terminate(let reason):
      await terminate(reason)
    case .initialise(let make):
      do {
        guard let make = make as? @Sendable () async throws -> Server else { return }
        state = try await make()
      } catch {
        if !isDead { fail(error) }
        return
      }
      acknowledge()
      try await perform(.continue)
    }
  }

  /// Calls a callback that need not be there. False if it is not.
  private func optional(
    _ mode: borrowing Atomic<ServerTraits.Mode>, _ callback: (inout Server) async throws -> Void
  ) async throws -> Bool {
    if mode.load(ordering: .relaxed) == .absent { return false }
    sawDefault = false
    guard state != nil else { return false }
    try await callback(&state!)
    if sawDefault {
      mode.store(.absent, ordering: .relaxed)
      return false
    }
    mode.store(.asynchronous, ordering: .relaxed)
    return true
  }

  private func terminate(_ reason: ExitReason) async {
    if traits.terminate.load(ordering: .relaxed) != .absent {
      sawDefault = false
      await state?.terminate(reason)
      if sawDefault { traits.terminate.store(.absent, ordering: .relaxed) } else { traits.terminate.store(.asynchronous, ordering: .relaxed) }
    }
    if !isDead { finish(reason) }
  }

}
