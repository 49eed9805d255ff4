#if TLS
  import ErlangTerms
  import NIOSSL
  import Testing

  @testable import ErlangDistribution

  @Suite("Two nodes with TLS", .timeLimit(.minutes(1)))
  struct TLSNodeTests {
    typealias TLS = ErlangNode.TLSOptions

    private let ports = Ports()

    @Test(
      "TLS-1: messages both ways in order, encrypted, and disconnected once; a certificate may come with one between",
      arguments: [("good", "good", TLS.Version.tls12), ("good", "chain", .tls13), ("chain", "good", .tls13)])
    func life(dialling: String, dialled: String, minimum: TLS.Version) async throws {
      let (here, there) = (RecordingEvents(), RecordingEvents())
      let a = try await NetworkNode.start("a@localhost", ports, events: here) {
        $0.tls = .test(dialling)
        $0.tls?.minimumVersion = minimum
      }
      let b = try await NetworkNode.start("b@localhost", ports, events: there) { $0.tls = .test(dialled) }
      let connection = try await a.connect(to: "b@localhost")
      #expect(try await a.tlsVersions() == [.tlsv13])
      for number in 0..<200 {
        connection.send(.sendToName(from: a.pid, to: "x", try Payload(.integer(number))))
      }
      await there.wait { RecordingEvents.received($0).count == 200 }
      let numbers = try there.received.map { message in
        guard case .sendToName(_, _, let payload) = message else { return Term.nil }
        return try payload.term()
      }
      #expect(numbers == (0..<200).map { Term.integer($0) })
      let back = try #require(b.connection(to: "a@localhost"))
      back.send(.link(from: b.pid, to: a.pid))
      await here.wait { RecordingEvents.received($0).count == 1 }
      connection.close(.disconnected)
      await here.wait { !RecordingEvents.reasons($0).isEmpty }
      await there.wait { !RecordingEvents.reasons($0).isEmpty }
      #expect(here.reasons == [.disconnected] && there.reasons == [.closedByPeer])
      for node in [a, b] {
        try await node.waitForLinks(0)
        await node.stop()
      }
    }

    @Test("TLS-1: a peer that speaks at most TLS 1.2 is a peer, unless 1.3 is asked for")
    func versions() async throws {
      let old = try TLSClient { $0.maximumTLSVersion = .tlsv12 }
      for minimum in [TLS.Version.tls12, .tls13] {
        let node = try await NetworkNode.start("s@localhost", ports) {
          $0.tls = .test()
          $0.tls?.minimumVersion = minimum
        }
        let versions = try await RawPeer.connected(to: node.port, prepare: old.secure) { peer in
          let isConnected = (try? await peer.shakeHands(with: node, lengthByteCount: 4)) == true
          return isConnected ? try await node.tlsVersions() : []
        }
        #expect(versions == (minimum == .tls12 ? [.tlsv12] : []))
        try await node.waitForLinks(0)
        await node.stop()
      }
    }

    @Test("TLS-1, WIRE-17: a sender that waits when it is told to loses nothing, however slow the peer")
    func flowControl() async throws {
      let there = RecordingEvents()
      let a = try await NetworkNode.start("a@localhost", ports) { $0.tls = .test() }
      let b = try await NetworkNode.start("b@localhost", ports, events: there) { $0.tls = .test() }
      let connection = try await a.connect(to: "b@localhost")
      await there.wait { !$0.isEmpty }
      let back = try #require(b.connection(to: "a@localhost"))
      back.setReading(false)
      let payload = try Payload(.binary([UInt8](repeating: 1, count: 100_000)))
      for number in 0..<200 {
        if connection.send(.sendToName(from: a.pid, to: "x", payload)) == .acceptedBusy {
          if number < 100 { back.setReading(true) }
          await connection.waitUntilWritable()
        }
      }
      await there.wait { RecordingEvents.received($0).count == 200 }
      await a.stop()
      await b.stop()
    }

    @Test(
      "TLS-1, WIRE-7: both dial at once, again and again: there is one connection each time, the same on both sides")
    func simultaneous() async throws {
      let (here, there) = (RecordingEvents(), RecordingEvents())
      let a = try await NetworkNode.start("a@localhost", ports, events: here) { $0.tls = .test() }
      let b = try await NetworkNode.start("b@localhost", ports, events: there) { $0.tls = .test() }
      for round in 1...20 {
        async let one = a.connect(to: "b@localhost")
        async let other = b.connect(to: "a@localhost")
        _ = try await (one, other)
        let connection = try #require(a.connection(to: "b@localhost"))
        connection.send(.sendToName(from: a.pid, to: "x", try Payload(.integer(round))))
        await there.wait { RecordingEvents.received($0).count == round }
        connection.close(.disconnected)
        await here.wait { RecordingEvents.reasons($0).count >= RecordingEvents.connectionCount($0) }
        await there.wait { RecordingEvents.reasons($0).count >= RecordingEvents.connectionCount($0) }
      }
      try await a.waitForLinks(0)
      try await b.waitForLinks(0)
      await a.stop()
      await b.stop()
    }

    @Test(
      "TLS-2: who has a certificate of another authority, or one that has expired, is refused on the side that sees it",
      arguments: [
        // The dialler, the dialled, and what the dialler says.
        (TLS.test(), TLS.test("other"), "the certificate of the peer is signed by none of our authorities"),
        (.test(), .test("expired"), "the certificate of the peer is signed by none of our authorities, has expired"),
        (.test("other", ca: "good"), .test(), "the peer refuses our certificate: it does not know who has signed it"),
        (.test("expired"), .test(), "the peer refuses our certificate: it has expired"),
      ])
    func strangers(dialling: TLS, dialled: TLS, says: String) async throws {
      let a = try await NetworkNode.start("a@localhost", ports) { $0.tls = dialling }
      let b = try await NetworkNode.start("b@localhost", ports) { $0.tls = dialled }
      let error = await #expect(throws: ConnectError.self) { try await a.connect(to: "b@localhost") }
      #expect("\(String(describing: error))".contains(says), "\(String(describing: error))")
      #expect("\(try #require(error))".hasPrefix("no encrypted connection: "))
      for node in [a, b] {
        try await node.waitForLinks(0)
        await node.stop()
      }
    }

    @Test("TLS-2: who has no certificate is refused, whatever it knows; a node that verifies nobody lets it in")
    func noCertificate() async throws {
      let client = try TLSClient(certificate: nil)
      for verification in [TLS.Verification.peer, .none] {
        let node = try await NetworkNode.start("s@localhost", ports) {
          $0.tls = .test()
          $0.tls?.verification = verification
        }
        let isConnected = try await RawPeer.connected(to: node.port, prepare: client.secure) { peer in
          (try? await peer.shakeHands(with: node, lengthByteCount: 4)) == true
        }
        #expect(isConnected == (verification == .none))
        try await node.waitForLinks(0)
        await node.stop()
      }
    }

    @Test("TLS-3: a node whose certificate is for another host is not dialled to, unless nobody asks for the host")
    func hosts() async throws {
      let b = try await NetworkNode.start("b@localhost", ports) { $0.tls = .test("elsewhere") }
      ports["b@127.0.0.1"] = b.port
      let strict = try await NetworkNode.start("a@localhost", ports) { $0.tls = .test() }
      let other = ConnectError.tls("the certificate of the peer is not for the host of the node that was dialled")
      await #expect(throws: other) { try await strict.connect(to: "b@localhost") }
      await strict.stop()
      let lax = try await NetworkNode.start("a@localhost", ports) {
        $0.tls = .test()
        $0.tls?.checksHostName = false
      }
      _ = try await lax.connect(to: "b@localhost")
      await lax.stop()
      await b.stop()
      // An address is compared with that of the socket.
      let here = try await NetworkNode.start("c@127.0.0.1", ports) { $0.tls = .test() }
      let address = try await NetworkNode.start("d@127.0.0.1", ports) { $0.tls = .test("chain") }
      _ = try await address.connect(to: "c@127.0.0.1")
      address.connection(to: "c@127.0.0.1")?.close(.disconnected)
      try await here.waitForLinks(0)
      await #expect(throws: other) { try await here.connect(to: "d@127.0.0.1") }
      await here.stop()
      await address.stop()
    }

    @Test("TLS-6: a node with TLS and one without do not come together, whichever dials, and say why")
    func onlyOne() async throws {
      let plain = try await NetworkNode.start("a@localhost", ports)
      let secure = try await NetworkNode.start("b@localhost", ports) { $0.tls = .test() }
      await #expect(throws: ConnectError.tls("the peer speaks TLS, and this node does not: give it the option tls")) {
        try await plain.connect(to: "b@localhost")
      }
      await #expect(throws: ConnectError.tls("the peer closed before the TLS handshake was over: does it speak TLS?")) {
        try await secure.connect(to: "a@localhost")
      }
      for node in [plain, secure] {
        try await node.waitForLinks(0)
        await node.stop()
      }
    }
  }
#endif
