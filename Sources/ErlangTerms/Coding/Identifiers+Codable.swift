/// What an identifier's term is not.
private struct OtherTerm: Error, CustomStringConvertible {
  let description: String
}

extension Term.Pid: TermConvertible {
  /// The same, out of its term.
  public init(term: Term) throws {
    guard case .pid(let pid) = term else { throw OtherTerm(description: "it is no pid") }
    self = pid
  }

  /// The pid as a term.
  public var term: Term { .pid(self) }
}

extension Term.Port: TermConvertible {
  /// The same, out of its term.
  public init(term: Term) throws {
    guard case .port(let port) = term else { throw OtherTerm(description: "it is no port") }
    self = port
  }

  /// The port as a term.
  public var term: Term { .port(self) }
}

extension Term.Reference: TermConvertible {
  /// The same, out of its term.
  public init(term: Term) throws {
    guard case .reference(let reference) = term else { throw OtherTerm(description: "it is no reference") }
    self = reference
  }

  /// The reference as a term.
  public var term: Term { .reference(self) }
}

extension Term.Export: TermConvertible {
  /// The same, out of its term.
  public init(term: Term) throws {
    guard case .export(let export) = term else { throw OtherTerm(description: "it is no function of a module") }
    self = export
  }

  /// The function as a term.
  public var term: Term { .export(self) }
}

extension Term.Function: TermConvertible {
  /// The same, out of its term.
  public init(term: Term) throws {
    guard case .function(let function) = term else { throw OtherTerm(description: "it is no closure") }
    self = function
  }

  /// The closure as a term.
  public var term: Term { .function(self) }
}
