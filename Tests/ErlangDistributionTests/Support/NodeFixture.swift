#if ErlangDistribution
  import ErlangTerms
  import NIOCore
  import NIOPosix
  import Synchronization

  @testable import ErlangDistribution

  /// Where the nodes of a test listen.
  final class Ports: NodeResolver {
    private let ports = Mutex<[String: Int]>([:])

    subscript(name: String) -> Int? {
      get { ports.withLock { $0[name] } }
      set { ports.withLock { $0[name] = newValue } }
    }

    func address(of node: NodeName) async throws -> NodeAddress? {
      self[node.full].map { NodeAddress(host: "127.0.0.1", port: $0) }
    }
  }

  extension NetworkNode {
    /// A node on loopback that finds others by `ports`, with the cookie `c`.
    static func start(
      _ name: String, _ ports: Ports, events: any PeerEvents = RecordingEvents(), cookie: String = "c",
      _ change: (inout NetworkOptions) -> Void = { _ in }
    ) async throws -> NetworkNode {
      var options = NetworkOptions(name: try NodeName(name), cookie: .explicit(cookie))
      options.discovery = .custom(ports)
      options.poller = Carrier.current.poller
      change(&options)
      let node = try await start(options, events: events)
      ports[name] = node.port
      return node
    }

    /// Connections and attempts that hold a socket.
    func linkCount() async throws -> Int {
      try await eventLoop.submit { [hub] in hub.value.links.count }.get()
    }

    /// Connects to a node that gives others little time for it, which a busy machine may have used up.
    func connectSoon(to name: Atom) async throws {
      for _ in 0..<200 {
        if (try? await connect(to: name)) != nil { return }
        try await Task.sleep(for: .milliseconds(20))
      }
      _ = try await connect(to: name)
    }

    /// Returns when no attempt is left, and no connection but so many.
    func waitForLinks(_ count: Int) async throws {
      while try await linkCount() != count { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// A process that this node might have.
    var pid: Term.Pid { Term.Pid(node: local.name, id: 77, serial: 0, creation: local.creation) }
  }

  /// What a node answers in these tests: `net_kernel`, which is asked by `net_adm:ping/1`, and `echo`.
  enum Services {
    static func events(_ name: String, creation: UInt32) -> RecordingEvents {
      let own = Term.Pid(node: Atom(name), id: 77, serial: 0, creation: creation)
      return RecordingEvents { message, connection in
        guard case .sendToName(_, let name, let payload) = message, let term = try? payload.term(),
          let answer = answer(name, term, own)
        else { return }
        connection.send(answer)
      }
    }

    private static func answer(_ name: Atom, _ term: Term, _ own: Term.Pid) -> ControlMessage? {
      if name == "net_kernel", case .call(_, let caller) = GenMessage(term),
        let payload = try? Payload(caller.reply(.atom("yes")))
      {
        return caller.alias.map { .sendToAlias(from: own, to: $0, payload) }
          ?? .send(from: own, to: caller.pid, payload)
      }
      if name == "echo", case .tuple(let parts) = term, parts.count == 2, case .pid(let pid) = parts[0],
        let payload = try? Payload(.tuple([.atom("echo"), parts[1]]))
      {
        return .send(from: own, to: pid, payload)
      }
      return nil
    }
  }

  enum NetworkNodeLoop {
    static var any: any EventLoop { MultiThreadedEventLoopGroup.singleton.any() }
  }
#endif
