/// The handshake of the node that was dialled: messages in, effects out.
struct Acceptor {
  private struct Peer {
    var name: NodeName
    var creation: UInt32
    var flags: DistributionFlags
  }

  private enum State {
    case name
    case decision(Peer)
    /// The peer is to say whether it really has no connection.
    case confirmation(Peer)
    case reply(Peer)
    case ended
  }

  private let settings: HandshakeSettings
  private let ownChallenge: UInt32
  private var state = State.name

  /// A handshake with whoever has connected.
  ///
  /// The challenge is to be random.
  init(_ settings: HandshakeSettings, challenge: UInt32) {
    self.settings = settings
    ownChallenge = challenge
  }

  mutating func receive(_ bytes: [UInt8]) -> [HandshakeEffect] {
    switch state {
    case .name: name(bytes)
    case .confirmation(let peer): confirmation(bytes, peer)
    case .reply(let peer): reply(bytes, peer)
    case .decision: fail(.malformed("the peer did not wait for a status"))
    case .ended: []
    }
  }

  /// Goes on after ``HandshakeEffect/decide(_:)``; nil closes without a word.
  mutating func decide(_ status: HandshakeStatus?) -> [HandshakeEffect] {
    guard case .decision(let peer) = state else { return [] }
    switch status {
    case .ok, .okSimultaneous:
      state = .reply(peer)
      return [.send(.status(status ?? .ok)), challenge]
    case .alive:
      state = .confirmation(peer)
      return [.send(.status(.alive))]
    case .nok: return [.send(.status(.nok))] + fail(.superseded)
    case .notAllowed: return [.send(.status(.notAllowed))] + fail(.notAllowed("decided so"))
    case .true, .false, nil: return fail(.superseded)
    }
  }

  private var challenge: HandshakeEffect {
    .send(
      .challenge(
        flags: settings.flags, challenge: ownChallenge, creation: settings.creation,
        name: Array(settings.name.full.utf8)))
  }

  private mutating func fail(_ error: HandshakeError) -> [HandshakeEffect] {
    state = .ended
    return [.fail(error)]
  }

  private mutating func refuse(_ error: HandshakeError) -> [HandshakeEffect] {
    [.send(.status(.notAllowed))] + fail(error)
  }

  private mutating func name(_ bytes: [UInt8]) -> [HandshakeEffect] {
    guard case .name(let flags, let creation, let text) = HandshakeMessage.name(from: bytes) else {
      return fail(.malformed("a name was expected"))
    }
    // A node that asks for a name sends its host alone.
    guard !flags.contains(.nameMe) else { return refuse(.notAllowed("the peer asks for a name")) }
    guard let name = NodeName(text) else { return fail(.malformed("the name is none of a node")) }
    guard flags.missing.isEmpty else { return refuse(.missingFlags(flags.missing)) }
    guard name != settings.name else { return refuse(.notAllowed("the peer has this node's name")) }
    guard settings.allowed.contains(name) else { return refuse(.notAllowed("the peer is not on the list")) }
    state = .decision(Peer(name: name, creation: creation, flags: flags))
    return [.decide(name)]
  }

  private mutating func confirmation(_ bytes: [UInt8], _ peer: Peer) -> [HandshakeEffect] {
    switch HandshakeMessage.status(from: bytes) {
    case .status(.true):
      state = .reply(peer)
      return [challenge]
    case .status(.false): return fail(.superseded)
    default: return fail(.malformed("true or false was expected"))
    }
  }

  private mutating func reply(_ bytes: [UInt8], _ peer: Peer) -> [HandshakeEffect] {
    guard case .reply(let challenge, let digest) = HandshakeMessage.reply(from: bytes) else {
      return fail(.malformed("a reply was expected"))
    }
    let isRight = CookieProof.areEqual(CookieProof.digest(settings.cookie, ownChallenge), digest)
    guard isRight, challenge != ownChallenge else { return fail(.wrongCookie) }
    state = .ended
    return [
      .authenticated(peer.name), .send(.acknowledgement(digest: CookieProof.digest(settings.cookie, challenge))),
      .established(PeerIdentity(peer.name, peer.creation, peer.flags, settings)),
    ]
  }
}
