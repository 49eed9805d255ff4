package import ErlangTerms
@_spi(Runtime) package import ProcessRuntime
import Supervision
import Synchronization

/// What makes the processes of this program processes of an Erlang node: the way from ids to pids and back, the peers, and what
/// becomes of what they send.
package final class Distribution: PeerEvents {
  private struct State {
    var network: (any PeerNetwork)?
    var peers: [Atom: ErlangPeer] = [:]
    var services: [Atom: ProcessCell] = [:]
    var functions: [FunctionName: ExportedFunction] = [:]
    var factories: [FunctionName: ChildFactory] = [:]
    var templates: [Atom: ChildFactory] = [:]
    var listeners: [UInt64: Listener] = [:]
    var lastPeer: UInt64 = 0
  }

  private struct Listener {
    /// Whose end is its own.
    let owner: ProcessID?
    let tell: @Sendable (NodeEvent) -> Void
  }

  /// The node whose processes these are.
  package let core: Node
  package let identity: NodeIdentity
  let options: ErlangNode.Options
  /// The last word of references: tells those of this incarnation from forged ones.
  private let salt = UInt32.random(in: .min ... .max)
  private let state = Mutex(State())
  private let lastSender = Mutex<(connection: UInt64, peer: ErlangPeer)?>(nil)
  /// Those who are woken by what has come together.
  private let woken = WakeUps()

  package init(_ identity: NodeIdentity, on core: Node, _ options: ErlangNode.Options = ErlangNode.Options()) {
    self.identity = identity
    self.core = core
    self.options = options
  }

  /// How it gets to other nodes.
  package var network: (any PeerNetwork)? {
    get { state.withLock { $0.network } }
    set { state.withLock { $0.network = newValue } }
  }

  let spawns = SpawnTable()
  let replacements = StateReplacements()
  private let reports = ReportQueue()

  // MARK: Peers

  package func peer(_ name: Atom) -> ErlangPeer {
    state.withLock { state in
      if let known = state.peers[name] { return known }
      state.lastPeer += 1
      let new = ErlangPeer(name, state.lastPeer, of: self)
      state.peers[name] = new
      return new
    }
  }

  /// That node, if this one has had to do with it: to answer somebody nobody is remembered.
  func knownPeer(_ name: Atom) -> ErlangPeer? { state.withLock { $0.peers[name] } }

  var connectedPeers: [ErlangPeer] {
    let peers = state.withLock { Array($0.peers.values) }
    return peers.filter { $0.connection != nil }.sorted { $0.number < $1.number }
  }

  /// Makes a connection, which somebody waits for.
  func dial(_ peer: ErlangPeer) {
    let network = network
    Task {
      do {
        guard let network else { throw ConnectError.nodeStopped }
        _ = try await network.connect(to: peer.atom)
      } catch {
        self.report(.unreachable(node: peer.name, why: "\(error)"))
        peer.disconnected(nil)
      }
    }
  }

  package func connected(_ connection: any PeerConnection) {
    peer(connection.peer.node.name).connected(connection)
    tell(.up(connection.peer.node.name.name))
  }

  package func received(_ message: ControlMessage, from connection: any PeerConnection) {
    sender(connection).receive(message, connection)
  }

  package func willReceive(from connection: any PeerConnection) { woken.begin() }

  package func hasReceived(from connection: any PeerConnection) { woken.end() }

  /// Whose connection it is: mostly that of the message before.
  private func sender(_ connection: any PeerConnection) -> ErlangPeer {
    let id = connection.id
    if let last = lastSender.withLock({ $0?.connection == id ? $0?.peer : nil }) { return last }
    let peer = peer(connection.peer.node.name)
    lastSender.withLock { $0 = (id, peer) }
    return peer
  }

  package func disconnected(_ connection: any PeerConnection, _ reason: CloseReason) {
    peer(connection.peer.node.name).disconnected(connection)
    tell(.down(connection.peer.node.name.name, "\(reason)"))
  }

  /// The target is a process of an earlier incarnation of its node: what its node would answer, if it could be asked.
  func answerForDead(_ message: ControlMessage, _ peer: ErlangPeer) {
    // By a process: whoever is answered may hold what the answer needs.
    _ = spawn(on: core) {
      guard let connection = peer.connection else { return }
      switch message {
      case .link(let from, let to):
        peer.receive(.exit(from: to, to: from, reason: .atom("noproc")), connection)
      case .monitor(let from, let target, let ref):
        peer.receive(.monitorExit(from: target, to: from, ref, reason: .atom("noproc")), connection)
      default: break
      }
    }
  }

  // MARK: Events

  @discardableResult
  func listen(for owner: ProcessID? = nil, _ tell: @escaping @Sendable (NodeEvent) -> Void) -> UInt64 {
    let number = core.nextReference()
    state.withLock { state in
      state.listeners = state.listeners.filter { $0.value.owner?.isAlive ?? true }
      state.listeners[number] = Listener(owner: owner, tell: tell)
    }
    return number
  }

  func unlisten(_ number: UInt64) { state.withLock { $0.listeners[number] = nil } }

  private func tell(_ event: NodeEvent) {
    let listeners = state.withLock { $0.listeners.sorted { $0.key < $1.key }.map(\.value) }
    for listener in listeners where listener.owner?.isAlive ?? true { listener.tell(event) }
    report(.event(event))
  }

  func report(_ what: DistributionReport.What) {
    let report = DistributionReport(node: identity.name.name, what: what)
    guard core.reports.wants(report.level) else { return }
    reports.add(report, on: core)
  }

  // MARK: Names

  /// Names that this node answers for itself, before those that processes have registered.
  package func serve(_ name: Atom, by process: ProcessID) { state.withLock { $0.services[name] = process.cell } }

  package func whereis(_ name: Atom) -> ProcessCell? {
    if let service = state.withLock({ $0.services[name] }), !service.isDead { return service }
    return core.whereis(name.name)
  }

  // MARK: Exports

  func export(_ function: @escaping ExportedFunction, as name: FunctionName) {
    state.withLock { $0.functions[name] = function }
  }
  func function(_ name: FunctionName) -> ExportedFunction? { state.withLock { $0.functions[name] } }
  func export(_ factory: @escaping ChildFactory, as name: FunctionName) {
    state.withLock { $0.factories[name] = factory }
  }
  func export(_ template: @escaping ChildFactory, under name: Atom) { state.withLock { $0.templates[name] = template } }
  func template(_ name: Atom) -> ChildFactory? { state.withLock { $0.templates[name] } }
  func factory(_ name: FunctionName) -> ChildFactory? { state.withLock { $0.factories[name] } }
}

