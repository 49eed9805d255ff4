import Synchronization

/// One call on its way: the part that every kind of call shares.
package struct Call {
  private let target: ProcessCell
  private let caller: ProcessCell?
  private let node: Node
  private let deadline: Int64

  package init(to target: ProcessCell, timeout: Duration?) {
    self.target = target
    caller = ProcessCell.current
    node = target.node
    deadline = timeout.map { target.node.clock.now().afterTimeout($0) } ?? .max
  }

  /// Sends the envelope that `makeEnvelope` makes and waits for the answer.
  // Tasks of processes are cancelled only by the end of their process, which resumes the wait itself; so only callers outside
  // of processes pay for a cancellation handler.
  package func ask<Value: Sendable>(
    _ makeEnvelope: (WaitTicket) -> UnsafeMutablePointer<EnvelopeHeader>
  ) async throws(CallError) -> Value {
    guard let caller else { return try await askFromOutside(makeEnvelope) }
    if caller === target { throw CallError(.callingSelf, target: target.id.description) }
    if let reason = caller.isDead ? caller.exitReason : nil {
      throw CallError(.exited(reason), target: caller.id.description)
    }
    let wait = Wait(in: caller, on: node)
    do {
      let value = try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Value, any Error>) in
        wait.begin(continuation, until: deadline, on: node)
        if let path = caller.beginCall(to: target, wait.ticket) {
          wait.ticket.resume(throwing: CallError(.deadlock(path)))
        } else {
          send(makeEnvelope(wait.ticket), wait.ticket)
        }
      }
      caller.isCalling.store(false, ordering: .relaxed)
      wait.end()
      return value
    } catch {
      caller.isCalling.store(false, ordering: .relaxed)
      wait.end()
      giveUpPlace(wait.ticket, error)
      throw explain(error)
    }
  }

  private func askFromOutside<Value: Sendable>(
    _ makeEnvelope: (WaitTicket) -> UnsafeMutablePointer<EnvelopeHeader>
  ) async throws(CallError) -> Value {
    var sent: WaitTicket?
    do {
      return try await suspend(until: deadline, in: nil, on: node) { ticket in
        sent = ticket
        send(makeEnvelope(ticket), ticket)
      }
    } catch {
      if let sent { giveUpPlace(sent, error) }
      throw explain(error)
    }
  }

  /// Who waits no longer must not stand among those who wait for a place in a full mailbox.
  private func giveUpPlace(_ ticket: WaitTicket, _ error: any Error) {
    guard target.isBounded.load(ordering: .acquiring) else { return }
    target.withdraw(ticket, error is ExitReason ? .senderEnded : .mailboxFull)
  }

  private func send(_ envelope: UnsafeMutablePointer<EnvelopeHeader>, _ ticket: WaitTicket) {
    if target.isDead {
      ticket.resume(throwing: CallError(.noProcess))
      target.destroy(envelope)
    } else {
      target.push(envelope, of: ticket)
      // Who ends the target looks at its mailbox after marking it dead; this looks for death after the mailbox.
      if target.isDeadInOrder(), let reason = target.exitReason {
        ticket.resume(throwing: CallError.exited(target.id, reason))
      }
    }
  }

  /// The error as the caller sees it.
  private func explain(_ error: any Error) -> CallError {
    Self.explain(error, target, caller)
  }

  static func explain(_ error: any Error, _ target: ProcessCell, _ caller: ProcessCell?) -> CallError {
    let name = target.id.description
    switch error {
    case let error as CallError:
      // A process that ends drops its mail, and with it the reply tokens: their last word is then the process's.
      if case .noReply = error.kind, let reason = target.exitReason { return CallError(.exited(reason), target: name) }
      return error.to(name)
    case is WaitTimeout: return CallError(.timeout, target: name)
    case is CancellationError: return CallError(.cancelled, target: name)
    case let reason as ExitReason: return CallError(.exited(reason), target: caller?.id.description)
    default: return CallError(.exited(.failure(error)), target: name)
    }
  }
}

/// Who waits for whom.
extension ProcessCell {
  /// Notes that this process waits for `target`.
  ///
  /// If that closes a circle, the circle, this process first.
  package final func beginCall(to target: ProcessCell, _ ticket: WaitTicket) -> [ProcessID]? {
    lock.lock()
    if reason == nil {
      let extras = sureExtras
      if extras.call?.target === target { extras.call?.ticket = ticket } else { extras.call = (target, ticket) }
    }
    lock.unlock()
    isCalling.store(true, ordering: .sequentiallyConsistent)
    guard target.isCalling.load(ordering: .sequentiallyConsistent) else { return nil }
    var path = [id]
    var current = target
    while path.count < 1_000 {
      path.append(current.id)
      guard let next = current.calledProcess else { return nil }
      if next === self { return path }
      if path.contains(next.id) { return nil }
      current = next
    }
    return nil
  }

  /// It waits no longer.
  package final func endCall() {
    isCalling.store(false, ordering: .relaxed)
  }

  /// Whom this process waits for, as far as that is certain: a server that has put the reply off may answer any time.
  private final var calledProcess: ProcessCell? {
    lock.lock()
    let call = extras?.call
    lock.unlock()
    guard let call, isCalling.load(ordering: .sequentiallyConsistent), call.ticket.isWaiting else { return nil }
    let isPutOff = call.target.lock.withLock {
      call.target.extras?.isToldSoon(call.ticket) ?? call.target.deferredCalls.contains(call.ticket)
    }
    return isPutOff ? nil : call.target
  }
}
