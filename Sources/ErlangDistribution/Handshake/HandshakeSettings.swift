/// Who a node is in a handshake, and whom it lets in.
struct HandshakeSettings: Sendable {
  var name: NodeName
  var creation: UInt32
  var flags: DistributionFlags
  var cookie: Cookie
  var allowed: AllowedPeers = .all
}

/// The nodes that may connect, or be connected to, as `net_kernel:allow/1` restricts them.
package enum AllowedPeers: Hashable, Sendable {
  case all
  /// Those whose whole name, name or host is one of these.
  case only(Set<String>)

  func contains(_ peer: NodeName) -> Bool {
    switch self {
    case .all: true
    case .only(let allowed): allowed.contains(peer.full) || allowed.contains(peer.name) || allowed.contains(peer.host)
    }
  }
}

/// Why a handshake has failed, on this side.
enum HandshakeError: Error, Hashable {
  /// The peer breaks the protocol, or speaks another.
  case malformed(String)
  /// The peer's proof is wrong.
  case wrongCookie
  /// The peer's answer was `not_allowed`.
  case refused
  /// We answered `not_allowed`.
  case notAllowed(String)
  /// The peer lacks flags that every node of OTP 26 has, OTP 25 too.
  case missingFlags(DistributionFlags)
  /// The node that answered has another name than the one that was dialled.
  case otherName
  /// The other of two connections stays.
  case superseded
}
