#if ErlangDistribution
  import ErlangTerms
  import Testing

  @testable import ErlangDistribution

  @Suite("Peers that want no good, before they have proved anything", .timeLimit(.minutes(1)))
  struct HostileHandshakeTests {
    private let ports = Ports()

    private func node(_ change: (inout NetworkOptions) -> Void = { _ in }) async throws -> NetworkNode {
      try await NetworkNode.start("s@localhost", ports, change)
    }

    /// Afterwards nothing is left of the peer, and a good one can connect.
    private func isWell(_ node: NetworkNode) async throws {
      try await node.waitForLinks(0)
      let good = try await NetworkNode.start("good@localhost", ports)
      try await good.connectSoon(to: "s@localhost")
      await good.stop()
      try await node.waitForLinks(0)
      await node.stop()
    }

    @Test(
      "H-2, H-3, H-4, H-5: what is no handshake, a frame that is too long, a bad name and the old version close at once",
      arguments: [
        Array("GET / HTTP/1.1\r\n".utf8), [0x16, 3, 1, 2, 0, 1, 0], [0, 0], [0xff, 0xff, 1], [0x10, 0x01],
        [0, 7, UInt8(ascii: "n"), 0, 5, 0, 0, 0, 0], [0, 3, UInt8(ascii: "N"), 0, 0],
        [0, 17, UInt8(ascii: "N"), 0, 0, 0, 0, 7, 0xdf, 0x7f, 0xbc, 0, 0, 0, 9, 0, 200, 97, 97],
        [0, 18, UInt8(ascii: "N"), 0, 0, 0, 0xd, 7, 0xdf, 0x7f, 0xbc, 0, 0, 0, 9, 0, 3, 97, 97, 97],
      ] as [[UInt8]])
    func garbage(bytes: [UInt8]) async throws {
      let node = try await node { $0.setupTime = .seconds(3600) }
      let isSilent = try await RawPeer.connected(to: node.port) { peer in
        try await peer.send(bytes)
        return try await peer.close()
      }
      #expect(isSilent)
      try await isWell(node)
    }

    @Test("H-1, H-8: who says nothing, or nothing more, is closed after the setup time", arguments: [0, 1, 2])
    func silence(messages: Int) async throws {
      let node = try await node { $0.setupTime = .milliseconds(100) }
      try await RawPeer.connected(to: node.port) { peer in
        let name = try HandshakeFixture("rogue@localhost").name()
        if messages > 0 { try await peer.send([0, UInt8(name.count)] + name) }
        if messages > 1 { try await peer.send([0]) }
        _ = try await peer.close()
      }
      try await isWell(node)
    }

    @Test("H-1: who sends a byte now and then does not hold its place for ever")
    func drip() async throws {
      let node = try await node {
        $0.setupTime = .milliseconds(400)
        $0.handshakeTime = .milliseconds(300)
      }
      try await RawPeer.connected(to: node.port) { peer in
        _ = try await peer.close()
      }
      try await isWell(node)
    }

    @Test("H-6: a peer that lacks flags is told that it is not allowed")
    func flags() async throws {
      let node = try await node()
      let answers = try await RawPeer.connected(to: node.port) { peer in
        let name = try HandshakeFixture("rogue@localhost").name(flags: [])
        try await peer.send([0, UInt8(name.count)] + name)
        return [try await peer.frame(lengthByteCount: 2), try await peer.frame(lengthByteCount: 2)]
      }
      #expect(answers == [HandshakeFixture.status(.notAllowed), nil])
      try await isWell(node)
    }

    @Test("H-8: a proof that is too short closes at once")
    func shortReply() async throws {
      let node = try await node { $0.setupTime = .seconds(3600) }
      try await RawPeer.connected(to: node.port) { peer in
        let name = try HandshakeFixture("rogue@localhost").name()
        try await peer.send([0, UInt8(name.count)] + name)
        _ = try await peer.frame(lengthByteCount: 2)
        _ = try await peer.frame(lengthByteCount: 2)
        try await peer.send([0, 6, UInt8(ascii: "r"), 0, 0, 0, 1, 9])
        #expect(try await peer.close())
      }
      try await isWell(node)
    }

    @Test("H-7: a wrong cookie is refused each time, and after some time not even looked at")
    func wrongCookie() async throws {
      let node = try await node { $0.failedHandshakes = (burst: 20, perSecond: 10_000) }
      for _ in 0..<200 {
        let isConnected = try await RawPeer.connected(to: node.port) { peer in
          try await peer.shakeHands(with: node, cookie: "wrong")
        }
        #expect(!isConnected)
      }
      try await node.waitForLinks(0)
      await node.stop()

      let strict = try await self.node { $0.failedHandshakes = (burst: 5, perSecond: 0) }
      var answered = 0
      for _ in 0..<20 {
        let answer = try? await RawPeer.connected(to: strict.port) { peer in
          let name = try HandshakeFixture("rogue@localhost").name(flags: [])
          try await peer.send([0, UInt8(name.count)] + name)
          return try await peer.frame(lengthByteCount: 2)
        }
        if answer?.isEmpty == false { answered += 1 }
      }
      #expect(answered == 5)
      try await strict.waitForLinks(0)
      await strict.stop()
    }

    @Test("H-9: three hundred silent peers do not keep a good one out")
    func many() async throws {
      let node = try await node { $0.setupTime = .seconds(3600) }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<300 {
          group.addTask { _ = try? await RawPeer.connected(to: node.port) { peer in try await peer.close() } }
        }
        while try await node.linkCount() < 128 { try await Task.sleep(for: .milliseconds(5)) }
        let good = try await NetworkNode.start("good@localhost", ports)
        _ = try await good.connect(to: "s@localhost")
        #expect(try await node.linkCount() <= 130)
        await good.stop()
        await node.stop()
      }
    }
  }
#endif
