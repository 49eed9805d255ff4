import ErlangTerms
import Testing

@testable import ErlangDistribution

struct HandshakeFixture {
  var settings: HandshakeSettings
  static let ownChallenge: UInt32 = 0xabcd_0123

  init(_ name: String = "probe@localhost", cookie: String = "probe", flags: DistributionFlags = .hidden) throws {
    settings = HandshakeSettings(
      name: try NodeName(name), creation: 0x0102_0304, flags: flags, cookie: try Cookie(cookie))
  }

  func initiator(to peer: String = "beam@localhost", challenge: UInt32 = ownChallenge) throws -> Initiator {
    Initiator(settings, to: try NodeName(peer), challenge: challenge)
  }

  func acceptor(challenge: UInt32 = ownChallenge) -> Acceptor { Acceptor(settings, challenge: challenge) }

  static func status(_ status: HandshakeStatus) -> [UInt8] { HandshakeMessage.status(status).bytes }

  func name(flags: DistributionFlags? = nil, as name: String? = nil) -> [UInt8] {
    HandshakeMessage.name(
      flags: flags ?? settings.flags, creation: settings.creation, name: Array((name ?? settings.name.full).utf8)
    ).bytes
  }

  func challenge(_ number: UInt32 = 7, flags: DistributionFlags? = nil, as name: String? = nil) -> [UInt8] {
    HandshakeMessage.challenge(
      flags: flags ?? settings.flags, challenge: number, creation: settings.creation,
      name: Array((name ?? settings.name.full).utf8)
    ).bytes
  }
}

extension [HandshakeEffect] {
  /// The error that ends the handshake, if any does.
  var error: HandshakeError? {
    if case .fail(let error) = last { error } else { nil }
  }

  var sent: [[UInt8]] {
    compactMap { if case .send(let message) = $0 { message.bytes } else { nil } }
  }

  var identity: PeerIdentity? {
    if case .established(let identity) = last { identity } else { nil }
  }
}

@Suite("The handshake of the node that dials", .timeLimit(.minutes(1)))
struct InitiatorTests {
  @Test("WIRE-4: the recorded handshake with OTP 25, byte by byte")
  func recorded() throws {
    let messages = try Recorded().handshake.map(\.bytes)
    let reply = try #require(HandshakeMessage.reply(from: messages[3]))
    guard case .reply(let challenge, _) = reply else { return }
    var machine = try HandshakeFixture().initiator(challenge: challenge)
    #expect(machine.start().sent == [messages[0]])
    #expect(machine.receive(messages[1]).isEmpty)
    #expect(machine.receive(messages[2]).sent == [messages[3]])
    #expect(machine.awaitsAcknowledgement)
    let effects = machine.receive(messages[4])
    #expect(effects.first == .authenticated(try NodeName("beam@localhost")))
    let identity = try #require(effects.identity)
    #expect(identity.node == NodeIdentity(name: "beam@localhost", creation: 0x6b01_22bd))
    #expect(!identity.isHidden && identity.flags == .hidden)
  }

