public import ErlangTerms
@_spi(Runtime) package import ProcessRuntime

/// An exit reason of Erlang's that stands for nothing here: any term.
///
/// Throw one to end a process with that reason, as other nodes see it:
///
///     throw ErlangExit(.tuple([.atom("boom"), 1]))
public struct ErlangExit: Error, Hashable, Sendable, TermConvertible, CustomStringConvertible {
  /// The reason.
  public let term: Term

  /// The reason that a term is.
  public init(_ term: Term) { self.term = term }
  /// The same.
  public init(term: Term) { self.term = term }

  public var description: String { term.description }
}

extension Distribution {
  /// The reason, as other nodes see it.
  ///
  /// Of a fault they see its kind and the runtime's words: no paths and no addresses leave this program.
  package func term(of reason: ExitReason) -> Term {
    switch reason {
    case .normal: return ExitTerm.normal.term
    case .shutdown: return ExitTerm.shutdown.term
    case .kill: return ExitTerm.kill.term
    case .killed: return ExitTerm.killed.term
    case .noProcess: return ExitTerm.noProcess.term
    case .noConnection: return ExitTerm.noConnection.term
    case ExitReason.timeout: return .atom("timeout")
    default: break
    }
    if let detail = reason.shutdownDetail { return ExitTerm.shutdownBecause(term(ofDetail: detail)).term }
    if let fault = reason.fault {
      return .tuple([.atom("swift_fault"), .string("\(fault.kind)"), .string(fault.knownWords ?? "")])
    }
    if let error = reason.error { return ExitTerm(error).term }
    return .atom("unknown")
  }

  private func term(ofDetail detail: any Sendable) -> Term {
    if let value = detail as? any Encodable, let term = try? coding(TransferContext(self)).term(of: value) {
      return term
    }
    return .string("\(detail)")
  }

  /// The reason that came from another node.
  package func reason(of term: Term) -> ExitReason {
    switch ExitTerm(term) {
    case .normal: .normal
    case .shutdown: .shutdown
    case .shutdownBecause(let details): .shutdown(details)
    case .kill: .kill
    case .killed: .killed
    case .noProcess: .noProcess
    case .noConnection: .noConnection
    case .nodeDown, .other: term == .atom("timeout") ? .timeout : .failure(ErlangExit(term))
    }
  }
}
