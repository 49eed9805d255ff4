#if ErlangDistribution
  import NIOCore
  import NIOPosix

  /// Connections that this node makes.
  extension ConnectionHub {
    func connect(to name: NodeName) -> EventLoopFuture<any PeerConnection> {
      if isStopped { return eventLoop.makeFailedFuture(ConnectError.nodeStopped) }
      guard settings.allowed.contains(name) else { return eventLoop.makeFailedFuture(ConnectError.refused) }
      let promise = eventLoop.makePromise(of: (any PeerConnection).self)
      let isUnderWay = waiting[name] != nil
      waiting[name, default: []].append(promise)
      switch table.dial(name) {
      case .connected:
        if let connection = established[name.atom] { finish(name, .success(connection)) }
      case .isUnderWay: break
      case .begin where isUnderWay: break
      case .begin: dial(name)
      }
      return promise.futureResult
    }

    private func dial(_ name: NodeName) {
      let id = nextID()
      table.begin(id, to: name)
      let hub = NIOLoopBound(self, eventLoop: eventLoop)
      let found = eventLoop.makeFutureWithTask { [resolver] in try await resolver.address(of: name) }
      found.flatMap { address in hub.value.open(id, name, address) }
        .assumeIsolated().whenFailure { error in
          // A failure after the channel was opened is the handshake's to report.
          guard self.links[id] == nil else { return }
          self.table.ended(id, name)
          self.dialEnded(name, error as? ConnectError ?? .unreachable("\(error)"))
        }
    }

    private func open(_ id: UInt64, _ name: NodeName, _ address: NodeAddress) -> EventLoopFuture<Void> {
      // The peer's own connection may have come in the meantime.
      if isStopped || !table.isDialling(id, name) { return eventLoop.makeSucceededVoidFuture() }
      let hub = NIOLoopBound(self, eventLoop: eventLoop)
      return ClientBootstrap(group: eventLoop)
        .channelOption(.socketOption(.tcp_nodelay), value: 1)
        .connectTimeout(times.step)
        .connect(host: address.host, port: address.port)
        .flatMapThrowing { channel in try hub.value.shakeHands(id, name, channel) }
    }

    private func shakeHands(_ id: UInt64, _ name: NodeName, _ channel: any Channel) throws {
      guard !isStopped, table.isDialling(id, name) else { return channel.close(promise: nil) }
      do {
        try security.secureOutbound(channel, to: name)
      } catch {
        channel.close(promise: nil)
        throw ConnectError.tls("\(error)")
      }
      links[id] = Link(channel: channel, peer: name, isDial: true)
      let machine = Initiator(settings, to: name, challenge: .random(in: 0...UInt32.max))
      try channel.pipeline.syncOperations.addHandler(
        HandshakeHandler(
          id: id, .initiator(machine, name), self, times: times, lengthByteCount: security.lengthByteCount))
    }

    func dialFailed(_ link: Link, _ failure: HandshakeFailure) {
      guard let name = link.peer else { return }
      if failure == .peerDials { return waitForPeer(name) }
      dialEnded(name, ConnectError(failure))
    }

    /// The peer's own connection must come within the setup time.
    private func waitForPeer(_ name: NodeName) {
      guard waiting[name] != nil, timers[name] == nil else { return }
      timers[name] = eventLoop.assumeIsolated().scheduleTask(in: times.step) {
        self.finish(name, .failure(.timeout))
      }
    }

    /// Those who wait hear of it, unless the peer's own connection has come, or may still come.
    private func dialEnded(_ name: NodeName, _ error: ConnectError) {
      if let connection = established[name.atom] { return finish(name, .success(connection)) }
      if table.hasInbound(name) { return waitForPeer(name) }
      finish(name, .failure(error))
    }

    private var resolver: Resolver { Resolver(options, eventLoop) }
  }

  extension ConnectError {
    init(_ failure: HandshakeFailure) {
      switch failure {
      case .closed: self = .unreachable("the node closes the connection at once")
      case .timeout: self = .timeout
      case .peerDials: self = .timeout
      case .network(let why): self = .unreachable(why)
      case .tls(let failure): self = .tls("\(failure)")
      case .handshake(.wrongCookie): self = .wrongCookie
      case .handshake(.refused): self = .refused
      case .handshake(.missingFlags(let flags)):
        self = .incompatible(
          "the peer lacks the flags 0x\(String(flags.rawValue, radix: 16)); it must be OTP 25 or later")
      case .handshake(.otherName): self = .incompatible("the node that answers there has another name")
      case .handshake(let error): self = .incompatible("\(error)")
      }
    }
  }
#endif
