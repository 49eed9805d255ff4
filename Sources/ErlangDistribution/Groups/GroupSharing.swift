import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision

/// Tells the scopes of the same name on other nodes who is in the groups of this one, and the groups who is in theirs: OTP's
/// `pg`.
struct GroupSharing<Group: Codable & Hashable & Sendable>: GenServer {
  enum Message: Decodable, Sendable {
    /// Of another node's scope.
    case wire(Term)
    case node(NodeEvent)
    case group(GroupEvent<Group>)

    init(from decoder: any Decoder) throws { self = .wire(try Term(from: decoder)) }
  }

  private let node: Distribution
  private let name: Atom
  private let groups: ProcessGroups<Group>
  private let own: ProcessID
  private var local: [Group: [ProcessID]]
  /// The other scopes, in the order in which they were met.
  private var others: [ProcessID] = []

  init(_ groups: ProcessGroups<Group>, _ name: Atom, _ node: Distribution) throws {
    guard let own = CurrentProcess.id else { throw StartError(.outsideProcess) }
    CurrentProcess.trapsExits = true
    self.groups = groups
    self.name = name
    self.node = node
    self.own = own
    // Of one that was killed, whose place this one takes.
    groups.removeRemote(onNode: node.core.number)
    let server = ProcessRef<Message>(unsafelyTyped: own)
    local = groups.monitorScope { server.send(.group($0)) }.groups
    node.serve(name, by: own)
    node.listen(for: own) { server.send(.node($0)) }
    for peer in node.connectedPeers { look(on: peer) }
  }

  mutating func handle(_ message: Message) throws {
    switch message {
    case .wire(let term): try receive(term.elements ?? [])
    case .node(.up(let other)): look(on: node.peer(Atom(other)))
    case .node: break
    case .group(.joined(let group, let process)):
      guard process.remoteNode == nil else { return }
      local[group, default: []].append(process)
      tell(group) { .tuple([.atom("join"), $0, $1, .pid(node.pid(of: process.cell))]) }
    case .group(.left(let group, let process)):
      guard process.remoteNode == nil, let index = local[group]?.lastIndex(of: process) else { return }
      local[group]?.remove(at: index)
      if local[group]?.isEmpty == true { local[group] = nil }
      tell(group) { .tuple([.atom("leave"), $0, .pid(node.pid(of: process.cell)), .list([$1])]) }
    }
  }

  mutating func handle(_ signal: Signal) {
    guard case .down(_, let process, _) = signal else { return }
    others.removeAll { $0 == process }
    groups.setRemote([:], of: process)
  }

  func terminate(_ reason: ExitReason) { groups.removeRemote(onNode: node.core.number) }

  // MARK: What others say

  private mutating func receive(_ parts: [Term]) throws {
    guard parts.count >= 2, let operation = parts[0].atom, let pid = parts[1].pid, pid.node != node.identity.name
    else { return }
    let other = node.process(of: pid)
    switch (operation, parts.count) {
    // Later releases add a version.
    case ("discover", 2...3):
      send(.cast(.tuple([.atom("sync"), ownTerm, .list(localTerms)])), to: other)
      if try meet(other) { discover(other) }
    case ("sync", 3):
      _ = try meet(other)
      var theirs: [Group: [ProcessID]] = [:]
      for entry in parts[2].list ?? [] {
        guard let pair = entry.elements, pair.count == 2, let group = group(pair[0]) else { continue }
        theirs[group, default: []] += processes(pair[1], of: pid)
      }
      groups.setRemote(theirs, of: other)
    case ("join", 4):
      guard others.contains(other), let group = group(parts[2]) else { return }
      groups.joinRemote(group, processes(parts[3], of: pid), of: other)
    case ("leave", 4):
      guard others.contains(other), let left = parts[3].list else { return }
      groups.leaveRemote(left.compactMap { group($0) }, processes(parts[2], of: pid), of: other)
    default: break
    }
  }

  /// True if it was not known.
  private mutating func meet(_ other: ProcessID) throws -> Bool {
    if others.contains(other) { return false }
    others.append(other)
    try CurrentProcess.monitor(other)
    return true
  }

  /// One process or several, but none of a third node's.
  private func processes(_ term: Term, of scope: Term.Pid) -> [ProcessID] {
    let pids = term.pid.map { [$0] } ?? (term.list ?? []).compactMap(\.pid)
    return pids.filter { $0.node == scope.node }.map { node.process(of: $0) }
  }

  /// Nil for one that is no value of this scope's type: it is not seen here.
  private func group(_ term: Term) -> Group? {
    try? node.coding(TransferContext(node)).value(Group.self, from: term)
  }

  // MARK: What others are told

  private var ownTerm: Term { .pid(node.pid(of: own.cell)) }

  private func term(of group: Group) -> Term? { try? node.coding(TransferContext(node)).term(of: group) }

  private var localTerms: [Term] {
    local.compactMap { group, members in
      term(of: group).map { .tuple([$0, .list(members.map { .pid(node.pid(of: $0.cell)) })]) }
    }
  }

  /// Looks for a scope on a node.
  ///
  /// None but whole nodes have any: a program of C would take it for the answer to its first question.
  private func look(on peer: ErlangPeer) {
    guard let flags = peer.connection?.peer.flags, flags.contains(.fragments) else { return }
    discover(peer.process(.name(name.name)).id)
  }

  private func discover(_ other: ProcessID) { send(.info(.tuple([.atom("discover"), ownTerm])), to: other) }

  private func tell(_ group: Group, _ make: (_ own: Term, _ group: Term) -> Term) {
    guard !others.isEmpty, let term = term(of: group) else { return }
    let message = make(ownTerm, term)
    for other in others { send(.info(message), to: other) }
  }

  private func send(_ message: ErlangMessage, to other: ProcessID) {
    ProcessRef<ErlangMessage>(unsafelyTyped: other).send(message)
  }
}
