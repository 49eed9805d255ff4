/// A process whose life is one `async` closure, with a mailbox of one message type.
final class BodyProcess<Message: Sendable>: ProcessCell, @unchecked Sendable {
  @exclusivity(unchecked) private var body: (() async throws -> Void)?

  override var messageType: Any.Type { Message.self }

  init(node: Node, _ body: @escaping () async throws -> Void) {
    self.body = body
    super.init(node: node)
  }

  override func serve(_ budget: inout Int, on worker: Worker) {
    guard let body else { return }
    self.body = nil
    start(body)
  }

  private func start(_ body: @escaping () async throws -> Void) {
    if inheritsTaskLocals { return startInheriting(body) }
    nonisolated(unsafe) let body = body
    // As what it is at least: a generic class looks up its conformance each time.
    keep(Task.detached(executorPreference: self as ProcessCell) { await self.live(body) })
  }

  @inline(never)
  private func startInheriting(_ body: @escaping () async throws -> Void) {
    nonisolated(unsafe) let body = body
    keep(Task(executorPreference: self as ProcessCell) { await self.live(body) })
  }

  /// Before it begins: its body is to have the task-local values of the code that asks.
  func prepareInheriting() {
    guard let body else { return }
    self.body = nil
    nonisolated(unsafe) let work = body
    keep(
      Task(executorPreference: self as ProcessCell) {
        // It may have been ended before it began.
        if self.isDead { self.clear() } else { await self.live(work) }
      })
  }

  private func keep(_ task: Task<Void, Never>) {
    lock.withLock { self.task = UnsafeCurrentTaskBox(task) }
    if isDead { task.cancel() }
  }

  @inline(__always)
  private func live(_ body: () async throws -> Void) async {
    let reason: ExitReason
    do {
      if let origin = self.origin { try await self.perform(body, within: origin) } else { try await body() }
      reason = .normal
    } catch {
      reason = .failure(error)
    }
    self.finish(reason)
  }

  private func perform(_ body: () async throws -> Void, within origin: any MessageTrace) async throws {
    defer { endOrigin() }
    try await run(origin, "spawn", body)
  }

  private func finish(_ reason: ExitReason) {
    if !isDead, reason.error != nil { reportCrash(reason) }
    // First: a task at its end need not be cancelled. The process stays until this turn is over.
    clear()
    die(reason)
  }

  private func clear() { lock.withLock { task = nil } }

  override func destroyMessage(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) {
    Envelope<Message>.free(envelope)
  }

  override func openForeign(_ message: any ForeignMessage) -> UnsafeMutablePointer<EnvelopeHeader>? {
    message.envelope(of: Message.self, for: self)
  }

  override func messageName(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) -> String {
    Envelope<Message>.peek(envelope) { EnumCase.name(copy $0) }
  }

  override func messageValue(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) -> (any Sendable)? {
    Envelope<Message>.peek(envelope) { copy $0 }
  }

  override func reclaim() {
    body = nil
  }
}
