/// A type of the standard library whose term is known without `Codable`.
protocol TermScalar {
  /// The value of a term, or nil when the term has another shape.
  static func scalar(_ term: Term) -> Self?
  /// What must stand there, in words.
  static var expectation: String { get }
  var scalarTerm: Term { get }
}

extension Term: TermScalar {
  static func scalar(_ term: Term) -> Term? { term }
  static var expectation: String { "a term" }
  var scalarTerm: Term { self }
}

extension Atom: TermScalar {
  static func scalar(_ term: Term) -> Atom? { term.atom }
  static var expectation: String { "an atom" }
  var scalarTerm: Term { .atom(self) }
}

extension Bool: TermScalar {
  static func scalar(_ term: Term) -> Bool? { term.bool }
  static var expectation: String { "true or false" }
  var scalarTerm: Term { .bool(self) }
}

extension String: TermScalar {
  static func scalar(_ term: Term) -> String? { term.text ?? (term.isNil ? nil : term.atom?.name) }
  static var expectation: String { "a binary in UTF-8, a charlist or an atom" }
  var scalarTerm: Term { .string(self) }
}

extension Double: TermScalar {
  static func scalar(_ term: Term) -> Double? {
    switch term {
    case .float(let value): value
    case .integer(let value): Double(value)
    case .bigInteger(let value): Double(value)
    default: nil
    }
  }
  static var expectation: String { "a number" }
  var scalarTerm: Term { .float(self) }
}

extension Float: TermScalar {
  static func scalar(_ term: Term) -> Float? {
    guard let value = Double.scalar(term).map({ Float($0) }), value.isFinite else { return nil }
    return value
  }
  static var expectation: String { "a number within the range of Float" }
  var scalarTerm: Term { .float(Double(self)) }
}

extension TermScalar where Self: FixedWidthInteger {
  static func scalar(_ term: Term) -> Self? {
    switch term {
    case .integer(let value): Self(exactly: value)
    case .bigInteger(let value): Self(exactly: value)
    default: nil
    }
  }
  static var expectation: String { "an integer from \(Self.min) to \(Self.max)" }
  var scalarTerm: Term { Term(self) }
}

extension Int: TermScalar {}
extension Int8: TermScalar {}
extension Int16: TermScalar {}
extension Int32: TermScalar {}
extension Int64: TermScalar {}
extension Int128: TermScalar {}
extension UInt: TermScalar {}
extension UInt8: TermScalar {}
extension UInt16: TermScalar {}
extension UInt32: TermScalar {}
extension UInt64: TermScalar {}
extension UInt128: TermScalar {}

/// A step of a coding path that is no key of a type.
struct TermKey: CodingKey {
  let intValue: Int?
  private let name: String

  /// Made when it is asked for: most elements are read without an error.
  var stringValue: String { intValue.map { String($0) } ?? name }

  init(_ index: Int) {
    intValue = index
    name = ""
  }

  init(_ name: String) {
    self.name = name
    intValue = nil
  }

  init?(stringValue: String) { self.init(stringValue) }

  init?(intValue: Int) { self.init(intValue) }
}
