/// Waiting for mail, for code that runs as the process in a task: a body, or a server's callback.
extension ProcessCell {
  package typealias Accepts = (UnsafeMutablePointer<EnvelopeHeader>) -> Bool

  /// Takes the first envelope that `wanted` accepts out of the mailbox, and waits for one until the deadline. What is not
  /// accepted stays where it is.
  // Concurrent: a body may be isolated to some actor, but the mailbox is touched by the process's own turn alone.
  @concurrent package final func receive<Result: Sendable>(
    until deadline: Int64 = .max, _ wanted: Wanted<Result>
  ) async throws -> Result {
    wanted.open(try await take(until: deadline, wanted.accepts))
  }

  /// Takes the first message, whatever it is, out of the mailbox.
  ///
  /// The caller opens the envelope.
  final func receiveMessage(until deadline: Int64) async throws -> UnsafeMutablePointer<EnvelopeHeader> {
    // Nearly always: then no step of the way asks Swift's runtime where to go on.
    return Self.isSomewhere(#isolation)
      ? try await receiveElsewhere(until: deadline) : try await take(until: deadline, nil)
  }

  // Apart: where the comparison stands in an asynchronous function, the compiler of Swift 6.3 fails in debug builds.
  private static func isSomewhere(_ isolation: (any Actor)?) -> Bool { isolation != nil }

  /// The same for a body that is isolated to some actor.
  @concurrent private final func receiveElsewhere(
    until deadline: Int64
  ) async throws -> UnsafeMutablePointer<EnvelopeHeader> {
    try await take(until: deadline, nil)
  }

  /// Takes the first envelope that is accepted; without `accepts`, the first message.
  private final func take(
    until deadline: Int64, _ accepts: Accepts?
  ) async throws -> UnsafeMutablePointer<EnvelopeHeader> {
    var seen = MailWait.Seen()
    // Others want their turn too, even if there is always mail.
    receivesInARow &+= 1
    if receivesInARow % 100 == 0 || Self.turnIsOver() { await yieldTurn() }
    if Task.isCancelled, !isDead { throw CancellationError() }
    while true {
      if isDead, let reason = exitReason { throw reason }
      collectMail()
      if let envelope = firstAccepted(accepts, &seen) {
        lock.lock()
        queue.remove(envelope)
        if let call = envelope.pointee.call { noteReceived(call) }
        if envelope.pointee.mark == .none { lock.unlock() } else if !takeMarkedAndUnlock(envelope) { continue }
        reductions &+= 1
        return envelope
      }
      if deadline != .max, node.clock.now() >= deadline { throw MailboxError.timeout }
      let waiting = sureMailWaiting
      defer { waiting._withUnsafeGuaranteedRef { $0.wait = nil } }
      // A mailbox is its process's own task's alone, which only the end of the process cancels: that ends the wait itself.
      let wait = Wait(in: self, on: node)
      defer { wait.end() }
      do {
        try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Void, any Error>) in
          waiting._withUnsafeGuaranteedRef {
            $0.wait = MailWait(ticket: wait.ticket, accepts: accepts, seen: seen)
          }
          wait.begin(continuation, until: deadline, on: node)
        }
      } catch is WaitTimeout {
        // Mail that came in the same instant still counts.
      }
    }
  }

  /// As ``nextEnvelope()``, for the first one behind `seen` that is accepted.
  ///
  /// The others stay where they are.
  package final func nextEnvelope(
    after seen: inout MailWait.Seen, _ accepts: @escaping Accepts
  ) -> UnsafeMutablePointer<EnvelopeHeader>? {
    collectMail()
    let next = firstAccepted(accepts, &seen)
    lock.lock()
    let done = current
    if let next { queue.remove(next) }
    current = next
    lock.unlock()
    if let done { finish(done) }
    if next != nil { reductions &+= 1 }
    return next
  }

  /// In a turn: wakes the task that waits for mail, if some has come that it accepts.
  @inline(__always)
  final func wakeForMail() {
    mailWaiting?._withUnsafeGuaranteedRef { if $0.wait != nil { wakeForMail($0) } }
  }

  final var sureMailWaiting: Unmanaged<MailWaiting> {
    if let mailWaiting { return mailWaiting }
    let new = Unmanaged.passRetained(MailWaiting())
    mailWaiting = new
    return new
  }

  private final func wakeForMail(_ waiting: MailWaiting) {
    guard var wait = waiting.wait else { return }
    // What a receive accepts is the user's code, and is called outside of the task that it waits in.
    let found = wait.accepts == nil ? firstMessage(&wait.seen) : guarded { firstAccepted(wait.accepts, &wait.seen) }
    if found != nil {
      waiting.wait = nil
      wait.ticket.resume(returning: ())
    } else {
      waiting.wait?.seen = wait.seen
    }
  }

  private final func firstMessage(_ seen: inout MailWait.Seen) -> UnsafeMutablePointer<EnvelopeHeader>? {
    if seen.cuts != queue.cuts { seen = MailWait.Seen(last: nil, cuts: queue.cuts) }
    while let envelope = queue.next(after: seen.last) {
      if envelope.pointee.kind == .message { return envelope }
      if envelope.pointee.kind == .foreign {
        adoptQueued(envelope)
        seen = MailWait.Seen(last: nil, cuts: queue.cuts)
        continue
      }
      seen.last = envelope
    }
    return nil
  }

  /// The first envelope behind `seen` that `accepts`.
  ///
  /// Only this process changes its queue, and `accepts` is the user's code; so it is asked without the lock.
  private final func firstAccepted(
    _ accepts: Accepts?, _ seen: inout MailWait.Seen
  ) -> UnsafeMutablePointer<EnvelopeHeader>? {
    guard let accepts else { return firstMessage(&seen) }
    if seen.cuts != queue.cuts { seen = MailWait.Seen(last: nil, cuts: queue.cuts) }
    while let envelope = queue.next(after: seen.last) {
      if envelope.pointee.kind == .foreign {
        adoptQueued(envelope)
        seen = MailWait.Seen(last: nil, cuts: queue.cuts)
        continue
      }
      let isAccepted = accepts(envelope)
      if seen.cuts != queue.cuts {
        // It has taken something out itself: from the beginning.
        seen = MailWait.Seen(last: nil, cuts: queue.cuts)
        continue
      }
      if isAccepted { return envelope }
      seen.last = envelope
    }
    return nil
  }
}

