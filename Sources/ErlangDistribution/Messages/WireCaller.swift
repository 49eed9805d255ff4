import ErlangTerms

/// Who has called from another node, and waits.
enum WireCaller: Sendable {
  /// As nearly all do: with an alias to send the answer to.
  case alias(Term.Reference, of: Term.Pid)
  case tagged(GenMessage.Caller)

  /// The same as it stands in a message.
  var caller: GenMessage.Caller {
    switch self {
    case .alias(let alias, let pid):
      GenMessage.Caller(pid: pid, tag: .improperList([.atom("alias")], tail: .reference(alias)))
    case .tagged(let caller): caller
    }
  }
}

/// A message of another node, taken apart.
struct IncomingMessage {
  enum Kind {
    case call(WireCaller)
    case cast
    case info
  }

  let kind: Kind
  let request: Term

  /// A message from the peer.
  ///
  /// - Throws: `TermError` if it is no term.
  init(_ payload: Payload, from peer: Atom, limits: TermLimits) throws(TermError) {
    if payload.atoms.isEmpty {
      switch GenMessage.outline(payload.bytes.span.bytes, from: peer) {
      case .call(let pid, let alias, let offset):
        kind = .call(.alias(alias, of: pid))
        request = try payload.term(at: offset, limits: limits)
        return
      case .cast(let offset):
        kind = .cast
        request = try payload.term(at: offset, limits: limits)
        return
      case nil: break
      }
    }
    switch GenMessage(try payload.term(limits: limits)) {
    case .call(let request, let caller): (kind, self.request) = (.call(.tagged(caller)), request)
    case .cast(let request): (kind, self.request) = (.cast, request)
    case .info(let term): (kind, request) = (.info, term)
    }
  }

  /// The same as terms.
  var message: GenMessage {
    switch kind {
    case .call(let caller): .call(request, from: caller.caller)
    case .cast: .cast(request)
    case .info: .info(request)
    }
  }
}
