import ErlangTerms
@_spi(Runtime) import ProcessRuntime
public import Supervision
import Synchronization

/// Starting and stopping.
extension ErlangNode {
  /// Starts the node; linked to nobody (`net_kernel:start/2`).
  ///
  /// Suspends until others can connect. Nothing happens if it runs.
  ///
  /// - Throws: ``ErlangNodeError``, if the name is taken or is none, there is no cookie, or it cannot listen.
  public func start() async throws(ErlangNodeError) {
    if running.withLock({ $0?.id.isAlive == true }) { return }
    do {
      let supervisor = try await Supervisor.start(strategy: .restForOne) { children }
      running.withLock { $0 = supervisor }
    } catch {
      throw ErlangNodeError("the node \(name) did not start: \(error)")
    }
  }

  /// Stops the node that ``start()`` has started: its connections end, and its name is free again (`net_kernel:stop/0`).
  ///
  /// Suspends until that is done. The processes stay.
  public func stop() async {
    let supervisor = running.withLock { running in
      defer { running = nil }
      return running
    }
    try? await supervisor?.stop()
  }

  /// The node as the child of a supervisor, instead of ``start()``: it runs as long as the supervisor wants.
  public var child: ChildSpec { ChildSpec(NodeTree(node: self), id: ChildSpec.ID(name)) }

  @ChildSpecBuilder var children: [ChildSpec] {
    ChildSpec(id: "net_kernel") { [distribution] in
      try await NetKernel.startLink {
        CurrentProcess.id.map { distribution.serve("net_kernel", by: $0) }
        return NetKernel()
      }.id
    }
    ChildSpec(id: "rex") { [distribution] in
      try await RpcServer.startLink {
        CurrentProcess.id.map { distribution.serve("rex", by: $0) }
        return RpcServer(node: distribution)
      }.id
    }
    if distribution.options.isVisible {
      ChildSpec(id: "global_name_server") { [distribution] in
        try await GlobalNameServer.startLink {
          CurrentProcess.id.map { distribution.serve("global_name_server", by: $0) }
          return GlobalNameServer(node: distribution)
        }.id
      }
    }
    #if ErlangDistribution
      ChildSpec(id: "network", shutdown: .timeout(.seconds(10))) { [self] in
        try await NetworkProcess.startLink { try await NetworkProcess(self) }.id
      }
    #endif
  }
}

private struct NodeTree: SupervisorBehaviour {
  let node: ErlangNode

  var strategy: Supervisor.Strategy { .restForOne }
  var children: [ChildSpec] { node.children }
}

#if ErlangDistribution
  /// Holds the sockets: they are open as long as it lives.
  private struct NetworkProcess: GenServer {
    enum Message: Sendable {}

    private let network: NetworkNode
    private let distribution: Distribution

    init(_ node: ErlangNode) async throws {
      CurrentProcess.trapsExits = true
      distribution = node.distribution
      network = try await NetworkNode.start(try node.networkOptions, events: distribution)
      distribution.network = network
    }

    func handle(_ message: Message) {}

    func terminate(_ reason: ExitReason) async {
      distribution.network = nil
      await network.stop()
    }
  }

  extension ErlangNode {
    fileprivate var networkOptions: NetworkOptions {
      get throws {
        let settings = distribution.options
        var options = NetworkOptions(
          name: try NodeName(name), cookie: cookie.map { .explicit($0) } ?? .standard,
          creation: distribution.identity.creation)
        options.isVisible = settings.isVisible
        options.tickTime = settings.tickTime
        options.listener = settings.listener
        options.poller = distribution.core.poller
        #if TLS
          options.tls = settings.tls
        #endif
        switch settings.discovery.kind {
        case .epmd(let port, let isEmbedded): options.discovery = .epmd(port: port, isEmbedded: isEmbedded)
        case .fixedPort(let port): options.discovery = .fixed(port: port)
        }
        return options
      }
    }
  }
#endif