/// The place for a process's wait for mail: most servers never need one.
final class MailWaiting {
  /// A task of the process that has given up the rest of the turn.
  @exclusivity(unchecked) var yielding: UnsafeContinuation<Void, Never>?
  var wait: MailWait?
}

/// A task that waits for mail that `accepts`.
///
/// What stands in the queue up to `seen` has been asked about already.
package struct MailWait {
  let ticket: WaitTicket
  /// Nil: any message.
  let accepts: ProcessCell.Accepts?
  var seen: Seen

  /// How far a receive has looked into the queue.
  ///
  /// Holds as long as nothing is cut out of it.
  package struct Seen {
    var last: UnsafeMutablePointer<EnvelopeHeader>?
    var cuts: UInt32 = 0

    package init() {}

    init(last: UnsafeMutablePointer<EnvelopeHeader>?, cuts: UInt32) {
      self.last = last
      self.cuts = cuts
    }
  }
}

/// What a receive takes, and what it makes of it.
package struct Wanted<Result>: @unchecked Sendable {
  /// Asked in the receiver's turn, while it suspends.
  let accepts: ProcessCell.Accepts
  let open: (UnsafeMutablePointer<EnvelopeHeader>) -> Result

  package init(
    accepts: @escaping ProcessCell.Accepts, open: @escaping (UnsafeMutablePointer<EnvelopeHeader>) -> Result
  ) {
    self.accepts = accepts
    self.open = open
  }
}
