/// What the shell of a handshake is to do, in this order.
enum HandshakeEffect: Equatable {
  case send(HandshakeMessage)
  /// To be answered with ``Acceptor/decide(_:)``.
  case decide(NodeName)
  /// The peer has proved that it has the cookie: the one that it replaces is to be ended now.
  case authenticated(NodeName)
  /// The connection is up, and all further bytes are frames.
  case established(PeerIdentity)
  /// Our dial is not needed: the peer's own comes in. Close this one and wait for that.
  case awaitPeer
  /// Close, without a word more.
  case fail(HandshakeError)
}
