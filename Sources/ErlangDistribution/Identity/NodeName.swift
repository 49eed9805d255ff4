package import ErlangTerms

/// The name of a node, `name@host`, checked.
///
/// It is ASCII letters, digits, `_`, `-` and, after the first character of each half, dots; Erlang allows more, but what it
/// allows differs from release to release. A host with a dot makes it a long name: nodes with long and with short names do not
/// connect to each other.
package struct NodeName: Hashable, Sendable {
  package let name: String
  package let host: String

  /// The most bytes that the whole name may have.
  package static let maximumByteCount = 255

  package init(_ text: String) throws(NodeNameError) {
    let halves = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    guard halves.count == 2, let name = NodeName.half(halves[0]), let host = NodeName.half(halves[1]),
      text.utf8.count <= NodeName.maximumByteCount
    else { throw NodeNameError() }
    self.name = name
    self.host = host
  }

  /// The name of an atom or of bytes from a peer, or nil when they are none.
  package init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count <= NodeName.maximumByteCount, bytes.allSatisfy({ $0 < 128 }),
      let name = try? NodeName(String(decoding: bytes, as: UTF8.self))
    else { return nil }
    self = name
  }

  private static func half(_ text: some Collection<UInt8>) -> String? {
    guard let first = text.first, first != UInt8(ascii: "."), text.allSatisfy(isAllowed) else { return nil }
    return String(decoding: text, as: UTF8.self)
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  /// The whole name, `name@host`.
  package var full: String { "\(name)@\(host)" }

  package var atom: Atom { Atom(full) }

  /// Whether the host is one of long names.
  package var isLong: Bool { host.utf8.contains(UInt8(ascii: ".")) }
}

extension NodeName: Comparable {
  /// The order that decides who may go on when two nodes dial each other at once.
  package static func < (left: NodeName, right: NodeName) -> Bool {
    left.full.utf8.lexicographicallyPrecedes(right.full.utf8)
  }
}

extension NodeName: CustomStringConvertible {
  package var description: String { full }
}

/// A text is no name of a node.
package struct NodeNameError: Error, Hashable, Sendable, CustomStringConvertible {
  package init() {}

  package var description: String {
    "the name of a node is name@host, of letters, digits, '_', '-' and '.', and at most 255 bytes; "
      + "an IPv6 address or another letter cannot stand in it"
  }
}
