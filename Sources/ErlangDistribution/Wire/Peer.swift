package import ErlangTerms

/// Who a node is: its name, and which incarnation of that name.
package struct NodeIdentity: Hashable, Sendable {
  /// Its name, `name@host`.
  package var name: Atom
  /// What its pids, ports and references carry.
  package var creation: UInt32

  package init(name: Atom, creation: UInt32) {
    self.name = name
    self.creation = creation
  }
}

/// Who is at the other end of a connection.
package struct PeerIdentity: Hashable, Sendable {
  package var node: NodeIdentity
  /// What both ends know.
  package var flags: DistributionFlags
  /// Whether the peer wants not to be seen in `nodes()`.
  package var isHidden: Bool

  package init(node: NodeIdentity, flags: DistributionFlags, isHidden: Bool) {
    self.node = node
    self.flags = flags
    self.isHidden = isHidden
  }
}

/// What became of a message given to a connection.
package enum SendOutcome: Sendable {
  /// It will be written, after all that was sent before.
  case accepted
  /// The same, but much is waiting for the peer: do not send more before ``PeerConnection/waitUntilWritable()`` returns.
  /// This is where the BEAM suspends a process that sends.
  ///
  /// Signals that nobody can wait for, such as exits, may be sent all the same.
  case acceptedBusy
  /// The connection is closed. The message is lost, as it would be if it had been on its way.
  case closed
}

/// An established connection to another node.
///
/// Messages sent by one thread arrive in the order of the calls, and so do those of two threads when one call has returned
/// before the other began. All functions may be called from everywhere, and none of them blocks.
package protocol PeerConnection: AnyObject, Sendable {
  /// Unique in this process: a peer that comes back has another one.
  var id: UInt64 { get }
  var peer: PeerIdentity { get }

  @discardableResult
  func send(_ message: ControlMessage) -> SendOutcome

  /// To be called after messages were sent, without a lock: writes some of them if the sender's turn has sent several.
  func writePiece()

  /// Whether much is waiting for the peer: who can wait should, before sending more.
  var isBusy: Bool { get }
  /// Whether it takes no more messages.
  var isClosed: Bool { get }

  /// Returns when the queue to the peer is short again, or the connection is closed, or the caller's task is cancelled.
  func waitUntilWritable() async

  /// Calls `notify` once, when ``waitUntilWritable()`` would return; soon, and on any thread.
  ///
  /// - Returns: how to say that nobody waits any more; nil if there is nothing to wait for, and `notify` is not called.
  func notifyWhenWritable(_ notify: @escaping @Sendable () -> Void) -> (@Sendable () -> Void)?

  /// Stops reading, or goes on: so a receiver that cannot keep up slows the peer down instead of collecting its messages.
  ///
  /// Ticks go on. While nothing is read, the peer is not taken for dead.
  func setReading(_ isReading: Bool)

  /// Ends the connection. Later calls do nothing. ``PeerEvents/disconnected(_:_:)`` follows.
  func close(_ reason: CloseReason)
}

extension PeerConnection {
  package func writePiece() {}
}

/// What connections report.
///
/// The calls of one connection come one after another, never two at once, and so do `connected` and `disconnected` of all of a
/// node's; all must return soon without blocking. What several connections have received may be told at once, from several
/// threads (decision 0019). Of one connection `connected` comes first and `disconnected` last, each once; nothing is received before or after. There is at most one
/// connection to each name between the two: one that replaces another is connected after that one is disconnected.
package protocol PeerEvents: AnyObject, Sendable {
  func connected(_ connection: any PeerConnection)
  func received(_ message: ControlMessage, from connection: any PeerConnection)
  /// Between these two come messages that have come together: whom they wake may be woken at the end.
  func willReceive(from connection: any PeerConnection)
  func hasReceived(from connection: any PeerConnection)
  func disconnected(_ connection: any PeerConnection, _ reason: CloseReason)
}

extension PeerEvents {
  package func willReceive(from connection: any PeerConnection) {}
  package func hasReceived(from connection: any PeerConnection) {}
}

/// A node's view of the network: which nodes it is connected to, and how it gets to others.
package protocol PeerNetwork: AnyObject, Sendable {
  /// Who this node is, as in the pids that it makes.
  var local: NodeIdentity { get }

  /// The connection to a node, if there is one.
  func connection(to node: Atom) -> (any PeerConnection)?

  /// All connections, in no order.
  var connections: [any PeerConnection] { get }

  /// The connection to a node, made if there is none yet.
  ///
  /// Many may ask at once: there is one attempt. When it returns, ``PeerEvents/connected(_:)`` has been called.
  func connect(to node: Atom) async throws(ConnectError) -> any PeerConnection
}

/// Why there is no connection to a node.
package enum ConnectError: Error, Hashable, Sendable {
  /// The name is none, or is this node's own.
  case badName(String)
  /// Nobody knows where the node listens: it does not run, or not under this name.
  case unknownNode(String)
  /// Nobody answers where it should listen.
  case unreachable(String)
  /// The peer does not want this connection.
  case refused
  /// The cookies differ: the peer's proof was wrong, or it closed when it saw ours.
  case wrongCookie
  /// The peer speaks something else, or lacks flags.
  case incompatible(String)
  /// One side has TLS and the other has not, or one does not accept the other's certificate.
  case tls(String)
  /// It took longer than the setup time.
  case timeout
  /// This node has been stopped.
  case nodeStopped
}

extension ConnectError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .badName(let why): why
    case .unknownNode(let why): "nobody knows where the node listens: \(why)"
    case .unreachable(let why): "the node cannot be reached: \(why)"
    case .refused: "the node does not want this connection"
    case .wrongCookie: "closed during authentication: is the cookie the same on both nodes?"
    case .incompatible(let why): "the nodes cannot talk to each other: \(why)"
    case .tls(let why): "no encrypted connection: \(why)"
    case .timeout: "the node did not answer within the setup time"
    case .nodeStopped: "this node has been stopped"
    }
  }
}
