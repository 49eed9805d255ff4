/// A process whose life is one `async` closure, with a mailbox of one message type.
final class BodyProcess<Message: Sendable>: ProcessCell, @unchecked Sendable {
  private enum Waiting {
    case no
    /// For mail that this accepts.
    case mail(WaitTicket, (UnsafeMutablePointer<EnvelopeHeader>) -> Bool)
  }

  @exclusivity(unchecked) private var body: (() async throws -> Void)?
  @exclusivity(unchecked) private var waiting = Waiting.no

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
    guard case .mail(let ticket, let accepts) = waiting else { return }
    var found = false
    lock.withLock { queue.forEach { found = found || accepts($0) } }
    if found {
      waiting = .no
      ticket.resume(returning: ())
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
      if reason.error != nil { reportCrash(reason) }
      die(reason)
    }
    lock.withLock { task = nil }
  }

  override func destroyMessage(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) {
    Envelope<Message>.free(envelope)
  }

  override func reclaim() {
    body = nil
    waiting = .no
  }

  // MARK: The mailbox, for the body

  /// Takes the first message or signal that `take` accepts; waits for one until the deadline. What is not accepted stays.
  func receive<Result>(
    within: Duration?, _ accepts: @escaping (UnsafeMutablePointer<EnvelopeHeader>) -> Bool,
    _ open: (UnsafeMutablePointer<EnvelopeHeader>) -> Result
  ) async throws -> Result {
    let deadline = within.map { node.clock.now().after($0) } ?? .max
    while true {
      if let reason = exitReason { throw reason }
      if Task.isCancelled { throw CancellationError() }
      collectMail()
      if let envelope = lock.withLock({ queue.removeFirst(where: accepts) }) {
        reductions &+= 1
        return open(envelope)
      }
      if deadline != .max, node.clock.now() >= deadline { throw MailboxError.timeout }
      do {
        try await suspend(until: deadline, in: self, on: node) { ticket in
          waiting = .mail(ticket, accepts)
        } as Void
      } catch is WaitTimeout {
        // Mail that came in the same instant still counts.
      }
      waiting = .no
    }
  }
}
