/// Why there is no encryption: what is wrong, and what to do.
struct TLSFailure: Error, Hashable, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// A node with TLS and one without have met.
  static let onlyOne = TLSFailure("the peer speaks TLS, and this node does not: give it the option tls")

  /// Whether what a peer has sent first, to a node without TLS, is TLS: a hello or an alert.
  static func isSpoken(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.starts(with: [0x16, 3]) || bytes.starts(with: [0x15, 3])
  }
}
