#if ErlangDistribution
  import ErlangTerms
  import NIOCore
  import NIOPosix
  import Testing

  #if canImport(Glibc)
    import Glibc
  #endif

  @testable import ErlangDistribution

  @Suite("Connections that nobody reads", .timeLimit(.minutes(1)))
  struct PausedConnectionTests {
    private let ports = Ports()

    /// Pauses the other side's end of a connection, writes to it, and closes this one.
    ///
    /// No more than a socket takes: what closes behind a full one has no end that TCP could tell of.
    private func closeWhilePaused(isTLS: Bool = false, _ change: (inout NetworkOptions) -> Void = { _ in }) async throws
    {
      let there = RecordingEvents()
      // A tick would notice it too, when it is written.
      func options(_ options: inout NetworkOptions) {
        options.tickTime = .seconds(3_600)
        change(&options)
      }
      let a = try await NetworkNode.start("a@localhost", ports) { options(&$0) }
      let b = try await NetworkNode.start("b@localhost", ports, events: there) { options(&$0) }
      let connection = try await a.connect(to: "b@localhost")
      await there.wait { !$0.isEmpty }
      let back = try #require(b.connection(to: "a@localhost"))
      back.setReading(false)
      // Behind the order, on the same event loop.
      _ = try await b.linkCount()
      let payload = try Payload(.binary([UInt8](repeating: 1, count: 100)))
      for _ in 0..<200 { connection.send(.sendToName(from: a.pid, to: "x", payload)) }
      connection.close(.disconnected)
      await there.wait { !RecordingEvents.reasons($0).isEmpty }
      #expect(there.reasons == [.closedByPeer])
      // Within TLS what was sent may be dropped with the end: that comes when the handshake of the end was not answered in time.
      if !isTLS { #expect(RecordingEvents.received(there.events).count == 200) }
      try await b.waitForLinks(0)
      await a.stop()
      await b.stop()
    }

    @Test("WIRE-24: the end of a peer is noticed while nobody reads, behind what it has sent", .eachCarrier)
    func closed() async throws { try await closeWhilePaused() }

    #if TLS
      @Test("WIRE-24, TLS-1: the same within TLS")
      func closedTLS() async throws { try await closeWhilePaused(isTLS: true) { $0.tls = .test() } }
    #endif

    #if canImport(Glibc)
      @Test("WIRE-24: a connection that its peer resets is noticed while nobody reads", .eachCarrier)
      func reset() async throws {
        let events = RecordingEvents()
        let node = try await NetworkNode.start("a@localhost", ports, events: events)
        let prepare: @Sendable (any Channel) throws -> Void = { channel in
          _ = (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        }
        try await RawPeer.connected(to: node.port, prepare: prepare) { peer in
          #expect(try await peer.shakeHands(with: node))
          await events.wait { RecordingEvents.connectionCount($0) == 1 }
          node.connection(to: "rogue@localhost")?.setReading(false)
          _ = try await node.linkCount()
        }
        await events.wait { !RecordingEvents.reasons($0).isEmpty }
        #expect(events.reasons == [.closedByPeer])
        await node.stop()
      }
    #endif
  }
#endif
