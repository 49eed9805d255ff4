/// A message that nobody will handle.
public struct DeadLetter: Sendable {
  /// Why nobody will.
  public enum Reason: String, Sendable, Hashable, CaseIterable {
    /// Its receiver is dead, or ended before it handled the message; or nobody has the name.
    case noProcess
    /// The mailbox was full, and took no more.
    case mailboxFull
    /// The mailbox was full, and dropped it.
    case dropped
    /// Its sender was dead: what a dead process sends does nothing.
    case senderEnded
  }

  /// Who was to receive it; nil if nobody had the name.
  public let target: ProcessID?
  /// The name that it was sent to, if nobody had it.
  ///
  /// Else nil, or the name that its receiver has.
  public let name: String?
  /// Who was running when it was given up; nil outside of processes.
  ///
  /// That is its sender, unless its receiver has ended or dropped it later.
  public let sender: ProcessID?
  /// The message.
  public let message: any Sendable
  /// Why nobody will handle it.
  public let reason: Reason

  init(target: ProcessID?, name: String?, message: any Sendable, reason: Reason) {
    self.target = target
    self.name = name
    sender = ProcessCell.current?.id
    self.message = message
    self.reason = reason
  }

  init(_ cell: ProcessCell, _ envelope: UnsafeMutablePointer<EnvelopeHeader>, _ reason: Reason) {
    self.init(target: cell.id, name: nil, message: cell.messageValue(envelope) ?? (), reason: reason)
  }
}

/// Messages that nobody will handle, as they come about.
///
///     DeadLetters.monitor { letter in audit.send(.lost("\(letter.message)", letter.reason)) }
///
/// Costs nothing while nobody listens. A reply that comes too late is none, nor is what is sent through an alias that is no
/// longer active: nobody wants those.
public enum DeadLetters {
  /// Tells of all dead letters of this node from now on.
  ///
  /// Does not suspend. It is a process of its own that calls `tell`, for one letter after the other; it ends with the process
  /// that has asked. A letter that `tell` itself brings about is not told.
  @discardableResult
  public static func monitor(_ tell: @escaping @Sendable (DeadLetter) -> Void) -> EventMonitor {
    Node.current.deadLetters.monitor(label: "dead letters", tell)
  }
}
