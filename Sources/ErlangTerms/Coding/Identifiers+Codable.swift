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

extension Term.Reference: Codable {
  private enum CodingKeys: CodingKey {
    case node, creation, words
  }

  /// The reference of its three parts; as a term it is what it is.
  public init(from decoder: any Decoder) throws {
    let parts = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      node: try parts.decode(Atom.self, forKey: .node), creation: try parts.decode(UInt32.self, forKey: .creation),
      words: try parts.decode([UInt32].self, forKey: .words))
  }

  /// Its three parts.
  public func encode(to encoder: any Encoder) throws {
    var parts = encoder.container(keyedBy: CodingKeys.self)
    try parts.encode(node, forKey: .node)
    try parts.encode(creation, forKey: .creation)
    try parts.encode(words, forKey: .words)
  }
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
