import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision
import Synchronization

/// A message that was written as a term, on its way to a process that takes such messages.
///
/// What it takes to make it of a term has been done before, elsewhere: the receiver runs nobody's code for it.
final class TermMessage: ForeignMessage, @unchecked Sendable {
  /// Of the receiver's type, and nobody else's any more.
  private let value: Any
  private let onRefusal: @Sendable () -> Void

  /// - Parameters:
  ///   - value: the message, which the caller gives away.
  ///   - onRefusal: the receiver's mailbox is full.
  init(_ value: Any, onRefusal: @escaping @Sendable () -> Void) {
    self.value = value
    self.onRefusal = onRefusal
  }

  func envelope<Message: Sendable>(
    of type: Message.Type, for process: ProcessCell
  ) -> UnsafeMutablePointer<EnvelopeHeader>? {
    (value as? Message).map { Envelope<Message>.make($0, kind: .message) }
  }

  func isRefused(by process: ProcessCell) { onRefusal() }
}

/// Whoever waits at the other end of a control socket for the answer to a call.
final class TermReply: OutsideReply, OutsideReplyCarrier {
  enum Outcome: Sendable {
    /// What the receiver has said; it becomes a text elsewhere.
    case answer(any Sendable)
    case noReply
    case refused
  }

  private let state = Mutex<(isTaken: Bool, outcome: Outcome?, ticket: CheckedContinuation<Outcome?, Never>?)>(
    (false, nil, nil))

  /// Whether the message has room for the one who waits.
  var isTaken: Bool { state.withLock { $0.isTaken } }

  func takeReply() -> (any OutsideReply)? {
    state.withLock { $0.isTaken = true }
    return self
  }

  func answer<Value: Sendable>(_ value: Value) { settle(.answer(value)) }
  var isWaiting: Bool { state.withLock { $0.outcome == nil } }
  func giveUp() { settle(.noReply) }
  func refuse() { settle(.refused) }

  /// The first counts.
  private func settle(_ outcome: Outcome) {
    let ticket = state.withLock { state in
      if state.outcome == nil { state.outcome = outcome }
      defer { state.ticket = nil }
      return state.ticket
    }
    ticket?.resume(returning: outcome)
  }

  /// Nil if nobody has answered when the wait is ended.
  func wait() async -> Outcome? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { ticket in
        let known: Outcome?? = state.withLock { state in
          if let outcome = state.outcome { return .some(outcome) }
          if Task.isCancelled { return .some(nil) }
          state.ticket = ticket
          return nil
        }
        if let known { ticket.resume(returning: known) }
      }
    } onCancel: {
      let ticket = state.withLock { $0.ticket.take() }
      ticket?.resume(returning: nil)
    }
  }
}

extension CallAnswer {
  /// Runs the user's code.
  init(_ value: any Sendable) {
    if value is Void {
      self.init(answer: ":ok", isTerm: true)
    } else if let value = value as? any Encodable, let term = try? TermCoding().term(of: value) {
      self.init(answer: term.text(in: .elixir), isTerm: true)
    } else {
      self.init(answer: "\(value)", isTerm: false)
    }
  }
}
