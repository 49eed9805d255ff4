extension Term: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral {
  /// An integer.
  public init(integerLiteral value: Int) { self = .integer(value) }

  /// A float.
  public init(floatLiteral value: Double) { self = .float(value) }

  /// The atom `true` or `false`.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension Term: ExpressibleByStringInterpolation {
  /// A binary in UTF-8.
  public init(stringLiteral value: String) { self = .string(value) }
}

extension Term: ExpressibleByArrayLiteral {
  /// A proper list.
  public init(arrayLiteral elements: Term...) { self = .list(elements) }
}

extension Term: ExpressibleByDictionaryLiteral {
  /// A map.
  ///
  /// Of two equal keys the later one counts, as in Erlang.
  public init(dictionaryLiteral elements: (Term, Term)...) {
    self = .map(Dictionary(elements) { _, last in last })
  }
}
