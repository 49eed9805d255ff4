import ErlangTerms

/// The handshake of the node that dials: messages in, effects out.
struct Initiator {
  private enum State {
    case status
    case challenge
    case acknowledgement(PeerIdentity)
    case ended
  }

  private let settings: HandshakeSettings
  private let peer: NodeName
  private let ownChallenge: UInt32
  private var state = State.status

  /// A handshake with a peer that is expected to have this name.
  ///
  /// The challenge is to be random.
  init(_ settings: HandshakeSettings, to peer: NodeName, challenge: UInt32) {
    self.settings = settings
    self.peer = peer
    ownChallenge = challenge
  }

  /// What to do once the transport is connected.
  func start() -> [HandshakeEffect] {
    [
      .send(
        .name(flags: settings.flags, creation: settings.creation, name: Array(settings.name.full.utf8)))
    ]
  }

  mutating func receive(_ bytes: [UInt8]) -> [HandshakeEffect] {
    switch state {
    case .status: status(bytes)
    case .challenge: challenge(bytes)
    case .acknowledgement(let identity): acknowledgement(bytes, identity)
    case .ended: []
    }
  }

  private mutating func fail(_ error: HandshakeError) -> [HandshakeEffect] {
    state = .ended
    return [.fail(error)]
  }

  private mutating func status(_ bytes: [UInt8]) -> [HandshakeEffect] {
    guard case .status(let status) = HandshakeMessage.status(from: bytes) else {
      return fail(.malformed("a status was expected"))
    }
    switch status {
    case .ok, .okSimultaneous:
      state = .challenge
      return []
    case .alive:
      // The peer has not noticed that our last connection ended, or this node has been restarted.
      state = .challenge
      return [.send(.status(.true))]
    case .nok:
      state = .ended
      return [.awaitPeer]
    case .notAllowed: return fail(.refused)
    case .true, .false: return fail(.malformed("the status is none of an acceptor"))
    }
  }

  private mutating func challenge(_ bytes: [UInt8]) -> [HandshakeEffect] {
    guard case .challenge(let flags, let challenge, let creation, let name) = HandshakeMessage.challenge(from: bytes)
    else { return fail(.malformed("a challenge was expected")) }
    guard NodeName(name) == peer else { return fail(.otherName) }
    guard flags.missing.isEmpty else { return fail(.missingFlags(flags.missing)) }
    // Who sends our own question back wants our answer for itself.
    guard challenge != ownChallenge else { return fail(.malformed("the challenge is our own")) }
    let digest = CookieProof.digest(settings.cookie, challenge)
    state = .acknowledgement(PeerIdentity(peer, creation, flags, settings))
    return [.send(.reply(challenge: ownChallenge, digest: digest))]
  }

  private mutating func acknowledgement(_ bytes: [UInt8], _ identity: PeerIdentity) -> [HandshakeEffect] {
    guard case .acknowledgement(let digest) = HandshakeMessage.acknowledgement(from: bytes) else {
      return fail(.malformed("an acknowledgement was expected"))
    }
    guard CookieProof.areEqual(CookieProof.digest(settings.cookie, ownChallenge), digest) else {
      return fail(.wrongCookie)
    }
    state = .ended
    return [.authenticated(peer), .established(identity)]
  }

  /// Whether the peer closes now because it does not accept our proof, most likely.
  var awaitsAcknowledgement: Bool {
    if case .acknowledgement = state { true } else { false }
  }
}

extension PeerIdentity {
  init(_ peer: NodeName, _ creation: UInt32, _ flags: DistributionFlags, _ settings: HandshakeSettings) {
    self.init(
      node: NodeIdentity(name: peer.atom, creation: creation), flags: flags.expanded.intersection(settings.flags),
      isHidden: !flags.contains(.published))
  }
}
