/// Why a process ended, as it travels between nodes.
public enum ExitTerm: Hashable, Sendable {
  /// `normal`: it was done.
  case normal
  /// `shutdown`: its supervisor asked it to end.
  case shutdown
  /// `{shutdown, Details}`: a clean end that says more.
  case shutdownBecause(Term)
  /// `kill`, which cannot be trapped. Those who are linked hear ``killed``.
  case kill
  /// `killed`.
  case killed
  /// `noproc`: there was no such process.
  case noProcess
  /// `noconnection`: its node cannot be reached.
  case noConnection
  /// `{nodedown, Node}`: what a call to a lost node ends with.
  case nodeDown(Atom)
  /// Any other reason: an error.
  case other(Term)

  /// The reason that a term stands for.
  public init(_ term: Term) {
    switch term {
    case .atom("normal"): self = .normal
    case .atom("shutdown"): self = .shutdown
    case .atom("kill"): self = .kill
    case .atom("killed"): self = .killed
    case .atom("noproc"): self = .noProcess
    case .atom("noconnection"): self = .noConnection
    case .tuple(let parts) where parts.count == 2:
      if parts[0] == .atom("shutdown") {
        self = .shutdownBecause(parts[1])
      } else if parts[0] == .atom("nodedown"), case .atom(let node) = parts[1] {
        self = .nodeDown(node)
      } else {
        self = .other(term)
      }
    default: self = .other(term)
    }
  }

  /// The reason of an error in Swift: its own term if it is ``TermConvertible``, else `{swift_error, Type, Text}`.
  public init(_ error: some Error) {
    if let convertible = error as? any TermConvertible, let term = try? convertible.term {
      self.init(term)
    } else {
      self = .other(
        .tuple([.atom("swift_error"), .string(String(describing: type(of: error))), .string(String(describing: error))])
      )
    }
  }

  /// The reason as a term.
  public var term: Term {
    switch self {
    case .normal: .atom("normal")
    case .shutdown: .atom("shutdown")
    case .shutdownBecause(let details): .tuple([.atom("shutdown"), details])
    case .kill: .atom("kill")
    case .killed: .atom("killed")
    case .noProcess: .atom("noproc")
    case .noConnection: .atom("noconnection")
    case .nodeDown(let node): .tuple([.atom("nodedown"), .atom(node)])
    case .other(let term): term
    }
  }

  /// Whether a supervisor takes it for a clean end.
  public var isClean: Bool {
    switch self {
    case .normal, .shutdown, .shutdownBecause: true
    default: false
    }
  }
}
