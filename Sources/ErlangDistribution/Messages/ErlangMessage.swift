public import ErlangTerms
@_spi(Runtime) public import ProcessRuntime

/// What any Erlang process may send to a GenServer, taken as it comes: for servers and clients without a Swift type for
/// their messages.
///
/// A server whose messages are of this type gets whatever is sent to it. A `ProcessName` or `ProcessRef` of this type sends
/// any term:
///
///     let store = ProcessName<ErlangMessage>("store", node: "db@host")
///     let found = try await store.call { .call(.tuple([.atom("get"), "key"]), $0) }
public enum ErlangMessage: Sendable {
  /// `GenServer.call`: whoever has sent it waits for the answer.
  case call(Term, ReplyTo<Term>)
  /// `GenServer.cast`
  case cast(Term)
  /// `send`, `!`
  case info(Term)

  func outgoing(_ context: TransferContext) -> (Term, isPlain: Bool) {
    switch self {
    case .call(let term, let reply):
      reply.leave(for: context)
      return (term, false)
    case .cast(let term): return (term, false)
    case .info(let term): return (term, true)
    }
  }

  init?(_ message: GenMessage, _ context: TransferContext) {
    switch message {
    case .call(let request, _):
      guard let reply = context.take() else { return nil }
      self = .call(request, ReplyTo(outside: reply))
    case .cast(let request): self = .cast(request)
    case .info(let term): self = .info(term)
    }
  }
}

extension ErlangMessage: OutsideTermMessage {
  package init(_ term: Term, replyingTo reply: AnyObject?) {
    if let reply = reply as? any OutsideReply {
      self = .call(term, ReplyTo(outside: reply))
    } else {
      self = .cast(term)
    }
  }
}

/// A type of messages that are sent to other nodes as they are (`send`, `!`), and arrive there in `handle_info`.
///
/// Those of other types are casts. What comes in may be either.
public protocol SentPlainly: Encodable {}
