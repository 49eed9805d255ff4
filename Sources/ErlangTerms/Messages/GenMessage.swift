/// What arrives in the mailbox of a `gen_server`, taken apart: a call, a cast, or anything else.
public enum GenMessage: Hashable, Sendable {
  /// `{'$gen_call', From, Request}`.
  case call(Term, from: Caller)
  /// `{'$gen_cast', Request}`.
  case cast(Term)
  /// Any other term, which `handle_info/2` would get.
  case info(Term)

  /// Who has called, and waits: `From`, `{Pid, Tag}`.
  public struct Caller: Hashable, Sendable {
    /// The process that waits.
    ///
    /// It may be one of a third node.
    public let pid: Term.Pid
    /// What the reply must carry: a reference, or `[alias | Reference]`.
    public let tag: Term

    /// The caller of these parts.
    public init(pid: Term.Pid, tag: Term) {
      self.pid = pid
      self.tag = tag
    }

    /// The caller of a term `{Pid, Tag}`, or nil for another term.
    public init?(_ term: Term) {
      guard case .tuple(let parts) = term, parts.count == 2, case .pid(let pid) = parts[0] else { return nil }
      self.init(pid: pid, tag: parts[1])
    }

    /// `{Pid, Tag}`.
    public var term: Term { .tuple([.pid(pid), tag]) }

    /// The reference to send the reply to instead of the pid, when the caller asked for that: its alias.
    public var alias: Term.Reference? {
      guard case .improperList(let head, let tail) = tag, head.count == 1, head[0].atom == "alias" else { return nil }
      return tail.reference
    }

    /// The message that answers the call: `{Tag, Reply}`.
    public func reply(_ value: Term) -> Term { .tuple([tag, value]) }
  }

  /// Takes a message apart.
  public init(_ term: Term) {
    guard case .tuple(let parts) = term else {
      self = .info(term)
      return
    }
    if parts.count == 3, parts[0].atom == "$gen_call", let caller = Caller(parts[1]) {
      self = .call(parts[2], from: caller)
    } else if parts.count == 2, parts[0].atom == "$gen_cast" {
      self = .cast(parts[1])
    } else {
      self = .info(term)
    }
  }

  /// The message as it is sent.
  public var term: Term {
    switch self {
    case .call(let request, let caller): .tuple([.atom("$gen_call"), caller.term, request])
    case .cast(let request): .tuple([.atom("$gen_cast"), request])
    case .info(let term): term
    }
  }
}
