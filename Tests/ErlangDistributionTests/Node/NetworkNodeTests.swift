#if ErlangDistribution
  import ErlangTerms
  import Testing

  @testable import ErlangDistribution

  @Suite("Two nodes on one host", .eachCarrier, .timeLimit(.minutes(1)))
  struct NetworkNodeTests {
    private let ports = Ports()

    @Test("WIRE-21: connected once on both sides, messages both ways in order, disconnected once")
    func life() async throws {
      let (here, there) = (RecordingEvents(), RecordingEvents())
      let a = try await NetworkNode.start("a@localhost", ports, events: here)
      let b = try await NetworkNode.start("b@localhost", ports, events: there) { $0.isVisible = true }
      let connection = try await a.connect(to: "b@localhost")
      #expect(connection.peer.node == b.local && !connection.peer.isHidden)
      #expect(try await a.connect(to: "b@localhost").id == connection.id)
      #expect(a.connection(to: "b@localhost")?.id == connection.id && a.connections.count == 1)
      for number in 0..<1_000 {
        connection.send(.sendToName(from: a.pid, to: "x", try Payload(.integer(number))))
      }
      await there.wait { RecordingEvents.received($0).count == 1_000 }
      let numbers = try there.received.map { message in
        guard case .sendToName(_, _, let payload) = message else { return Term.nil }
        return try payload.term()
      }
      #expect(numbers == (0..<1_000).map { Term.integer($0) })
      let back = try #require(b.connection(to: "a@localhost"))
      #expect(back.peer.isHidden)
      back.send(.link(from: b.pid, to: a.pid))
      await here.wait { RecordingEvents.received($0).count == 1 }
      connection.close(.disconnected)
      connection.close(.slowPeer)
      await here.wait { !RecordingEvents.reasons($0).isEmpty }
      await there.wait { !RecordingEvents.reasons($0).isEmpty }
      #expect(here.reasons == [.disconnected] && there.reasons == [.closedByPeer])
      #expect(connection.send(.link(from: a.pid, to: b.pid)) == .closed)
      #expect(a.connections.isEmpty && b.connections.isEmpty)
      try await a.waitForLinks(0)
      try await b.waitForLinks(0)
      await a.stop()
      await b.stop()
    }

    @Test("WIRE-21: a node that stops ends its connections, and is not reached any more")
    func stop() async throws {
      let (here, there) = (RecordingEvents(), RecordingEvents())
      let a = try await NetworkNode.start("a@localhost", ports, events: here)
      let b = try await NetworkNode.start("b@localhost", ports, events: there)
      _ = try await a.connect(to: "b@localhost")
      await b.stop()
      #expect(there.reasons == [.nodeStopped])
      await here.wait { !RecordingEvents.reasons($0).isEmpty }
      await #expect(throws: ConnectError.self) { try await a.connect(to: "b@localhost") }
      await #expect(throws: ConnectError.nodeStopped) { try await b.connect(to: "a@localhost") }
      await a.stop()
    }

    @Test("WIRE-21: the connections of a node that was started again are none of those that were known")
    func numbers() async throws {
      var ids: [UInt64] = []
      for _ in 0..<2 {
        let a = try await NetworkNode.start("a@localhost", ports)
        let b = try await NetworkNode.start("b@localhost", ports)
        ids.append(try await a.connect(to: "b@localhost").id)
        await a.stop()
        await b.stop()
      }
      #expect(ids[0] != ids[1])
    }

    @Test("WIRE-21: why there is no connection")
    func errors() async throws {
      let a = try await NetworkNode.start("a@localhost", ports) { $0.allowed = .only(["localhost"]) }
      let b = try await NetworkNode.start("b@localhost", ports, cookie: "other")
      let c = try await NetworkNode.start("c@localhost", ports) { $0.allowed = .only(["x"]) }
      await #expect(throws: ConnectError.wrongCookie) { try await a.connect(to: "b@localhost") }
      await #expect(throws: ConnectError.wrongCookie) { try await b.connect(to: "a@localhost") }
      await #expect(throws: ConnectError.refused) { try await a.connect(to: "c@localhost") }
      await #expect(throws: ConnectError.refused) { try await a.connect(to: "d@elsewhere") }
      ports["e@localhost"] = b.port
      await #expect(throws: ConnectError.incompatible("the node that answers there has another name")) {
        try await NetworkNode.start("f@localhost", ports, cookie: "other").connect(to: "e@localhost")
      }
      for name in ["a@localhost", "no name", "nobody@localhost"] as [Atom] {
        await #expect(throws: ConnectError.self) { try await a.connect(to: name) }
      }
      for node in [a, b, c] {
        try await node.waitForLinks(0)
        await node.stop()
      }
    }

    @Test("WIRE-7: both dial at once, again and again: there is one connection each time, and the same on both sides")
    func simultaneous() async throws {
      let (here, there) = (RecordingEvents(), RecordingEvents())
      let a = try await NetworkNode.start("a@localhost", ports, events: here)
      let b = try await NetworkNode.start("b@localhost", ports, events: there)
      for round in 1...30 {
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

    @Test("WIRE-21: many ask for a connection at once: one is made")
    func singleDial() async throws {
      let there = RecordingEvents()
      let a = try await NetworkNode.start("a@localhost", ports)
      let b = try await NetworkNode.start("b@localhost", ports, events: there)
      let ids = try await withThrowingTaskGroup(of: UInt64.self) { group in
        for _ in 0..<50 { group.addTask { try await a.connect(to: "b@localhost").id } }
        return try await group.reduce(into: Set<UInt64>()) { $0.insert($1) }
      }
      #expect(ids.count == 1)
      await there.wait { RecordingEvents.connectionCount($0) > 0 }
      #expect(RecordingEvents.connectionCount(there.events) == 1)
      await a.stop()
      await b.stop()
    }

    @Test("WIRE-17, L-6: a peer that does not read: senders are told to wait, and at the limit it is given up")
    func slowPeer() async throws {
      let (here, there) = (RecordingEvents(), RecordingEvents())
      let a = try await NetworkNode.start("a@localhost", ports, events: here) { $0.limits.queueByteCount = 16 << 20 }
      let b = try await NetworkNode.start("b@localhost", ports, events: there)
      let connection = try await a.connect(to: "b@localhost")
      await there.wait { !$0.isEmpty }
      let back = try #require(b.connection(to: "a@localhost"))
      back.setReading(false)
      let payload = try Payload(.binary([UInt8](repeating: 1, count: 60_000)))
      var outcomes: Set<SendOutcome> = []
      for _ in 0..<2_000 where !outcomes.contains(.closed) {
        outcomes.insert(connection.send(.sendToName(from: a.pid, to: "x", payload)))
      }
      #expect(outcomes == [.accepted, .acceptedBusy, .closed])
      await connection.waitUntilWritable()
      await here.wait { !RecordingEvents.reasons($0).isEmpty }
      #expect(here.reasons == [.slowPeer])
      back.setReading(true)
      await there.wait { !RecordingEvents.reasons($0).isEmpty }
      await a.stop()
      await b.stop()
    }

    @Test("WIRE-17: a sender that waits when it is told to loses nothing, however slow the peer")
    func flowControl() async throws {
      let there = RecordingEvents()
      let a = try await NetworkNode.start("a@localhost", ports)
      let b = try await NetworkNode.start("b@localhost", ports, events: there)
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

    @Test("WIRE-20: beyond loopback only when the network is said to be trusted, and never without a cookie")
    func loopback() async throws {
      await #expect(throws: NetworkStartError.self) {
        try await NetworkNode.start("a@localhost", ports) { $0.listener = .init(host: "0.0.0.0") }
      }
      await #expect(throws: NetworkStartError.self) { try await NetworkNode.start("a@localhost", ports, cookie: "") }
      let node = try await NetworkNode.start("a@localhost", ports) {
        $0.listener = .init(host: "0.0.0.0", isNetworkTrusted: true)
      }
      await node.stop()
      let dialler = try await NetworkNode.start("a@localhost", ports) { $0.listener = nil }
      #expect(dialler.port == nil)
      await dialler.stop()
    }
  }

  @Suite("Nodes and epmd", .timeLimit(.minutes(1)))
  struct NodeEpmdTests {
    @Test("WIRE-18, WIRE-19: nodes register with an embedded epmd, find each other, and free their names")
    func embedded() async throws {
      let loop = NetworkNodeLoop.any
      let server = try #require(try await EpmdServer.start(port: 0, eventLoop: loop))
      #expect(try await EpmdServer.start(port: server.port, eventLoop: loop) == nil)
      let client = EpmdClient(eventLoop: loop, host: "127.0.0.1", port: server.port)
      let a = try await NetworkNode.start("a@localhost", Ports()) { $0.discovery = .epmd(port: server.port) }
      // One is running, so this node uses that.
      let b = try await NetworkNode.start("b@localhost", Ports()) {
        $0.discovery = .epmd(port: server.port, isEmbedded: true)
        $0.isVisible = true
      }
      #expect(
        try await client.node("b") == EpmdNode(name: "b", port: UInt16(b.port ?? 0), isHidden: false, versions: 5...6))
      #expect(try await client.node("a")?.isHidden == true)
      #expect(try await client.node("nobody") == nil)
      #expect(try await client.names().keys.sorted() == ["a", "b"])
      _ = try await a.connect(to: "b@localhost")
      await #expect(throws: NetworkStartError.self) {
        try await NetworkNode.start("a@localhost", Ports()) { $0.discovery = .epmd(port: server.port) }
      }
      await a.stop()
      while try await client.node("a") != nil { try await Task.sleep(for: .milliseconds(5)) }
      await b.stop()
      await server.stop()
      await #expect(throws: EpmdError.self) { try await client.names() }
    }

    @Test("WIRE-18, L-7: a node registers again when epmd was restarted; its connections stay")
    func restarted() async throws {
      let loop = NetworkNodeLoop.any
      let server = try #require(try await EpmdServer.start(port: 0, eventLoop: loop))
      let events = RecordingEvents()
      let a = try await NetworkNode.start("a@localhost", Ports(), events: events) {
        $0.discovery = .epmd(port: server.port)
      }
      let b = try await NetworkNode.start("b@localhost", Ports()) { $0.discovery = .epmd(port: server.port) }
      _ = try await a.connect(to: "b@localhost")
      await server.stop()
      let next = try #require(try await EpmdServer.start(port: server.port, eventLoop: loop))
      let client = EpmdClient(eventLoop: loop, host: "127.0.0.1", port: server.port)
      while try await client.names().count < 2 { try await Task.sleep(for: .milliseconds(50)) }
      #expect(events.reasons.isEmpty)
      await a.stop()
      await b.stop()
      await next.stop()
    }
  }
#endif
