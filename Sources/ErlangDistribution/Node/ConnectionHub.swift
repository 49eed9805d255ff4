#if ErlangDistribution
  import ErlangTerms
  import Logging
  import NIOCore
  import Synchronization

  /// Keeps account of a node's connections and attempts, and carries out what ``PeerTable`` decides.
  ///
  /// It lives on the node's event loop.
  final class ConnectionHub {
    /// A connection or an attempt, from the first byte on.
    struct Link {
      var channel: any Channel
      /// What has come in the channel's place, if something has.
      var polled: PolledConnection?
      var peer: NodeName?
      var isDial: Bool
      var isEstablished = false
      /// Where an inbound one comes from.
      var address: String?

      /// Ends a connection, which reports that before this returns.
      func end(_ reason: CloseReason) {
        if let polled { return polled.end(reason) }
        channel.pipeline.fireUserInboundEventTriggered(ConnectionCommand.close(reason))
      }
    }

    let options: NetworkOptions
    let settings: HandshakeSettings
    let security: ChannelSecurity
    let events: any PeerEvents
    let eventLoop: any EventLoop
    let established: EstablishedConnections
    let times: HandshakeHandler.Times
    var table: PeerTable
    var links: [UInt64: Link] = [:]
    /// Those who wait for a connection to a name.
    var waiting: [NodeName: [EventLoopPromise<any PeerConnection>]] = [:]
    /// Ends the wait for a peer that dials at the same time.
    var timers: [NodeName: Scheduled<Void>] = [:]
    var limiter: FailureLimiter
    /// Inbound handshakes under way, the oldest first.
    var pending: [UInt64] = []
    private(set) var isStopped = false
    /// Of all nodes of the program, and of those before: whoever keeps an id keeps it beyond a restart.
    private static let lastID = Atomic<UInt64>(0)

    init(
      _ options: NetworkOptions, _ cookie: Cookie, _ security: ChannelSecurity, _ events: any PeerEvents,
      _ established: EstablishedConnections, _ eventLoop: any EventLoop
    ) {
      self.options = options
      self.security = security
      self.events = events
      self.eventLoop = eventLoop
      self.established = established
      settings = HandshakeSettings(
        name: options.name, creation: options.creation, flags: options.flags, cookie: cookie, allowed: options.allowed)
      times = HandshakeHandler.Times(step: TimeAmount(options.setupTime), whole: TimeAmount(options.handshakeTime))
      table = PeerTable(own: options.name)
      limiter = FailureLimiter(
        burst: options.failedHandshakes.burst, perSecond: options.failedHandshakes.perSecond)
    }

    func nextID() -> UInt64 {
      Self.lastID.wrappingAdd(1, ordering: .relaxed).newValue
    }

    var now: Double { Double(NIODeadline.now().uptimeNanoseconds) / 1e9 }

    // MARK: Inbound

    func accept(_ channel: any Channel) throws {
      let address = channel.remoteAddress?.ipAddress ?? "unknown"
      guard !isStopped, limiter.allows(address, at: now) else { throw ConnectError.refused }
      let id = nextID()
      let handler = HandshakeHandler(
        id: id, .acceptor(Acceptor(settings, challenge: .random(in: 0...UInt32.max))), self, times: times,
        lengthByteCount: security.lengthByteCount)
      try security.secureInbound(channel)
      links[id] = Link(channel: channel, isDial: false, address: address)
      pending.append(id)
      try channel.pipeline.syncOperations.addHandler(handler)
      if pending.count > options.pendingHandshakeCount, let oldest = pending.first { drop(oldest) }
    }

    /// Ends an attempt for which something else has come.
    func drop(_ id: UInt64) {
      guard let link = links[id] else { return }
      forget(id)
      link.channel.close(promise: nil)
    }

    @discardableResult
    func forget(_ id: UInt64) -> Link? {
      guard let link = links.removeValue(forKey: id) else { return nil }
      pending.removeAll { $0 == id }
      if let peer = link.peer { table.ended(id, peer) }
      return link
    }

    // MARK: The end

    func stop() -> EventLoopFuture<Void> {
      isStopped = true
      for (name, _) in waiting { finish(name, .failure(.nodeStopped)) }
      let channels = links.values.map(\.channel)
      for link in links.values where link.isEstablished { link.end(.nodeStopped) }
      for id in links.keys { drop(id) }
      return EventLoopFuture.andAllComplete(channels.map(\.closeFuture), on: eventLoop)
    }

    /// Tells those who wait for a connection what became of it.
    func finish(_ name: NodeName, _ result: Result<any PeerConnection, ConnectError>) {
      timers.removeValue(forKey: name)?.cancel()
      for promise in waiting.removeValue(forKey: name) ?? [] { promise.completeWith(result.mapError { $0 }) }
    }
  }

  extension ConnectionHub: HandshakeOwner {
    func decide(_ id: UInt64, _ name: NodeName) -> HandshakeStatus? {
      guard !isStopped, links[id] != nil else { return nil }
      let status = table.decide(id, name)
      links[id]?.peer = status == nil || status == .nok ? nil : name
      return status
    }

    func authenticated(_ id: UInt64, _ name: NodeName) {
      let (replaced, superseded) = table.authenticated(id, name)
      if let replaced, let link = links[replaced] {
        if link.isEstablished { link.end(.replaced) } else { drop(replaced) }
      }
      for other in superseded { drop(other) }
    }

    func established(_ id: UInt64, _ identity: PeerIdentity, _ context: ChannelHandlerContext) {
      guard links[id]?.peer != nil else { return context.close(promise: nil) }
      pending.removeAll { $0 == id }
      // Within TLS, where lengths have four bytes, what goes to the socket is not what was sent.
      let isPlain = (context.handler as? HandshakeHandler)?.lengthByteCount == 2
      let socket = isPlain ? DirectSocket(of: context) : nil
      do {
        if let socket, let poller = options.poller {
          let move = SocketMove { self.moved(id, identity, PolledSocket(socket, poller, self.eventLoop), $0) }
          return try context.pipeline.syncOperations.addHandler(move, position: .last)
        }
        let connection = WireConnection(
          id: id, peer: identity, carrier: ChannelCarrier(context.channel), limits: options.limits, socket: socket)
        let handler = ConnectionHandler(connection, self, stream(from: identity), period: period)
        try context.pipeline.syncOperations.addHandler(handler, position: .last)
        begin(connection)
      } catch {
        drop(id)
      }
    }

    private var period: TimeAmount { TimeAmount(options.tickTime / TickClock.periodCount) }

    private func stream(from peer: PeerIdentity) -> MessageStream {
      let reader = MessageReader(peer: peer, local: settings.name.atom, limits: options.limits)
      return MessageStream(reader, limits: options.limits)
    }

    /// The channel is closed, and these bytes have come over it; what comes next, the node's workers read.
    private func moved(_ id: UInt64, _ identity: PeerIdentity, _ socket: PolledSocket, _ bytes: [UInt8]) {
      guard links[id] != nil else { return socket.socket.close() }
      let connection = WireConnection(
        id: id, peer: identity, carrier: socket, limits: options.limits, socket: socket.socket)
      let polled = PolledConnection(connection, socket, self, events, stream(from: identity))
      links[id]?.polled = polled
      begin(connection)
      polled.start(bytes, period: period)
    }

    private func begin(_ connection: WireConnection) {
      guard let name = links[connection.id]?.peer else { return }
      links[connection.id]?.isEstablished = true
      established[connection.peer.node.name] = connection
      options.logger.debug("node up", metadata: ["node": "\(name)"])
      events.connected(connection)
      finish(name, .success(connection))
    }

    func failed(_ id: UInt64, _ failure: HandshakeFailure) {
      guard let link = forget(id) else { return }
      if link.isDial {
        dialFailed(link, failure)
      } else if let address = link.address, failure != .handshake(.superseded) {
        limiter.failed(address, at: now)
        // Of TLS the reason is most often one that only the other side's operator would hear of otherwise.
        options.logger.log(
          level: failure.isOfTLS ? .notice : .debug, "a handshake has failed",
          metadata: ["address": "\(address)", "reason": "\(failure)"])
      }
    }
  }

  extension ConnectionHub: ConnectionOwner {
    func ended(_ connection: WireConnection, _ reason: CloseReason) {
      forget(connection.id)
      let name = connection.peer.node.name
      if established[name] === connection { established[name] = nil }
      options.logger.debug("node down", metadata: ["node": "\(name.name)", "reason": "\(reason)"])
      events.disconnected(connection, reason)
    }
  }

  extension TimeAmount {
    /// Rounded down to nanoseconds.
    init(_ duration: Duration) {
      let (seconds, attoseconds) = duration.components
      let (nanoseconds, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
      self = .nanoseconds(overflows ? .max / 2 : nanoseconds + attoseconds / 1_000_000_000)
    }
  }
#endif
