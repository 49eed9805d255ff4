extension ProcessName {
  /// Asks whoever has the name, and, while nobody has it or the process ended before it answered, whoever has it next: what the
  /// client of a process does that its supervisor starts again (OTP has no such function).
  ///
  ///     let score = try await match.call(retrying: .atLeastOnce()) { .score($0) }
  ///
  /// Suspends until there is an answer, or until the timeout, which is for all of it. In between it waits for the name to be
  /// given, and is woken by that. A name of another node cannot be watched: there it tries again after waits that grow from 10 ms
  /// to half a second, and only with ``CallRetry/atLeastOnce(attempts:unless:)``, since what was sent to another node may have
  /// arrived. A lost connection uses up no attempt.
  ///
  /// - Parameters:
  ///   - timeout: how long to wait, for a process and for its answer; nil waits for ever. Five seconds if not given.
  ///   - retry: whether the message may be handled twice.
  ///   - make: makes the message around the reply token; called for each process that is asked.
  /// - Returns: the first answer.
  /// - Throws: ``CallError``. When the time is over, `timeout` if a process has the message and lives; else `exited` if the
  ///   last process that had it ended before it answered; else `noProcess`. What another process would answer in the same way
  ///   is thrown at once: `noReply`, `callingSelf`, `deadlock`, `mailboxFull`, `wrongMessageType`, `cancelled`.
  public func call<Value: Sendable>(
    timeout: Duration? = .seconds(5), retrying retry: CallRetry, _ make: (ReplyTo<Value>) -> Message
  ) async throws(CallError) -> Value {
    let node = Node.current
    let deadline = timeout.map { node.clock.now().after($0) } ?? .max
    var endsLeft = retry.ends
    var pause = Int64(10_000_000)
    var last: CallError?
    while true {
      let process = target.whereis()
      let isElsewhere = process?.remote != nil
      let left: Duration? = timeout == nil ? nil : .nanoseconds(max(0, deadline - node.clock.now()))
      do throws(CallError) {
        guard let process else { throw CallError(.noProcess, target: rawValue) }
        return try await ask(process, left, make)
      } catch {
        if ProcessCell.isFenced() { throw error }
        switch error.kind {
        case .noProcess: if isElsewhere, !retry.repeats { throw error }
        case .exited(let reason):
          last = error
          if reason != .noConnection { endsLeft -= 1 }
          if !retry.repeats || endsLeft == 0 || retry.isFinal(reason) { throw error }
        default: throw error
        }
        if isElsewhere {
          try await wait(until: min(deadline, node.clock.now().after(.nanoseconds(pause))), on: node)
          pause = min(pause * 2, 500_000_000)
        } else {
          try await waitForSuccessor(of: process, until: deadline, on: node)
        }
        if node.clock.now() >= deadline { throw last ?? error }
      }
    }
  }

  private func ask<Value: Sendable>(
    _ process: ProcessCell, _ timeout: Duration?, _ make: (ReplyTo<Value>) -> Message
  ) async throws(CallError) -> Value {
    let reference: ProcessRef<Message>
    do { reference = try resolved(process) } catch { throw CallError(naming: error, target: rawValue) }
    return try await reference.call(timeout: timeout, make)
  }

  /// Until another process has the name, or the deadline.
  private func waitForSuccessor(
    of process: ProcessCell?, until deadline: Int64, on node: Node
  ) async throws(CallError) {
    try await telling {
      try await change(until: deadline, on: node) { (node, target) -> Void? in
        target.whereis(on: node).flatMap { $0 === process ? nil : () }
      }
    }
  }

  private func wait(until instant: Int64, on node: Node) async throws(CallError) {
    try await telling { try await suspend(until: instant, on: node) { _ in } }
  }

  /// The end of the time is no error here.
  private func telling(_ wait: () async throws -> Void) async throws(CallError) {
    do {
      try await wait()
    } catch {
      switch error {
      case is WaitTimeout: return
      case is CancellationError: throw CallError(.cancelled, target: rawValue)
      case let reason as ExitReason: throw CallError(.exited(reason), target: ProcessCell.current?.id.description)
      default: throw CallError(.exited(.failure(error)), target: rawValue)
      }
    }
  }
}

extension CallError {
  /// Why the one who is named cannot be called.
  init(naming error: NameError, target: String) {
    switch error.kind {
    case .wrongMessageType(let type): self.init(.wrongMessageType(type), target: target)
    default: self.init(.noProcess, target: target)
    }
  }
}
