import ErlangDistribution
import ErlangTerms
import Synchronization

/// Nodes that are connected in memory: for tests of what goes over a connection, without sockets.
///
/// Everything that happens goes through one queue, in the order in which it was caused. By hand, ``deliver()`` works it off;
/// an automatic network does so on a task of its own.
final class MemoryNetwork: Sendable {
  private struct State {
    var nodes: [Atom: MemoryNode] = [:]
    var queue: [@Sendable () -> Void] = []
    var isDelivering = false
    var lastID: UInt64 = 0
  }

  let isAutomatic: Bool
  private let state = Mutex(State())

  init(isAutomatic: Bool = false) {
    self.isAutomatic = isAutomatic
  }

  /// A node of a name.
  ///
  /// What happens to it is reported to `events`.
  func node(_ name: Atom, creation: UInt32 = 1, events: any PeerEvents) -> MemoryNode {
    let node = MemoryNode(NodeIdentity(name: name, creation: creation), events, self)
    state.withLock { $0.nodes[name] = node }
    return node
  }

  /// Takes a node away.
  ///
  /// Its connections end for the others with ``CloseReason/closedByPeer``.
  func remove(_ node: MemoryNode) {
    state.withLock { if $0.nodes[node.local.name] === node { $0.nodes[node.local.name] = nil } }
    for connection in node.connections { connection.close(.nodeStopped) }
  }

  /// Does what waits to be done, and what follows from it, until nothing is left.
  ///
  /// How much it was.
  @discardableResult
  func deliver(atMost limit: Int = .max) -> Int {
    let isFirst = state.withLock { state in
      defer { state.isDelivering = true }
      return !state.isDelivering
    }
    guard isFirst else { return 0 }
    var count = 0
    while let next = next(count < limit) {
      next()
      count += 1
    }
    return count
  }

  private func next(_ mayGoOn: Bool) -> (@Sendable () -> Void)? {
    state.withLock { state in
      guard mayGoOn, !state.queue.isEmpty else {
        state.isDelivering = false
        return nil
      }
      return state.queue.removeFirst()
    }
  }

  func enqueue(_ work: @escaping @Sendable () -> Void) {
    let mustStart = state.withLock { state in
      state.queue.append(work)
      return isAutomatic && !state.isDelivering
    }
    if mustStart { Task.detached { self.deliver() } }
  }

  func find(_ name: Atom) -> MemoryNode? {
    state.withLock { $0.nodes[name] }
  }

  func nextID() -> UInt64 {
    state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
  }
}

/// A node of a ``MemoryNetwork``.
final class MemoryNode: PeerNetwork {
  let local: NodeIdentity
  let events: any PeerEvents
  private let network: MemoryNetwork
  private let peers = Mutex<[Atom: MemoryConnection]>([:])

  init(_ local: NodeIdentity, _ events: any PeerEvents, _ network: MemoryNetwork) {
    self.local = local
    self.events = events
    self.network = network
  }

  func connection(to node: Atom) -> (any PeerConnection)? { peers.withLock { $0[node] } }

  var connections: [any PeerConnection] { peers.withLock { Array($0.values) } }

  func connect(to node: Atom) async throws(ConnectError) -> any PeerConnection {
    guard node != local.name else { throw .badName("\(node.name) is this node") }
    guard let other = network.find(node) else { throw .unknownNode("there is no \(node.name) in this network") }
    await withCheckedContinuation { (connected: CheckedContinuation<Void, Never>) in
      network.enqueue {
        self.join(other)
        connected.resume()
      }
    }
    guard let connection = connection(to: node) else { throw .unreachable("closed at once") }
    return connection
  }

  private func join(_ other: MemoryNode) {
    guard connection(to: other.local.name) == nil else { return }
    let here = MemoryConnection(self, to: other, network)
    let there = MemoryConnection(other, to: self, network)
    here.joinTo(there)
    there.joinTo(here)
    for connection in [here, there] {
      connection.owner.peers.withLock { $0[connection.peer.node.name] = connection }
      connection.owner.events.connected(connection)
    }
  }

  func forget(_ connection: MemoryConnection) {
    peers.withLock { if $0[connection.peer.node.name] === connection { $0[connection.peer.node.name] = nil } }
  }
}

/// One end of a connection in memory.
final class MemoryConnection: PeerConnection {
  private struct State {
    weak var other: MemoryConnection?
    var isClosed = false
    var isBusy = false
    var isReading = true
    var unread: [ControlMessage] = []
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  let id: UInt64
  let peer: PeerIdentity
  let owner: MemoryNode
  private let network: MemoryNetwork
  private let state = Mutex(State())

  init(_ owner: MemoryNode, to other: MemoryNode, _ network: MemoryNetwork) {
    id = network.nextID()
    peer = PeerIdentity(node: other.local, flags: .hidden, isHidden: true)
    self.owner = owner
    self.network = network
  }

  func joinTo(_ other: MemoryConnection) { state.withLock { $0.other = other } }

  /// Whether senders are told to wait.
  var isBusy: Bool {
    get { state.withLock { $0.isBusy } }
    set {
      let free = state.withLock { state in
        state.isBusy = newValue
        defer { if !newValue { state.waiting = [] } }
        return newValue ? [] : state.waiting
      }
      for sender in free { sender.resume() }
    }
  }

  var isClosed: Bool { state.withLock { $0.isClosed } }

  @discardableResult
  func send(_ message: ControlMessage) -> SendOutcome {
    let (other, outcome) = state.withLock { state in
      (state.other, state.isClosed ? SendOutcome.closed : state.isBusy ? .acceptedBusy : .accepted)
    }
    guard outcome != .closed, let other else { return .closed }
    network.enqueue { other.receive(message) }
    return outcome
  }

  private func receive(_ message: ControlMessage) {
    let isFor = state.withLock { state in
      if !state.isClosed, !state.isReading { state.unread.append(message) }
      return !state.isClosed && state.isReading
    }
    if isFor { owner.events.received(message, from: self) }
  }

  func waitUntilWritable() async {
    await withCheckedContinuation { (sender: CheckedContinuation<Void, Never>) in
      let isFree = state.withLock { state in
        if state.isBusy, !state.isClosed { state.waiting.append(sender) }
        return !state.isBusy || state.isClosed
      }
      if isFree { sender.resume() }
    }
  }

  func notifyWhenWritable(_ notify: @escaping @Sendable () -> Void) -> (@Sendable () -> Void)? {
    guard isBusy, !isClosed else { return nil }
    let wait = Task.detached {
      await self.waitUntilWritable()
      notify()
    }
    return { wait.cancel() }
  }

  func setReading(_ isReading: Bool) {
    network.enqueue {
      let unread = self.state.withLock { state in
        state.isReading = isReading
        defer { if isReading { state.unread = [] } }
        return isReading ? state.unread : []
      }
      for message in unread { self.receive(message) }
    }
  }

  func close(_ reason: CloseReason) {
    network.enqueue {
      self.end(reason)
      self.state.withLock { $0.other }?.end(.closedByPeer)
    }
  }

  private func end(_ reason: CloseReason) {
    let (isFirst, waiting) = state.withLock { state in
      defer {
        state.isClosed = true
        state.waiting = []
      }
      return (!state.isClosed, state.waiting)
    }
    guard isFirst else { return }
    for sender in waiting { sender.resume() }
    owner.forget(self)
    owner.events.disconnected(self, reason)
  }
}
