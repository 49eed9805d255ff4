extension ProcessRef {
  /// ``call(timeout:_:)`` while somebody wants to see it.
  // Not inlined: nobody does, as a rule.
  @inline(never)
  func callObserved<Value: Sendable>(
    _ timeout: Duration?, _ make: (ReplyTo<Value>) -> Message
  ) async throws(CallError) -> Value {
    let timers = Node.current.observers.callTimers
    let clock = cell.node.clock
    let began = timers.isEmpty ? 0 : clock.now()
    func note(isAnswered: Bool) {
      if timers.isEmpty { return }
      let time = clock.now() - began
      ProcessCell.unguarded { for timer in timers { timer(cell, time, isAnswered) } }
    }
    do throws(CallError) {
      let value: Value = try await Call(to: cell, timeout: timeout).ask {
        Envelope.makeTraced(make(ReplyTo($0)), .call, $0)
      }
      note(isAnswered: true)
      return value
    } catch {
      note(isAnswered: false)
      throw error
    }
  }
}

extension Mailbox {
  /// Takes the next message, in order of arrival, and handles it as a part of the trace that it was sent in.
  ///
  ///     while true {
  ///       try await inbox.handleNext { job in try await job.run() }
  ///     }
  ///
  /// As a `GenServer` handles its messages, where somebody follows traces (`ProcessTracing` of SupervisionIntegrations). Else it is
  /// ``next(within:)``, and then `body`.
  ///
  /// Suspends until there is a message, and as `body` does.
  ///
  /// - Parameters:
  ///   - limit: how long to wait for the message; zero looks at the mailbox and does not wait; nil waits for ever.
  ///   - body: handles the message.
  /// - Returns: what `body` returns.
  /// - Throws: as ``next(within:)``, and what `body` throws.
  public func handleNext<Result>(
    within limit: Duration? = nil, _ body: (Message) async throws -> Result
  ) async throws -> Result {
    let envelope = try await process.receiveMessage(until: deadline(limit))
    guard let trace = envelope.trace else { return try await body(Envelope<Message>.open(envelope)) }
    let name = "\(process.kindName).\(process.messageName(envelope))"
    let message = Envelope<Message>.open(envelope)
    process.noteHandling(trace)
    defer { process.noteHandling(nil) }
    var result: Result?
    try await process.run(trace, name) { result = try await body(message) }
    guard let result else { throw CancellationError() }
    return result
  }
}
