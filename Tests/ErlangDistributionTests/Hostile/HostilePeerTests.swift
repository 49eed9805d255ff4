#if ErlangDistribution
  import ErlangTerms
  import Testing

  @testable import ErlangDistribution

  @Suite("Peers that have the cookie, and want no good", .eachCarrier, .timeLimit(.minutes(1)))
  struct HostilePeerTests {
    private let ports = Ports()
    private let events = RecordingEvents()

    private func node(_ change: (inout NetworkOptions) -> Void = { _ in }) async throws -> NetworkNode {
      try await NetworkNode.start("s@localhost", ports, events: events, change)
    }

    private func isWell(_ node: NetworkNode) async throws {
      try await node.waitForLinks(0)
      #expect(node.connections.isEmpty)
      let good = try await NetworkNode.start("good@localhost", ports)
      _ = try await good.connect(to: "s@localhost")
      await good.stop()
      await node.stop()
    }

    private var rogue: Term { .pid(Term.Pid(node: "rogue@localhost", id: 1, serial: 0, creation: 99)) }
    private func own(_ node: NetworkNode) -> Term { .pid(node.pid) }

    private func frames(_ node: NetworkNode) throws -> [String: [UInt8]] {
      let (from, to) = (rogue, own(node))
      let control = try FramingFixture.encoded(.tuple([22, from, to]))
      let third = Term.pid(FramingFixture.foreignPid)
      let reference = Term.reference(FramingFixture.reference)
      return [
        "badtype": [131, 99, 0] + control, "empty_ctl": [131, 68, 0], "ctl_atom": [131, 68, 0, 119, 1, 97],
        "opcode99": try FramingFixture.frame([99, from, to]), "arity": try FramingFixture.frame([1, from]),
        "nopayload": try FramingFixture.frame([22, from, to]), "oldunlink": try FramingFixture.frame([4, from, to]),
        "spoof_link": try FramingFixture.frame([1, third, to]),
        "spoof_mon": try FramingFixture.frame([19, third, to, reference]),
        "unlink0": try FramingFixture.frame([35, 0, from, to]),
        "unlink_neg": try FramingFixture.frame([35, -1, from, to]),
        "garbage_reason": try FramingFixture.frame([24, from, to], [255]),
        "deep": try FramingFixture.frame(
          [24, from, to], Array((0..<100_000).map { _ in [104, 1] as [UInt8] }.joined())),
        "zbomb": try FramingFixture.frame([24, from, to], [80, 255, 255, 255, 255, 120, 156]),
        "frag_orphan": FramingFixture.fragment(7, 1, [0], isFirst: false),
        "frag_zero": FramingFixture.fragment(7, 0, [0] + control, isFirst: true),
        "frag_huge": FramingFixture.fragment(7, 1 << 63, [0] + control, isFirst: true),
        "pass_in_hdr": [112, 131] + control + [131, 97, 1], "cache_unset": [131, 68, 1, 0, 5] + control,
        "cache_short": [131, 68, 9],
      ]
    }

    @Test(
      "WIRE-14, H-13, H-18, H-20, H-21, H-22, H-27, H-28, H-30: one bad frame closes, with a reason, and the node is well"
    )
    func badFrames() async throws {
      let node = try await node()
      let bad = try frames(node)
      for (index, (name, frame)) in bad.sorted(by: { $0.key < $1.key }).enumerated() {
        try await RawPeer.connected(to: node.port) { peer in
          #expect(try await peer.shakeHands(with: node))
          try await peer.sendFrame(frame)
          _ = try await peer.close()
        }
        await events.wait { RecordingEvents.reasons($0).count == index + 1 }
        switch events.reasons[index] {
        case .violation, .undecodable: break
        case let reason: Issue.record("\(name): \(reason)")
        }
      }
      #expect(events.received.isEmpty)
      try await isWell(node)
    }

    @Test(
      "H-10, H-11: a frame that is too long closes when its length has come",
      arguments: [[255, 255, 255, 255], [64, 0, 0, 0]] as [[UInt8]])
    func longFrames(length: [UInt8]) async throws {
      let node = try await node()
      try await RawPeer.connected(to: node.port) { peer in
        #expect(try await peer.shakeHands(with: node))
        try await peer.send(length)
        _ = try await peer.close()
      }
      await events.wait { !RecordingEvents.reasons($0).isEmpty }
      try await isWell(node)
    }

    @Test(
      "H-12, H-32: a peer that goes silent, within a frame or without one, is taken for dead after the tick time",
      arguments: [[], [0, 0, 3, 232, 131, 68]] as [[UInt8]])
    func mute(bytes: [UInt8]) async throws {
      let node = try await node { $0.tickTime = .seconds(3) }
      let ticks = try await RawPeer.connected(to: node.port) { peer in
        #expect(try await peer.shakeHands(with: node))
        if !bytes.isEmpty { try await peer.send(bytes) }
        var ticks = 0
        while let frame = try await peer.frame(lengthByteCount: 4) { ticks += frame.isEmpty ? 1 : 0 }
        return ticks
      }
      #expect(ticks >= 2)
      await events.wait { !RecordingEvents.reasons($0).isEmpty }
      #expect(events.reasons == [.tickTimeout])
      try await isWell(node)
    }

    @Test("H-24: a hundred thousand ticks are nothing")
    func tickFlood() async throws {
      let node = try await node()
      try await RawPeer.connected(to: node.port) { peer in
        #expect(try await peer.shakeHands(with: node))
        for _ in 0..<100 { try await peer.send([UInt8](repeating: 0, count: 4_000)) }
        try await peer.sendFrame(try FramingFixture.frame([1, rogue, own(node)]))
        await events.wait { !RecordingEvents.received($0).isEmpty }
      }
      await events.wait { !RecordingEvents.reasons($0).isEmpty }
      #expect(events.reasons == [.closedByPeer])
      try await isWell(node)
    }

    @Test("H-26: two hundred thousand new atoms are freed with the messages that have them")
    func atomFlood() async throws {
      let node = try await node()
      let pid = rogue
      try await RawPeer.connected(to: node.port) { peer in
        #expect(try await peer.shakeHands(with: node))
        for round in 0..<20 {
          let atoms = Term.list((0..<1_000).map { .atom(Atom("atom\(round * 1_000 + $0)")) })
          try await peer.sendFrame(
            try FramingFixture.frame([6, pid, .atom(""), .atom("x")], try FramingFixture.encoded(atoms)))
        }
        await events.wait { RecordingEvents.received($0).count == 20 }
      }
      await events.wait { !RecordingEvents.reasons($0).isEmpty }
      try await isWell(node)
    }

    @Test("WIRE-8, H-31: a second peer of a name: with the right cookie it replaces the first, else it changes nothing")
    func sameName() async throws {
      let node = try await node()
      try await RawPeer.connected(to: node.port) { first in
        #expect(try await first.shakeHands(with: node))
        await events.wait { RecordingEvents.connectionCount($0) == 1 }
        let connection = try #require(node.connection(to: "rogue@localhost"))
        let isConnected = try await RawPeer.connected(to: node.port) { other in
          try await other.shakeHands(with: node, cookie: "wrong")
        }
        #expect(!isConnected)
        #expect(node.connection(to: "rogue@localhost")?.id == connection.id && events.reasons.isEmpty)
        try await RawPeer.connected(to: node.port) { second in
          #expect(try await second.shakeHands(with: node))
          await events.wait { RecordingEvents.connectionCount($0) == 2 }
          _ = try await first.close()
          #expect(node.connection(to: "rogue@localhost")?.id != connection.id)
          // The first one is over before the second one begins.
          let order = events.events.map { event in
            switch event {
            case .connected(let connection): "connected \(connection.id)"
            case .received: "received"
            case .disconnected(let connection, let reason): "disconnected \(connection.id) \(reason == .replaced)"
            }
          }
          let next = try #require(node.connection(to: "rogue@localhost")).id
          #expect(order == ["connected \(connection.id)", "disconnected \(connection.id) true", "connected \(next)"])
        }
      }
      try await isWell(node)
    }

    @Test("WIRE-4, WIRE-23: frames right behind the last message of a handshake are not lost")
    func early() async throws {
      let node = try await node()
      try await RawPeer.connected(to: node.port) { peer in
        let fixture = try HandshakeFixture("rogue@localhost", cookie: "c")
        let name = fixture.name()
        try await peer.send([0, UInt8(name.count)] + name)
        _ = try await peer.frame(lengthByteCount: 2)
        let bytes = try #require(try await peer.frame(lengthByteCount: 2))
        guard case .challenge(_, let challenge, _, _) = HandshakeMessage.challenge(from: bytes) else { return }
        let digest = CookieProof.digest(try Cookie("c"), challenge)
        let reply = HandshakeMessage.reply(challenge: 1, digest: digest).bytes
        let link = try FramingFixture.frame([1, rogue, own(node)])
        try await peer.send([0, UInt8(reply.count)] + reply + [0, 0, 0, UInt8(link.count)] + link)
        await events.wait { !RecordingEvents.received($0).isEmpty }
      }
      try await isWell(node)
    }
  }
#endif
