/// An atom: a name that stands for itself.
///
/// It is a value, not an entry of a table: atoms that a peer sends are freed like any other text. Two atoms are equal when
/// their characters are, code point by code point; there is no Unicode equivalence as between Swift strings.
///
/// Erlang allows 255 characters. A longer one can be made here, but is not encoded.
public struct Atom: Sendable {
  /// The atom's characters, without the colon of Elixir or the quotes of Erlang.
  public let name: String

  /// The atom of a name.
  public init(_ name: String) {
    self.name = name
  }
}

extension Atom: ExpressibleByStringLiteral {
  /// The atom of a name.
  public init(stringLiteral value: String) { self.init(value) }
}

extension Atom: Hashable {
  public static func == (left: Atom, right: Atom) -> Bool {
    let (left, right) = (left.name.utf8, right.name.utf8)
    guard left.count == right.count else { return false }
    let isEqual = left.withContiguousStorageIfAvailable { left in
      right.withContiguousStorageIfAvailable { right in left.elementsEqual(right) }
    }
    return (isEqual ?? nil) ?? left.elementsEqual(right)
  }

  // Swift's own hash of a string is that of its normal form, so a peer could send many different atoms of one hash.
  public func hash(into hasher: inout Hasher) {
    let isHashed: Void? = name.utf8.withContiguousStorageIfAvailable {
      hasher.combine(bytes: UnsafeRawBufferPointer($0))
    }
    if isHashed == nil { for byte in name.utf8 { hasher.combine(byte) } }
  }
}

extension Atom: Comparable {
  /// Erlang's order of atoms: by code points.
  public static func < (left: Atom, right: Atom) -> Bool {
    left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
  }
}

extension Atom: Codable {
  /// An atom; outside of terms, a text.
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}

extension Atom: CustomStringConvertible {
  /// The atom as Erlang writes it, in quotes where it must be.
  public var description: String { Term.atom(self).description }
}
