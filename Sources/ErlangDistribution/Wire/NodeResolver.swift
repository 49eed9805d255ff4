/// Where a node listens.
package struct NodeAddress: Hashable, Sendable {
  /// A name or an IP address.
  package var host: String
  package var port: Int

  package init(host: String, port: Int) {
    self.host = host
    self.port = port
  }
}

/// Finds out where nodes listen, by other means than epmd.
package protocol NodeResolver: Sendable {
  /// The address of a node, or nil when there is no such node.
  func address(of node: NodeName) async throws -> NodeAddress?
}

/// How a node finds others, and lets them find it.
package enum NodeDiscovery: Sendable {
  /// By the epmd of each host, at a port; nil is `ERL_EPMD_PORT`, else 4369. The node registers at that of its own host.
  ///
  /// `isEmbedded` starts an epmd within this program when none listens there.
  case epmd(port: Int? = nil, isEmbedded: Bool = false)
  /// Without epmd: every node listens on the same port of its own host.
  case fixed(port: Int)
  case custom(any NodeResolver)
}
