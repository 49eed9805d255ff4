#if ErlangDistribution
  import NIOCore

  /// Finds out where to dial, as the node's options say.
  struct Resolver: Sendable {
    private let options: NetworkOptions
    private let eventLoop: any EventLoop

    init(_ options: NetworkOptions, _ eventLoop: any EventLoop) {
      self.options = options
      self.eventLoop = eventLoop
    }

    func address(of node: NodeName) async throws(ConnectError) -> NodeAddress {
      switch options.discovery {
      case .fixed(let port): return NodeAddress(host: host(of: node), port: port)
      case .custom(let resolver):
        let address: NodeAddress?
        do { address = try await resolver.address(of: node) } catch { throw .unknownNode("\(error)") }
        guard let address else { throw .unknownNode("the resolver does not know \(node)") }
        return address
      case .epmd(let port, _): return try await ask(port ?? EpmdClient.standardPort, for: node)
      }
    }

    private func ask(_ port: Int, for node: NodeName) async throws(ConnectError) -> NodeAddress {
      let host = host(of: node)
      let client = EpmdClient(
        eventLoop: eventLoop, host: host, port: port, timeout: TimeAmount(options.setupTime))
      let found: EpmdNode?
      do { found = try await client.node(node.name) } catch { throw .unknownNode("\(error)") }
      guard let found else { throw .unknownNode("the epmd of \(host) has no node named \(node.name)") }
      guard found.versions.contains(6) else { throw .incompatible("\(node) does not speak version 6 of the handshake") }
      return NodeAddress(host: host, port: Int(found.port))
    }

    /// Nodes of this host are where this one is: on loopback, if it listens there.
    private func host(of node: NodeName) -> String {
      guard node.host == options.name.host || node.host == "localhost" else { return node.host }
      guard let own = options.listener?.host else { return "127.0.0.1" }
      let isLoopback = own == "localhost" || (try? SocketAddress(ipAddress: own, port: 0))?.isLoopback == true
      return isLoopback ? own : node.host
    }
  }
#endif
