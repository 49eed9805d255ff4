package import ErlangTerms

/// Why a connection has ended.
package enum CloseReason: Error, Hashable, Sendable {
  /// The peer closed it, or the network did.
  case closedByPeer
  /// We were asked to.
  case disconnected
  /// This node stops.
  case nodeStopped
  /// Nothing was heard of the peer for the tick time.
  case tickTimeout
  /// The peer reads too slowly: more than the limit was waiting for it.
  case slowPeer
  /// The peer has connected anew, and proved who it is.
  case replaced
  /// The peer broke the protocol. The text says how, and holds nothing of what it has sent.
  case violation(String)
  /// The peer has sent a payload that is no term.
  case undecodable(TermError)
  /// The operating system reported an error.
  case failed(String)
}

extension CloseReason {
  /// The reason in the words of `net_kernel:monitor_nodes/2`.
  package var atom: Atom {
    switch self {
    case .closedByPeer, .replaced, .violation, .undecodable, .slowPeer, .failed: "connection_closed"
    case .disconnected: "disconnect"
    case .nodeStopped: "net_kernel_terminated"
    case .tickTimeout: "net_tick_timeout"
    }
  }
}

extension CloseReason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .closedByPeer: "the peer has closed the connection"
    case .disconnected: "disconnected on request"
    case .nodeStopped: "the node has stopped"
    case .tickTimeout: "nothing was heard of the peer for the tick time"
    case .slowPeer: "the peer reads too slowly: too much was waiting for it"
    case .replaced: "the peer has connected anew"
    case .violation(let what): "the peer broke the protocol: \(what)"
    case .undecodable(let error): "the peer has sent a payload that is no term: \(error)"
    case .failed(let error): "the connection failed: \(error)"
    }
  }
}
