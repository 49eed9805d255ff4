/// Waiting for mail, for code that runs as the process in a task: a body, or a server's callback.
extension ProcessCell {
  package typealias Accepts = (UnsafeMutablePointer<EnvelopeHeader>) -> Bool

  /// Takes the first envelope that `accepts` names out of the mailbox, and waits for one until the deadline. What is not
  /// accepted stays where it is. `open` takes the payload.
  package final func receive<Result>(
    until deadline: Int64 = .max, _ accepts: @escaping Accepts,
    _ open: (UnsafeMutablePointer<EnvelopeHeader>) -> Result
  ) async throws -> Result {
    while true {
      if isDead, let reason = exitReason { throw reason }
      collectMail()
      if let envelope = lock.withLock({ queue.removeFirst(where: accepts) }) {
        reductions &+= 1
        return open(envelope)
      }
      if Task.isCancelled { throw CancellationError() }
      if deadline != .max, node.clock.now() >= deadline { throw MailboxError.timeout }
      defer { mailWait = nil }
      do {
        try await suspend(until: deadline, in: self, on: node) { mailWait = MailWait(ticket: $0, accepts: accepts) } as Void
      } catch is WaitTimeout {
        // Mail that came in the same instant still counts.
      }
    }
  }

  /// In a turn: wakes the task that waits for mail, if some has come.
  @inline(__always)
  final func wakeForMail() {
    if mailWait != nil { wakeForMailSlowly() }
  }

  private final func wakeForMailSlowly() {
    guard let wait = mailWait, lock.withLock({ queue.contains(where: wait.accepts) }) else { return }
    mailWait = nil
    wait.ticket.resume(returning: ())
  }
}

/// A task that waits for mail.
struct MailWait {
  let ticket: WaitTicket
  let accepts: ProcessCell.Accepts
}
