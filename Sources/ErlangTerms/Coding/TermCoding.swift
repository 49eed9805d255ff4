/// How Swift's values become terms, and terms values, through `Codable`.
///
/// | Swift | term |
/// |---|---|
/// | `Message.save("hola")` | `{save,<<"hola">>}` |
/// | `Message.move(x: 1, y: 2)` | `{move,1,2}`: labels are dropped |
/// | `Message.get` | `get` |
/// | a structure | a map whose keys are atoms: `#{user_name => <<"ana">>}` |
/// | `String`, `[UInt8]` | a binary |
/// | `Bool`, ``Atom`` | an atom |
/// | integers of any width, floats | numbers |
/// | `nil` | the atom `nil`, read from `undefined` and an absent key as well |
/// | an array, a set | a list |
/// | a dictionary | a map; keys of type `String` are binaries |
/// | ``Term`` | itself |
///
/// Names change between `camelCase` and `snake_case`. What Erlang would write otherwise is read too: a charlist or an atom as
/// a `String`, an integer as a `Double`, binaries for the keys of a structure.
///
/// ``ErlangRecord``, ``ElixirStruct`` and ``AtomCodable`` choose other shapes for a type; ``TermConvertible`` any shape.
public struct TermCoding: Sendable {
  /// How names of cases and properties are written as atoms.
  public enum Names: Hashable, Sendable {
    /// `userName` is `user_name`.
    case snakeCase
    /// `userName` is `userName`.
    case asWritten
  }

  /// How names of cases and properties are written as atoms.
  public var names: Names = .snakeCase
  /// Whether dictionaries whose keys are of type `String` get atoms as keys instead of binaries.
  ///
  /// Both are read.
  public var dictionariesHaveAtomKeys = false
  /// What is handed to the `Codable` implementations.
  public var userInfo: [CodingUserInfoKey: any Sendable] = [:]
  /// How long a coding path may be: a step for each value within another, two for the payload of a case.
  ///
  /// `Codable` recurses, with much on the stack for each level; the default is what stacks of 512 KiB bear in debug
  /// builds.
  public var depth = 128
  /// What travels beside the term, found again by ``carried(by:)-(Encoder)``: as if it stood in `userInfo`, without a dictionary
  /// for each message.
  package var carried: (any AnyObject & Sendable)?

  /// The mapping of the table above.
  public init() {}

  /// The term of a value.
  ///
  /// It throws `EncodingError` for a value that no term stands for.
  public func term(of value: some Encodable) throws -> Term {
    try DraftContext(coding: self).term(of: value, nil)
  }

  /// The value that a term stands for.
  ///
  /// It throws `DecodingError` when the term has another shape, or a tuple more elements than the case has.
  public func value<Value: Decodable>(_ type: Value.Type = Value.self, from term: Term) throws -> Value {
    try TermSource(term: term, SourceContext(self), path: nil).value(type)
  }
}

extension Term {
  /// The term of a value, by `Codable`.
  ///
  /// ``TermCoding`` has the table of what becomes what.
  public init(encoding value: some Encodable, _ coding: TermCoding = TermCoding()) throws {
    self = try coding.term(of: value)
  }

  /// The value that this term stands for, by `Codable`.
  ///
  /// ``TermCoding`` has the table of what becomes what.
  public func decode<Value: Decodable>(_ type: Value.Type = Value.self, _ coding: TermCoding = TermCoding()) throws
    -> Value
  {
    try coding.value(type, from: self)
  }
}

/// The types that most values are of: their terms are the same with all options, and need no look for a conformance.
extension TermCoding {
  /// The term of a value; nil if ``term(of:)`` is to make it.
  package static func scalarTerm<Value>(_ value: Value) -> Term? {
    if Value.self == Int.self { return (value as? Int).map { .integer($0) } }
    if Value.self == String.self { return (value as? String).map { .string($0) } }
    if Value.self == Atom.self { return (value as? Atom).map { .atom($0) } }
    if Value.self == Bool.self { return (value as? Bool).map { .bool($0) } }
    return Value.self == Term.self ? value as? Term : nil
  }

  /// The value of a term; nil if ``value(_:from:)`` is to make it.
  package static func scalar<Value>(_ type: Value.Type, of term: Term) -> Value? {
    if type == Int.self, case .integer(let value) = term { return value as? Value }
    if type == String.self, case .binary(let bytes) = term {
      return String(validating: bytes, as: UTF8.self).flatMap { $0 as? Value }
    }
    if type == Atom.self, case .atom(let value) = term { return value as? Value }
    if type == Term.self { return term as? Value }
    return nil
  }
}

/// What travels beside a term.
extension TermCoding {
  /// What an encoder's coding carries.
  package static func carried(by encoder: any Encoder) -> AnyObject? {
    if let encoder = encoder as? DraftEncoder { return encoder.context.coding.carried }
    return carriedKey.flatMap { encoder.userInfo[$0] as AnyObject? }
  }

  /// What a decoder's coding carries.
  package static func carried(by decoder: any Decoder) -> AnyObject? {
    if let decoder = decoder as? TermSource { return decoder.context.coding.carried }
    return carriedKey.flatMap { decoder.userInfo[$0] as AnyObject? }
  }

  private static let carriedKey = CodingUserInfoKey(rawValue: "ErlangTerms.carried")

  /// The `userInfo` of an encoder or decoder, for those that wrap it too.
  var everything: [CodingUserInfoKey: Any] {
    var all: [CodingUserInfoKey: Any] = userInfo
    if let carried, let key = TermCoding.carriedKey { all[key] = carried }
    return all
  }
}
