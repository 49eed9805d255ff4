import ErlangDistribution
import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision
import Synchronization

/// A peer whose every message a test says itself: so each race has the order that the test wants.
final class ScriptedPeer: PeerConnection, PeerNetwork {
  let id: UInt64
  let peer: PeerIdentity
  let local: NodeIdentity
  private let log = Mutex<[ControlMessage]>([])
  private let reasons = Mutex<[CloseReason]>([])
  private let busy = Mutex<(isBusy: Bool, last: Int, waiting: [Int: @Sendable () -> Void])>((false, 0, [:]))

  init(_ name: Atom = "b@h", creation: UInt32 = 7, id: UInt64 = 1, flags: DistributionFlags = .hidden) {
    self.id = id
    local = NodeIdentity(name: "a@h", creation: 5)
    peer = PeerIdentity(node: NodeIdentity(name: name, creation: creation), flags: flags, isHidden: true)
  }

  func send(_ message: ControlMessage) -> SendOutcome {
    log.withLock { $0.append(message) }
    return .accepted
  }

  /// Whether it tells senders to wait; those that wait go on when it does not any more.
  var isBusy: Bool {
    get { busy.withLock { $0.isBusy } }
    set {
      let waiting = busy.withLock { busy in
        busy.isBusy = newValue
        defer { if !newValue { busy.waiting = [:] } }
        return newValue ? [] : busy.waiting.sorted { $0.key < $1.key }.map(\.value)
      }
      for notify in waiting { notify() }
    }
  }
  var isClosed: Bool { reasons.withLock { !$0.isEmpty } }
  /// How many wait at present.
  var waitingCount: Int { busy.withLock { $0.waiting.count } }

  func notifyWhenWritable(_ notify: @escaping @Sendable () -> Void) -> (@Sendable () -> Void)? {
    let number = busy.withLock { busy -> Int? in
      guard busy.isBusy else { return nil }
      busy.last += 1
      busy.waiting[busy.last] = notify
      return busy.last
    }
    guard let number else { return nil }
    return { self.busy.withLock { busy in busy.waiting[number] = nil } }
  }

  func waitUntilWritable() async {}
  func setReading(_ isReading: Bool) {}
  func close(_ reason: CloseReason) {
    reasons.withLock { $0.append(reason) }
    isBusy = false
  }

  var closed: [CloseReason] { reasons.withLock { $0 } }

  /// What has been sent since the last look.
  func takeSent() -> [ControlMessage] {
    log.withLock { log in
      defer { log = [] }
      return log
    }
  }

  func connection(to node: Atom) -> (any PeerConnection)? { nil }
  var connections: [any PeerConnection] { [] }
  func connect(to node: Atom) async throws(ConnectError) -> any PeerConnection { throw .unknownNode("\(node)") }
}

/// A node with one peer, connected.
struct Rig: Sendable {
  let node: ErlangNode
  let peer: ScriptedPeer

  init(
    _ peer: ScriptedPeer = ScriptedPeer(), isConnected: Bool = true, options: ErlangNode.Options = ErlangNode.Options()
  ) {
    node = ErlangNode(Distribution(NodeIdentity(name: "a@h", creation: 5), on: .current, options))
    self.peer = peer
    node.distribution.network = peer
    if isConnected { connect() }
  }

  func connect() { node.distribution.connected(peer) }
  func lose() { node.distribution.disconnected(peer, .closedByPeer) }
  func receive(_ message: ControlMessage) { node.distribution.received(message, from: peer) }

  /// A pid of the peer's.
  func remotePid(_ id: UInt32 = 1, creation: UInt32 = 7) -> Term.Pid {
    Term.Pid(node: peer.peer.node.name, id: id, serial: 0, creation: creation)
  }

  func remote(_ id: UInt32 = 1) -> ProcessID { node.process(of: remotePid(id)) }

  func ref(_ number: UInt32 = 1) -> Term.Reference {
    Term.Reference(node: peer.peer.node.name, creation: 7, words: [number, 0, 0])
  }

  /// As `GenServer.call` of the peer sends it: the monitor, then the message.
  ///
  /// What the answer is recognised by.
  @discardableResult
  func call(_ target: ProcessTarget, _ request: Term, _ number: UInt32 = 1) throws -> Term.Reference {
    let ref = ref(number)
    let caller = GenMessage.Caller(
      pid: remotePid(), tag: .improperList([.atom("alias")], tail: .reference(ref)))
    receive(.monitor(from: remotePid(), target, ref))
    try send(GenMessage.call(request, from: caller).term, to: target)
    return ref
  }

  /// As `sys` of the peer asks.
  func ask(_ name: Atom, _ request: Term, _ number: UInt32 = 1) throws {
    let caller = GenMessage.Caller(
      pid: remotePid(), tag: .improperList([.atom("alias")], tail: .reference(ref(number))))
    receive(.monitor(from: remotePid(), .name(name), ref(number)))
    try send(.tuple([.atom("system"), caller.term, request]), to: .name(name))
    receive(.demonitor(from: remotePid(), .name(name), ref(number)))
  }

  /// What the calls since the last look were answered with.
  func takeAnswers() -> [Term] {
    peer.takeSent().compactMap {
      guard case .sendToAlias(_, _, let payload) = $0 else { return nil }
      return (try? payload.term())?.elements?.last
    }
  }

  func send(_ term: Term, to target: ProcessTarget) throws {
    switch target {
    case .pid(let pid): receive(.send(from: remotePid(), to: pid, try Payload(term)))
    case .name(let name): receive(.sendToName(from: remotePid(), to: name, try Payload(term)))
    }
  }
}

extension ControlMessage {
  /// In the words of the protocol, for comparing.
  var text: String {
    switch self {
    case .send(_, let to, let payload): "send \(to.id) \(payload.text)"
    case .sendToName(_, let name, let payload): "send \(name) \(payload.text)"
    case .sendToAlias(_, let ref, let payload): "alias \(ref.words[0]) \(payload.text)"
    case .link(_, let to): "link \(to.id)"
    case .unlink(let id, _, let to): "unlink \(to.id) id \(id)"
    case .unlinkAcknowledged(let id, _, let to): "ack \(to.id) id \(id)"
    case .exit(_, let to, let reason): "exit \(to.id) \(reason)"
    case .exitSignal(_, let to, let reason): "signal \(to.id) \(reason)"
    case .monitor(_, let target, _): "monitor \(target.text)"
    case .demonitor(_, let target, _): "demonitor \(target.text)"
    case .monitorExit(let target, _, let ref, let reason): "down \(target.text) \(ref.words[0]) \(reason)"
    case .spawnRequest(let request): "spawn \(request.module):\(request.function)/\(request.arity)"
    case .spawnReply(_, _, .failed(let reason)): "spawned \(reason)"
    case .spawnReply: "spawned"
    case .groupLeader: "group leader"
    }
  }
}

extension ProcessTarget {
  var text: String {
    switch self {
    case .name(let name): "\(name)"
    case .pid(let pid): pid.node == "a@h" ? "here" : "\(pid.id)"
    }
  }
}

extension Payload {
  var text: String { (try? term()).map { "\($0)" } ?? "undecodable" }
}