  @Test("WIRE-4: each status leads where it should")
  func statuses() throws {
    let fixture = try HandshakeFixture()
    func after(_ status: HandshakeStatus) throws -> [HandshakeEffect] {
      var machine = try fixture.initiator()
      return machine.receive(HandshakeFixture.status(status))
    }
    #expect(try after(.ok) == [] && after(.okSimultaneous) == [])
    #expect(try after(.alive) == [.send(.status(.true))])
    #expect(try after(.nok) == [.awaitPeer])
    #expect(try after(.notAllowed).error == .refused)
    for status in [HandshakeStatus.true, .false] { #expect(try after(status).error != nil) }
    for bytes in [[], Array("sokk".utf8), Array("ok".utf8), Array("snamed:".utf8), [0x73, 0xff]] as [[UInt8]] {
      var machine = try fixture.initiator()
      #expect(machine.receive(bytes).error != nil)
    }
  }

  @Test("WIRE-4: a node of another name, our own challenge, a wrong proof end it")
  func refusals() throws {
    let peer = try HandshakeFixture("beam@localhost", flags: .visible)
    func after(_ challenge: [UInt8]) throws -> [HandshakeEffect] {
      var machine = try HandshakeFixture().initiator()
      _ = machine.receive(HandshakeFixture.status(.ok))
      return machine.receive(challenge)
    }
    #expect(try after(peer.challenge()).error == nil)
    #expect(try after(peer.challenge(as: "other@localhost")).error == .otherName)
    #expect(try after(peer.challenge(as: "beam")).error == .otherName)
    #expect(try after(peer.challenge(HandshakeFixture.ownChallenge)).error != nil)
    #expect(try after(Array(peer.challenge().dropLast())).error != nil)
    var machine = try HandshakeFixture().initiator()
    _ = machine.receive(HandshakeFixture.status(.ok))
    _ = machine.receive(peer.challenge())
    let wrong = CookieProof.digest(try Cookie("other"), HandshakeFixture.ownChallenge)
    #expect(machine.receive(HandshakeMessage.acknowledgement(digest: wrong).bytes).error == .wrongCookie)
    // Nothing revives it.
    let right = CookieProof.digest(try Cookie("probe"), HandshakeFixture.ownChallenge)
    #expect(machine.receive(HandshakeMessage.acknowledgement(digest: right).bytes) == [])
  }

  @Test("WIRE-6: a peer without one of the flags of OTP 26 is not connected to", arguments: 0..<64 as Range<UInt64>)
  func flags(bit: UInt64) throws {
    let flag = DistributionFlags(rawValue: 1 << bit)
    let peer = try HandshakeFixture("beam@localhost", flags: .visible.subtracting([flag, .mandatory25]))
    var machine = try HandshakeFixture().initiator()
    _ = machine.receive(HandshakeFixture.status(.ok))
    let error = machine.receive(peer.challenge()).error
    #expect(error == (DistributionFlags.demanded.contains(flag) ? .missingFlags(flag) : nil))
  }
}

@Suite("The handshake of the node that is dialled", .timeLimit(.minutes(1)))
struct AcceptorTests {
  @Test("WIRE-5: the recorded handshake with OTP 25, from the other side")
  func recorded() throws {
    let messages = try Recorded().handshake.map(\.bytes)
    guard case .challenge(let flags, let challenge, let creation, _) = HandshakeMessage.challenge(from: messages[2])
    else { return #expect(Bool(false)) }
    var fixture = try HandshakeFixture("beam@localhost", flags: flags)
    fixture.settings.creation = creation
    var machine = fixture.acceptor(challenge: challenge)
    #expect(machine.receive(messages[0]) == [.decide(try NodeName("probe@localhost"))])
    #expect(machine.decide(.ok).sent == [messages[1], messages[2]])
    let effects = machine.receive(messages[3])
    // The proof is checked before anything else happens.
    #expect(effects.first == .authenticated(try NodeName("probe@localhost")))
    #expect(effects.sent == [messages[4]])
    let identity = try #require(effects.identity)
    #expect(identity.node == NodeIdentity(name: "probe@localhost", creation: 0x0102_0304))
    #expect(identity.isHidden && identity.flags == .hidden)
  }

  @Test("WIRE-5: what the table decides is what the peer is told")
  func decisions() throws {
    let fixture = try HandshakeFixture("beam@localhost")
    let name = try HandshakeFixture().name()
    func after(_ status: HandshakeStatus?) -> [HandshakeEffect] {
      var machine = fixture.acceptor()
      _ = machine.receive(name)
      return machine.decide(status)
    }
    #expect(after(.ok).sent == [HandshakeFixture.status(.ok), fixture.challenge(HandshakeFixture.ownChallenge)])
    #expect(after(.okSimultaneous).sent.first == HandshakeFixture.status(.okSimultaneous))
    #expect(after(.nok) == [.send(.status(.nok)), .fail(.superseded)])
    #expect(after(nil) == [.fail(.superseded)])
    #expect(after(.notAllowed).sent == [HandshakeFixture.status(.notAllowed)])
    #expect(after(.alive) == [.send(.status(.alive))])
  }

  @Test("WIRE-5: a peer that is told of its connection must confirm that it has none")
  func alive() throws {
    let fixture = try HandshakeFixture("beam@localhost")
    func after(_ bytes: [UInt8]) throws -> [HandshakeEffect] {
      var machine = fixture.acceptor()
      _ = machine.receive(try HandshakeFixture().name())
      _ = machine.decide(.alive)
      return machine.receive(bytes)
    }
    #expect(try after(HandshakeFixture.status(.true)).sent == [fixture.challenge(HandshakeFixture.ownChallenge)])
    #expect(try after(HandshakeFixture.status(.false)).error == .superseded)
    #expect(try after(HandshakeFixture.status(.ok)).error != nil)
    #expect(try after([]).error != nil)
  }

  @Test("WIRE-5: names that are none close without a word; those that are not wanted hear so")
  func names() throws {
    var fixture = try HandshakeFixture("beam@localhost")
    func after(_ bytes: [UInt8]) -> [HandshakeEffect] {
      var machine = fixture.acceptor()
      return machine.receive(bytes)
    }
    let peer = try HandshakeFixture()
    for name in ["probe", "@localhost", "probe@", "a@b@c", "probe@local host", ""] {
      let effects = after(peer.name(as: name))
      #expect(effects.count == 1 && effects.error != nil)
    }
    // Version 5, a length that lies, and nothing at all.
    for bytes in [Array("n".utf8) + peer.name().dropFirst(), Array(peer.name().dropLast()), []] {
      #expect(after(bytes).count == 1 && after(bytes).error != nil)
    }
    #expect(after(peer.name() + [1, 2, 3]).error == nil)

    let refused = HandshakeFixture.status(.notAllowed)
    #expect(after(peer.name(as: "beam@localhost")).sent == [refused])
    #expect(after(peer.name(flags: [])).sent == [refused])
    #expect(after(peer.name(flags: peer.settings.flags.union(.nameMe), as: "localhost")).sent == [refused])
    fixture.settings.allowed = .only(["other", "elsewhere"])
    #expect(after(peer.name()).sent == [refused])
    for allowed in ["probe", "localhost", "probe@localhost"] {
      fixture.settings.allowed = .only([allowed])
      #expect(after(peer.name()).error == nil)
    }
  }

  @Test("WIRE-6: one flag stands for all that OTP 25 demands")
  func shorthand() throws {
    let peer = try HandshakeFixture(flags: [.mandatory25, .v4Identifiers, .unlinkID])
    var machine = try HandshakeFixture("beam@localhost").acceptor()
    #expect(machine.receive(peer.name()).error == nil)
    _ = machine.decide(.ok)
    let digest = CookieProof.digest(peer.settings.cookie, HandshakeFixture.ownChallenge)
    let identity = try #require(machine.receive(HandshakeMessage.reply(challenge: 1, digest: digest).bytes).identity)
    #expect(identity.flags == DistributionFlags.demanded.union(.mandatory25))
  }

  @Test("WIRE-5: a wrong or short proof closes, and no connection is touched before the right one")
  func proofs() throws {
    let fixture = try HandshakeFixture("beam@localhost")
    func after(_ bytes: [UInt8]) throws -> [HandshakeEffect] {
      var machine = fixture.acceptor()
      _ = machine.receive(try HandshakeFixture().name())
      _ = machine.decide(.ok)
      return machine.receive(bytes)
    }
    let right = CookieProof.digest(try Cookie("probe"), HandshakeFixture.ownChallenge)
    let wrong = CookieProof.digest(try Cookie("prob"), HandshakeFixture.ownChallenge)
    let reply = HandshakeMessage.reply(challenge: 9, digest: right).bytes
    #expect(try after(reply).identity != nil)
    #expect(try after(HandshakeMessage.reply(challenge: 9, digest: wrong).bytes) == [.fail(.wrongCookie)])
    #expect(
      try after(HandshakeMessage.reply(challenge: HandshakeFixture.ownChallenge, digest: right).bytes)
        == [.fail(.wrongCookie)])
    for bytes in [Array(reply.dropLast()), reply + [0], [], HandshakeFixture.status(.ok)] {
      let effects = try after(bytes)
      #expect(effects.count == 1 && effects.error != nil)
    }
  }

  @Test("WIRE-4, WIRE-5: no bytes get through without the cookie", arguments: 1...3 as ClosedRange<UInt64>)
  func fuzz(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let recorded = try Recorded().handshake.map(\.bytes)
    for _ in 0..<2_000 {
      var acceptor = try HandshakeFixture("beam@localhost").acceptor(
        challenge: .random(in: 0...UInt32.max, using: &random))
      var initiator = try HandshakeFixture().initiator(challenge: .random(in: 0...UInt32.max, using: &random))
      for _ in 0..<5 {
        var bytes = recorded[Int.random(in: 0..<recorded.count, using: &random)]
        for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
          let index = Int.random(in: 0..<bytes.count, using: &random)
          if Bool.random(using: &random) {
            bytes[index] = UInt8.random(in: 0...255, using: &random)
          } else {
            bytes.remove(at: index)
          }
        }
        let effects = acceptor.receive(bytes)
        #expect(effects.identity == nil)
        if case .decide = effects.first { _ = acceptor.decide(.ok) }
        #expect(initiator.receive(bytes).identity == nil)
      }
    }
  }
}
