#if TLS
  import ErlangTerms
  import NIOSSL
  import Testing

  @testable import ErlangDistribution

  @Suite("Peers that want no good, at the port of a node with TLS", .timeLimit(.minutes(1)))
  struct HostileTLSTests {
    private let ports = Ports()

    private func node(_ change: (inout NetworkOptions) -> Void = { _ in }) async throws -> NetworkNode {
      try await NetworkNode.start("s@localhost", ports) {
        $0.tls = .test()
        change(&$0)
      }
    }

    /// Afterwards nothing is left of the peer, and a good one can connect.
    private func isWell(_ node: NetworkNode) async throws {
      try await node.waitForLinks(0)
      let good = try await NetworkNode.start("good@localhost", ports) { $0.tls = .test() }
      try await good.connectSoon(to: "s@localhost")
      await good.stop()
      try await node.waitForLinks(0)
      await node.stop()
    }

    /// The first bytes of a hello.
    private static let hello: [UInt8] =
      [0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3] + [UInt8](repeating: 7, count: 60)

    @Test(
      "TLS-7, TLS-6: what is no TLS closes at once: HTTP, a plain node, an alert, bytes at random, a hello of the wrong form",
      arguments: [
        Array("GET / HTTP/1.1\r\n\r\n".utf8), [0, 30, UInt8(ascii: "N")] + [UInt8](repeating: 1, count: 29),
        [0x15, 3, 1, 0, 2, 2, 40], [UInt8](repeating: 0xff, count: 100), [0x16, 3, 1, 0xff, 0xff, 0, 0],
        [0x17, 3, 3, 0, 5, 1, 2, 3, 4, 5], [0x16, 3, 1, 0, 4, 9, 0, 0, 0],
      ] as [[UInt8]])
    func garbage(bytes: [UInt8]) async throws {
      let node = try await node { $0.setupTime = .seconds(3600) }
      try await RawPeer.connected(to: node.port) { peer in
        try await peer.send(bytes)
        _ = try await peer.close()
      }
      try await isWell(node)
    }

    @Test(
      "TLS-7, H-1: who never ends the handshake of TLS, or begins none, is closed after the setup time",
      arguments: [0, 5, 71])
    func silence(count: Int) async throws {
      let node = try await node { $0.setupTime = .milliseconds(100) }
      try await RawPeer.connected(to: node.port) { peer in
        if count > 0 { try await peer.send(Array(HostileTLSTests.hello.prefix(count))) }
        _ = try await peer.close()
      }
      try await isWell(node)
    }

    @Test("TLS-7: who closes in the middle of the handshake is forgotten", arguments: [0, 5, 71])
    func closed(count: Int) async throws {
      let node = try await node { $0.setupTime = .seconds(3600) }
      try await RawPeer.connected(to: node.port) { peer in
        while try await node.linkCount() == 0 { try await Task.sleep(for: .milliseconds(5)) }
        if count > 0 { try await peer.send(Array(HostileTLSTests.hello.prefix(count))) }
      }
      try await isWell(node)
    }

    @Test(
      "TLS-7, H-1, H-5: within TLS too who says nothing is closed, and so is who says too much",
      arguments: [true, false])
    func within(isSilent: Bool) async throws {
      let node = try await node { $0.setupTime = isSilent ? .milliseconds(200) : .seconds(3600) }
      let client = try TLSClient()
      try await RawPeer.connected(to: node.port, prepare: client.secure) { peer in
        if !isSilent { try await peer.send([0x7f, 0xff, 0xff, 0xff, 1]) }
        #expect(try await peer.close())
      }
      try await isWell(node)
    }

    @Test("TLS-7, H-7: with the right certificate and the wrong cookie there is no connection")
    func wrongCookie() async throws {
      let node = try await node()
      let client = try TLSClient()
      let isConnected = try await RawPeer.connected(to: node.port, prepare: client.secure) { peer in
        try await peer.shakeHands(with: node, cookie: "wrong", lengthByteCount: 4)
      }
      #expect(!isConnected)
      try await isWell(node)
    }

    @Test("TLS-7: a connection into which others' bytes fall ends, and it alone")
    func injected() async throws {
      let events = RecordingEvents()
      let node = try await NetworkNode.start("s@localhost", ports, events: events) { $0.tls = .test() }
      let good = try await NetworkNode.start("good@localhost", ports) { $0.tls = .test() }
      let connection = try await good.connect(to: "s@localhost")
      let bad = try await NetworkNode.start("bad@localhost", ports) { $0.tls = .test() }
      _ = try await bad.connect(to: "s@localhost")
      try await bad.sendUnencrypted([0x17, 3, 3, 0, 20] + [UInt8](repeating: 1, count: 20))
      await events.wait { !RecordingEvents.reasons($0).isEmpty }
      #expect(events.reasons.count == 1 && "\(events.reasons)".contains("TLS has failed"), "\(events.reasons)")
      connection.send(.sendToName(from: good.pid, to: "x", try Payload(.integer(1))))
      await events.wait { RecordingEvents.received($0).count == 1 }
      for node in [bad, good, node] { await node.stop() }
    }

    @Test("TLS-7, H-3: a peer with TLS at the port of a node without is closed at once")
    func plainNode() async throws {
      let node = try await NetworkNode.start("s@localhost", ports) { $0.setupTime = .seconds(3600) }
      let client = try TLSClient()
      try await RawPeer.connected(to: node.port, prepare: client.secure) { peer in _ = try await peer.close() }
      try await node.waitForLinks(0)
      await node.stop()
    }
  }
#endif
