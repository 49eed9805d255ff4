/// A process whose life is one `async` closure, with a mailbox of one message type.
final class BodyProcess<Message: Sendable>: ProcessCell, @unchecked Sendable {
  /// A wait for mail that `accepts`. What stands in the queue up to `seen` has been asked about already.
  private struct Waiting {
    let ticket: WaitTicket
    let accepts: (UnsafeMutablePointer<EnvelopeHeader>) -> Bool
    var seen: Seen
  }

  @exclusivity(unchecked) private var body: (() async throws -> Void)?
  @exclusivity(unchecked) private var waiting: Waiting?

  override var messageType: Any.Type { Message.self }

  init(node: Node, _ body: @escaping () async throws -> Void) {
    self.body = body
    super.init(node: node)
  }

  override func serve(_ budget: inout Int, on worker: Worker) {
    if let body {
      self.body = nil
      start(body)
      return
    }
    guard var waiting else { return }
    // The user's code, outside of the task that it waits in.
    if guarded({ firstAccepted(waiting.accepts, &waiting.seen) }) != nil {
      self.waiting = nil
      waiting.ticket.resume(returning: ())
    } else {
      self.waiting?.seen = waiting.seen
    }
  }

  private func start(_ body: @escaping () async throws -> Void) {
    nonisolated(unsafe) let body = body
    let task = Task.detached(executorPreference: self) {
      let reason: ExitReason
      do {
        try await body()
        reason = .normal
      } catch {
        reason = .failure(error)
      }
      self.finish(reason)
    }
    lock.withLock { self.task = UnsafeCurrentTaskBox(task) }
    if isDead { task.cancel() }
  }

  private func finish(_ reason: ExitReason) {
    if !isDead {
      if reason.error != nil { node.reports(CrashReport(self, reason)) }
      die(reason)
    }
    lock.withLock { task = nil }
  }

  override func destroyMessage(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) {
    Envelope<Message>.free(envelope)
  }

  override func reclaim() {
    body = nil
    waiting = nil
  }

  // MARK: The mailbox, for the body

  /// Takes the first message or signal that `wanted` accepts; waits for one until the deadline. What is not accepted stays.
  // Concurrent: a body may be isolated to some actor, but the mailbox is touched by the process's own turn alone.
  @concurrent func receive<Result: Sendable>(within: Duration?, _ wanted: Wanted<Result>) async throws -> Result {
    let accepts = wanted.accepts
    let deadline = within.map { node.clock.now().after($0) } ?? .max
    var seen = Seen()
    while true {
      if let reason = exitReason { throw reason }
      if Task.isCancelled { throw CancellationError() }
      collectMail()
      if let envelope = firstAccepted(accepts, &seen) {
        _ = lock.withLock { queue.removeFirst { $0 == envelope } }
        reductions &+= 1
        return wanted.open(envelope)
      }
      if deadline != .max, node.clock.now() >= deadline { throw MailboxError.timeout }
      do {
        try await suspend(until: deadline, in: self, on: node) { ticket in
          waiting = Waiting(ticket: ticket, accepts: accepts, seen: seen)
        } as Void
      } catch is WaitTimeout {
        // Mail that came in the same instant still counts.
      }
      waiting = nil
    }
  }

  /// How far a receive has looked into the queue. Holds as long as nothing is cut out of it.
  private struct Seen {
    var last: UnsafeMutablePointer<EnvelopeHeader>?
    var cuts = 0
  }

  /// The first envelope behind `seen` that `accepts`. Only this process changes its queue, and `accepts` is the user's code;
  /// so it is asked without the lock.
  private func firstAccepted(
    _ accepts: (UnsafeMutablePointer<EnvelopeHeader>) -> Bool, _ seen: inout Seen
  ) -> UnsafeMutablePointer<EnvelopeHeader>? {
    if seen.cuts != queue.cuts { seen = Seen(last: nil, cuts: queue.cuts) }
    while let envelope = queue.next(after: seen.last) {
      let isAccepted = accepts(envelope)
      if seen.cuts != queue.cuts {
        // It has taken something out itself: from the beginning.
        seen = Seen(last: nil, cuts: queue.cuts)
        continue
      }
      if isAccepted { return envelope }
      seen.last = envelope
    }
    return nil
  }
}

/// What a receive takes, and what it makes of it.
struct Wanted<Result>: @unchecked Sendable {
  /// Asked in the receiver's turn, while it suspends.
  let accepts: (UnsafeMutablePointer<EnvelopeHeader>) -> Bool
  let open: (UnsafeMutablePointer<EnvelopeHeader>) -> Result
}
