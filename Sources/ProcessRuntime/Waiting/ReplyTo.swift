/// The right to answer one call, once (OTP's `From`).
///
/// Copyable and `Sendable`: answer from the handler, later, from another process, or from anywhere. The first answer counts,
/// later ones and those that come after the caller's timeout are dropped. When the last copy goes away unanswered, the
/// caller gets `noReply` at once; where that happens in a process, as soon as the code that let it go has returned or waits
/// for something, so that a caller whose message ends its process gets the reason.
public struct ReplyTo<Value: Sendable>: Sendable {
  private let token: ReplyToken

  init(_ ticket: WaitTicket) {
    token = ReplyToken(ticket)
  }

  /// For a caller of another node.
  package init(outside reply: any OutsideReply) {
    token = OutsideToken(reply)
  }

  /// The caller, if that is one of another node.
  package var outside: (any OutsideReply)? { token.outside }

  /// Answers the caller (`gen_server:reply/2`).
  ///
  /// Does not suspend; never fails: an answer that comes too late, or to a caller that is dead, is dropped.
  public func callAsFunction(_ value: Value) {
    if ProcessCell.isFenced() { return }
    if !token.ticket.resume(returning: value) { token.outside?.answer(value) }
  }
}

extension ReplyTo where Value == Void {
  /// Answers the caller that waits for nothing but the end of the work.
  public func callAsFunction() {
    callAsFunction(())
  }
}

/// What all copies of a ``ReplyTo`` share: its end is the end of the last copy.
private class ReplyToken: @unchecked Sendable {
  final let ticket: WaitTicket
  /// Asked only when nobody waits at the ticket.
  var outside: (any OutsideReply)? { nil }

  init(_ ticket: WaitTicket) { self.ticket = ticket }

  // Mostly it is answered: then there is no need to make an error.
  deinit { if ticket.isWaiting { Unanswered.ticket(ticket).isLeft() } }
}

private final class OutsideToken: ReplyToken, @unchecked Sendable {
  private let reply: any OutsideReply
  override var outside: (any OutsideReply)? { reply }

  init(_ reply: any OutsideReply) {
    self.reply = reply
    super.init(.none)
  }

  deinit { if reply.isWaiting { Unanswered.outside(reply).isLeft() } }
}
