#if ErlangDistribution
  package import ErlangTerms
  import NIOCore
  import NIOPosix
  import Synchronization

  /// A node of a cluster: it listens, dials, and keeps one connection to each peer.
  ///
  /// Connects and disconnects come from one event loop, one after another; who reports what comes in, see ``PeerEvents``.
  package final class NetworkNode: PeerNetwork {
    package let local: NodeIdentity
    /// The port that it listens on; nil if it does not.
    package let port: Int?
    let hub: NIOLoopBound<ConnectionHub>
    let eventLoop: any EventLoop
    private let listener: (any Channel)?
    private let registration: EpmdRegistration?
    private let epmd: EpmdServer?
    private let established: EstablishedConnections

    private init(
      _ hub: NIOLoopBound<ConnectionHub>, _ eventLoop: any EventLoop, _ listener: (any Channel)?,
      _ registration: EpmdRegistration?, _ epmd: EpmdServer?, _ local: NodeIdentity,
      _ established: EstablishedConnections
    ) {
      self.hub = hub
      self.eventLoop = eventLoop
      self.listener = listener
      self.registration = registration
      self.epmd = epmd
      self.local = local
      self.established = established
      port = listener?.localAddress?.port
    }

    /// Starts a node: when it returns, others can connect.
    ///
    /// It does its work on an event loop of the program's own, which nobody needs to stop.
    package static func start(
      _ options: NetworkOptions, events: any PeerEvents
    ) async throws(NetworkStartError) -> NetworkNode {
      try await start(options, events: events, on: MultiThreadedEventLoopGroup.singleton.any())
    }

    static func start(
      _ options: NetworkOptions, events: any PeerEvents, on eventLoop: any EventLoop
    ) async throws(NetworkStartError) -> NetworkNode {
      let cookie: Cookie
      do { cookie = try options.cookie.cookie() } catch { throw .cookie(error) }
      let security = try await ChannelSecurity(options)
      let established = EstablishedConnections()
      let hub = try await makeHub(options, cookie, security, events, established, eventLoop)
      let listener = try await listen(options, security, hub, eventLoop)
      var (registration, epmd): (EpmdRegistration?, EpmdServer?) = (nil, nil)
      do throws(NetworkStartError) {
        if case .epmd(let port, let isEmbedded) = options.discovery, let own = listener?.localAddress?.port {
          let port = port ?? EpmdClient.standardPort
          if isEmbedded { epmd = try await embeddedEpmd(port, eventLoop) }
          registration = try await register(options, own, epmd?.port ?? port, eventLoop)
        }
      } catch {
        try? await listener?.close()
        await epmd?.stop()
        throw error
      }
      let local = NodeIdentity(name: options.name.atom, creation: options.creation)
      return NetworkNode(hub, eventLoop, listener, registration, epmd, local, established)
    }

    package func connection(to node: Atom) -> (any PeerConnection)? { established[node] }

    package var connections: [any PeerConnection] { established.all }

    package func connect(to node: Atom) async throws(ConnectError) -> any PeerConnection {
      guard let name = NodeName(Array(node.name.utf8)) else { throw .badName("\(NodeNameError())") }
      guard node != local.name else { throw .badName("\(name) is this node itself") }
      if let connection = established[node] { return connection }
      do {
        return try await eventLoop.flatSubmit { [hub] in hub.value.connect(to: name) }.get()
      } catch {
        throw error as? ConnectError ?? .unreachable("\(error)")
      }
    }

    /// Ends all connections, with ``CloseReason/nodeStopped``, and frees name and port.
    ///
    /// Once is enough.
    package func stop() async {
      try? await listener?.close()
      await registration?.stop()
      try? await eventLoop.flatSubmit { [hub] in hub.value.stop() }.get()
      await epmd?.stop()
    }
  }

  extension NetworkNode {
    private static func makeHub(
      _ options: NetworkOptions, _ cookie: Cookie, _ security: ChannelSecurity, _ events: any PeerEvents,
      _ established: EstablishedConnections, _ eventLoop: any EventLoop
    ) async throws(NetworkStartError) -> NIOLoopBound<ConnectionHub> {
      do {
        return try await eventLoop.submit {
          NIOLoopBound(ConnectionHub(options, cookie, security, events, established, eventLoop), eventLoop: eventLoop)
        }.get()
      } catch {
        throw .cannotListen("\(error)")
      }
    }

    private static func listen(
      _ options: NetworkOptions, _ security: ChannelSecurity, _ hub: NIOLoopBound<ConnectionHub>,
      _ eventLoop: any EventLoop
    ) async throws(NetworkStartError) -> (any Channel)? {
      guard var wanted = options.listener else { return nil }
      if case .fixed(let port) = options.discovery, wanted.port == 0 { wanted.port = port }
      guard (0...65535).contains(wanted.port) else { throw .badPort(wanted.port) }
      let address: SocketAddress
      do {
        address = try await resolve(wanted.host, wanted.port)
      } catch {
        throw .cannotListen("\(error)")
      }
      guard address.isLoopback || security.verifiesPeers || wanted.isNetworkTrusted else {
        throw .untrustedNetwork(wanted.host, isEncrypted: security.isEncrypted)
      }
      do {
        return try await ServerBootstrap(group: eventLoop)
          .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
          .serverChannelOption(.backlog, value: 128)
          .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
          .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture { try hub.value.accept(channel) }
          }
          .bind(to: address).get()
      } catch {
        throw .cannotListen("\(error)")
      }
    }

    /// Names are resolved by the system, which may block.
    private static func resolve(_ host: String, _ port: Int) async throws -> SocketAddress {
      if let address = try? SocketAddress(ipAddress: host, port: port) { return address }
      return try await NIOThreadPool.singleton.runIfActive {
        try SocketAddress.makeAddressResolvingHost(host, port: port)
      }
    }

    private static func embeddedEpmd(
      _ port: Int, _ eventLoop: any EventLoop
    ) async throws(NetworkStartError) -> EpmdServer? {
      do {
        return try await EpmdServer.start(port: port, eventLoop: eventLoop)
      } catch {
        throw .epmd(.unreachable("\(error)"))
      }
    }

    private static func register(
      _ options: NetworkOptions, _ own: Int, _ port: Int, _ eventLoop: any EventLoop
    ) async throws(NetworkStartError) -> EpmdRegistration {
      let node = EpmdNode(
        name: options.name.name, port: UInt16(truncatingIfNeeded: own), isHidden: !options.isVisible)
      let registration = EpmdRegistration(EpmdClient(eventLoop: eventLoop, host: "127.0.0.1", port: port), node)
      do {
        try await registration.start()
      } catch {
        throw .epmd(error)
      }
      return registration
    }
  }

  /// The connections that stand, for all threads to read.
  ///
  /// The hub alone writes.
  final class EstablishedConnections: Sendable {
    private let connections = Mutex<[Atom: WireConnection]>([:])

    subscript(name: Atom) -> WireConnection? {
      get { connections.withLock { $0[name] } }
      set { connections.withLock { $0[name] = newValue } }
    }

    var all: [any PeerConnection] { connections.withLock { Array($0.values) } }
  }

  extension SocketAddress {
    var isLoopback: Bool {
      switch self {
      case .v4: ipAddress?.hasPrefix("127.") ?? false
      case .v6: ipAddress == "::1"
      case .unixDomainSocket: true
      }
    }
  }
#endif
