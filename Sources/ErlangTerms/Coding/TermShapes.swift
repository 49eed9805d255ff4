/// A type that says itself which term it is, for shapes that `Codable` does not reach.
///
/// It is `Codable` as well, where values of it stand inside of others.
public protocol TermConvertible {
  /// The value of a term. Throw what you like for a term of another shape; it arrives as a `DecodingError`.
  init(term: Term) throws
  /// The term of this value.
  var term: Term { get throws }
}

/// A structure that is a record of Erlang: a tuple of its name and its properties, in the order in which they are coded.
///
/// A property that is nil is the atom `nil`; none is left out.
public protocol ErlangRecord: Codable {
  /// The record's name, the first element of the tuple.
  static var recordName: Atom { get }
}

/// A structure that is a struct of Elixir: a map with the name of its module under `__struct__`.
public protocol ElixirStruct: Codable {
  /// The module as it is in Erlang: `Elixir.MyApp.User`.
  static var moduleName: Atom { get }
}

/// An enumeration of raw texts whose cases are atoms.
///
/// Without this, `Codable` makes binaries of them.
///
/// The atom is the raw value as it stands.
public protocol AtomCodable: Codable, RawRepresentable where RawValue == String {}

/// A value that travels beside a message and not in it: the reply handle of a call, whose place is in `$gen_call`.
///
/// As a payload of a case it takes no place in the tuple. Its own `encode(to:)` and `init(from:)` are called, and find what
/// they need in the `userInfo` of ``TermCoding``; a term that they encode is dropped.
public protocol CarriedBeside: Codable {}
