/// A process that receives messages of one type (OTP's pid, typed).
///
/// Sending never suspends and never fails: what is sent to a dead process is dropped, as in OTP. What one process sends to
/// another arrives in the order sent.
public struct ProcessRef<Message: Sendable>: Hashable, Sendable, CustomStringConvertible {
  let cell: ProcessCell

  /// A reference to a process by its id.
  ///
  /// Nobody checks that the process takes such messages.
  @_spi(Runtime)
  public init(unchecked cell: ProcessCell) {
    self.cell = cell
  }

  /// For who knows the type of the process's messages.
  package init(unsafelyTyped id: ProcessID) {
    cell = id.cell
  }

  public static func == (a: Self, b: Self) -> Bool { a.cell === b.cell }
  public func hash(into hasher: inout Hasher) { hasher.combine(cell.number) }

  /// The process's identity, for links, monitors and exits.
  public var id: ProcessID { cell.id }

  public var description: String { id.description }

  /// Sends a message (`GenServer.cast/2`, `send/2`).
  ///
  /// Does not suspend. Nothing happens if the process is dead.
  public func send(_ message: Message) {
    if ProcessCell.isFenced() { return noteFenced(message) }
    cell.push(Envelope.make(message, sentAs: .send), of: Message.self)
  }

  /// The same for the runtime's own senders, which no fence holds, and which are in no trace.
  func deliver(_ message: Message) {
    cell.push(Envelope.make(message, kind: .message), of: Message.self)
  }

  /// Asks and waits for the answer (`GenServer.call/3`).
  ///
  ///     let score = try await match.call { .score($0) }
  ///
  /// Suspends until the process answers, ends, or gives up the reply, or until the timeout. A process that is dead, ends
  /// meanwhile, or is the caller itself, and a circle of calls, are errors at once. An answer after the timeout is dropped.
  ///
  /// - Parameters:
  ///   - timeout: how long to wait; nil waits for ever. Five seconds if not given, as in OTP.
  ///   - make: makes the message around the reply token.
  /// - Returns: what the process has given to the token.
  /// - Throws: ``CallError``.
  public func call<Value: Sendable>(
    timeout: Duration? = .seconds(5), _ make: (ReplyTo<Value>) -> Message
  ) async throws(CallError) -> Value {
    if cell.isDead, let remote = cell.remote { return try await call(remote, timeout, make) }
    if NodeObservers.areThere { return try await callObserved(timeout, make) }
    return try await Call(to: cell, timeout: timeout).ask { Envelope.make(make(ReplyTo($0)), kind: .message, call: $0) }
  }
}

extension ProcessRef {
  /// A reference to a process whose id is known; nil if it receives messages of another type.
  ///
  /// What a process of another node receives is not known here: the caller says it.
  ///
  /// For ids that come from a supervisor's list of children, from a registry, or from a group. Does not suspend; the
  /// process may be dead.
  public init?(_ id: ProcessID) {
    guard id.cell.messageType == Message.self || id.remote != nil else { return nil }
    cell = id.cell
  }
}