/// Pids and references.
extension Distribution {
  /// Stands for code outside of processes.
  package var nobody: Term.Pid { Term.Pid(node: identity.name, id: 1, serial: 0, creation: identity.creation) }

  /// The process that runs the code that asks.
  package var currentPid: Term.Pid { ProcessCell.current.map { pid(of: $0) } ?? nobody }

  package func pid(of cell: ProcessCell) -> Term.Pid {
    if let remote = cell.id.remote {
      guard let peer = remote.peer as? ErlangPeer, case .pid(let pid) = peer.target(remote) else { return nobody }
      return pid
    }
    guard cell.number > 0 else { return nobody }
    return Term.Pid(
      node: identity.name, id: UInt32(truncatingIfNeeded: cell.number),
      serial: UInt32(truncatingIfNeeded: cell.number >> 32), creation: identity.creation)
  }

  /// The living process of this node with that pid.
  package func localProcess(_ pid: Term.Pid) -> ProcessCell? {
    guard pid.node == identity.name, pid.creation == identity.creation else { return nil }
    return core.process(UInt64(pid.serial) << 32 | UInt64(pid.id))
  }

  func process(_ target: ProcessTarget) -> ProcessCell? {
    switch target {
    case .pid(let pid): localProcess(pid)
    case .name(let name): whereis(name)
    }
  }

  /// The id of a process of whatever node.
  ///
  /// One of this node that is dead has an id of nobody.
  package func process(of pid: Term.Pid) -> ProcessID {
    if pid.node != identity.name { return peer(pid.node).process(pid).id }
    return localProcess(pid)?.id ?? ProcessID(placeholder: UInt64(pid.serial) << 32 | UInt64(pid.id))
  }

  package func reference(_ number: UInt64) -> Term.Reference {
    var words = ReferenceWords()
    words.append(UInt32(truncatingIfNeeded: number))
    words.append(UInt32(truncatingIfNeeded: number >> 32))
    words.append(salt)
    return Term.Reference(node: identity.name, creation: identity.creation, words)
  }

  /// The number of one of this node's references.
  package func number(of ref: Term.Reference) -> UInt64? {
    let words = ref.content
    guard ref.creation == identity.creation, words.count == 3, words[2] == salt, ref.node == identity.name else {
      return nil
    }
    return UInt64(words[1]) << 32 | UInt64(words[0])
  }
}

/// What comes in for a process.
extension Distribution {
  func deliver(
    _ payload: Payload, to cell: ProcessCell, throughAlias alias: UInt64? = nil, _ peer: ErlangPeer,
    _ connection: any PeerConnection
  ) {
    // One that takes no messages would only collect them.
    if cell.messageType == Never.self { return }
    let message = WireMessage(payload, peer, connection)
    if let alias { cell.push(foreign: message, throughAlias: alias) } else { cell.push(foreign: message, woken) }
  }

  /// Answers a caller of another node.
  ///
  /// Does not connect to it for that.
  func reply(_ value: Term, to caller: GenMessage.Caller) {
    do {
      let payload = try Payload(caller.reply(value), limits: options.limits)
      if let alias = caller.alias {
        knownPeer(alias.node)?.transmit(.sendToAlias(from: currentPid, to: alias, payload), to: nil, dials: false)
      } else {
        knownPeer(caller.pid.node)?.transmit(.send(from: currentPid, to: caller.pid, payload), to: nil, dials: false)
      }
    } catch {
      refuse(caller, .tuple([.atom("unencodable"), .string("\(error)")]))
    }
  }

  /// The same to a caller who is, as a rule, of that peer.
  func reply(_ value: Term, to caller: WireCaller, of peer: ErlangPeer) {
    guard case .alias(let alias, of: _) = caller else { return reply(value, to: caller.caller) }
    do {
      let payload = try Payload(endingWith: value, limits: options.limits) { bytes throws(TermError) in
        try GenMessage.append(answerTo: alias, to: &bytes)
      }
      let peer = alias.node == peer.atom ? peer : knownPeer(alias.node)
      peer?.transmit(.sendToAlias(from: currentPid, to: alias, payload), to: nil, dials: false)
    } catch {
      refuse(caller.caller, .tuple([.atom("unencodable"), .string("\(error)")]))
    }
  }

  /// Ends the call without an answer.
  func refuse(_ caller: GenMessage.Caller, _ reason: Term) {
    if let ref = caller.alias ?? caller.tag.reference { knownPeer(caller.pid.node)?.refuse(ref, reason) }
  }
}
