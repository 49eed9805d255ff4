/// The mailbox of a process that was started with `spawn(receiving:)`: messages of one type, and signals.
///
/// It belongs to the closure that received it. Messages stand in the order in which they arrived; asking for a certain one
/// leaves the others in place (selective receive).
public struct Mailbox<Message: Sendable> {
  let process: BodyProcess<Message>

  init(_ process: BodyProcess<Message>) { self.process = process }

  /// For others to send to.
  public var ref: ProcessRef<Message> { ProcessRef(unchecked: process) }

  /// The next message, in order of arrival.
  ///
  /// Suspends until there is one.
  ///
  /// - Parameter within: how long to wait; zero looks at the mailbox and does not wait; nil waits for ever.
  /// - Returns: the message, which is no longer in the mailbox.
  /// - Throws: ``MailboxError/timeout``; the ``ExitReason`` when the process ends meanwhile.
  public func next(within: Duration? = nil) async throws -> Message {
    Envelope<Message>.open(try await process.receiveMessage(until: deadline(within)))
  }

  /// The first message that `matches`; the others stay where they are (OTP's selective receive).
  ///
  /// Suspends until there is one. `matches` may be asked several times about one message.
  public func next(within: Duration? = nil, where matches: @escaping (Message) -> Bool) async throws -> Message {
    let wanted = Wanted<Message> { envelope in
      envelope.pointee.kind == .message && Envelope<Message>.peek(envelope) { matches($0) }
    } open: {
      Envelope<Message>.open($0)
    }
    return try await process.receive(until: deadline(within), wanted)
  }

  /// The next exit or down signal.
  ///
  /// Suspends until there is one.
  ///
  /// - Throws: ``MailboxError/timeout``; the ``ExitReason`` when the process ends meanwhile.
  public func signal(within: Duration? = nil) async throws -> Signal {
    try await signal(within: within) { _ in true }
  }

  /// The first signal that `matches`; the others stay.
  public func signal(within: Duration? = nil, where matches: @escaping (Signal) -> Bool) async throws -> Signal {
    let wanted = Wanted<Signal> { envelope in
      envelope.pointee.kind == .signal && Envelope<Signal>.peek(envelope) { matches($0) }
    } open: {
      Envelope<Signal>.open($0)
    }
    return try await process.receive(until: deadline(within), wanted)
  }

  /// What comes next, message or signal, in the order of arrival (OTP's plain `receive`).
  public func receive(within: Duration? = nil) async throws -> Received<Message> {
    let wanted = Wanted<Received<Message>> { envelope in
      envelope.pointee.kind != .system
    } open: { envelope in
      envelope.pointee.kind == .signal
        ? .signal(Envelope<Signal>.open(envelope)) : .message(Envelope<Message>.open(envelope))
    }
    return try await process.receive(until: deadline(within), wanted)
  }
}

extension Mailbox {
  func deadline(_ within: Duration?) -> Int64 {
    within.map { process.node.clock.now().after($0) } ?? .max
  }
}

/// A message or a signal.
public enum Received<Message: Sendable>: Sendable {
  case message(Message)
  case signal(Signal)
}

/// Why no message came.
public struct MailboxError: Error, Sendable, Equatable, CustomStringConvertible {
  private let text: String
  /// Nothing that was asked for came in time.
  public static let timeout = MailboxError(text: "no message that was asked for came in time")
  public var description: String { text }

  /// So that `catch MailboxError.timeout` can be written.
  public static func ~= (pattern: MailboxError, error: any Error) -> Bool {
    (error as? MailboxError) == pattern
  }
}
