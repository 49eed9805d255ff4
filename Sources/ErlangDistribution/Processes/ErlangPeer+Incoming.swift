import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Synchronization

/// What the peer's processes do to those of this node.
extension ErlangPeer {
  func receive(_ message: ControlMessage, _ connection: any PeerConnection) {
    switch message {
    case .send(_, let to, let payload):
      if answers(payload) { return }
      guard may(permissions.pids, .pids) else { return }
      if let cell = node.localProcess(to) { node.deliver(payload, to: cell, self, connection) }
    case .sendToName(_, let name, let payload):
      guard may(permissions.allows(name: name.name), .names) else { return }
      if let cell = node.whereis(name) { node.deliver(payload, to: cell, self, connection) }
    case .sendToAlias(_, let ref, let payload):
      if let number = node.number(of: ref) { return answer(number, payload) }
      guard let (cell, number) = node.localAlias(ref), may(permissions.pids, .pids) else { return }
      node.deliver(payload, to: cell, throughAlias: number, self, connection)
    case .link(let from, let to): linked(from, to)
    case .unlink(let id, let from, let to): unlinked(id, from, to)
    case .unlinkAcknowledged(let id, let from, let to):
      guard let cell = node.localProcess(to) else { return }
      let key = LinkTable.Key(cell.id, process(from))
      state.withLock { $0.links.unlinkAcknowledged(key, id) }
    case .exit(let from, let to, let reason): exited(from, to, reason)
    case .exitSignal(let from, let to, let reason):
      guard may(permissions.exits, .exits) else { return }
      node.localProcess(to)?.receiveExit(from: process(from), node.reason(of: reason), isLink: false)
    case .monitor(let from, let target, let ref): monitored(from, target, ref)
    case .demonitor(_, _, let ref):
      guard let entry = state.withLock({ $0.monitors.removeWatched(ref) }) else { return }
      entry.process.cell.removeWatcher(entry.number, of: entry.by)
    case .monitorExit(_, _, let ref, let reason):
      if let number = node.number(of: ref) { ended(number, node.reason(of: reason)) }
    case .spawnRequest(let request): node.spawns.requested(request, by: self)
    case .spawnReply(let id, _, let result):
      if let number = node.number(of: id) { node.spawns.replied(number, result, self) }
    case .groupLeader: break
    }
  }

  // MARK: Links

  private func linked(_ from: Term.Pid, _ to: Term.Pid) {
    let remote = process(from)
    var isFull = false
    let isLinked = state.withLock { state in
      guard permissions.links, let cell = node.localProcess(to) else { return false }
      let key = LinkTable.Key(cell.id, remote)
      isFull = state.links.count >= node.options.peerLimits.links
      if isFull { return state.links.isActive(key) }
      guard state.links.linkReceived(key) else { return true }
      if cell.addLink(remote) { return true }
      return !state.links.localEnded(key)
    }
    if isLinked { return }
    if isFull { refuse(.tooManyLinks) } else { _ = may(permissions.links, .links) }
    let reason: Term = isFull ? .atom("system_limit") : .atom("noproc")
    transmit(.exit(from: to, to: from, reason: reason), to: remote, dials: false)
  }

  /// The acknowledgement goes first, so that nothing that this process does afterwards is taken for something of the link.
  private func unlinked(_ id: UInt64, _ from: Term.Pid, _ to: Term.Pid) {
    let remote = process(from)
    state.withLock { state in
      transmit(.unlinkAcknowledged(id: id, from: to, to: from), to: remote, dials: false, &state)
      guard let cell = node.localProcess(to) else { return }
      if state.links.unlinkReceived(LinkTable.Key(cell.id, remote)) { cell.removeLink(remote) }
    }
  }

  private func exited(_ from: Term.Pid, _ to: Term.Pid, _ reason: Term) {
    guard let cell = node.localProcess(to) else { return }
    let remote = process(from)
    let isActive = state.withLock { $0.links.exitReceived(LinkTable.Key(cell.id, remote)) }
    if isActive { cell.receiveExit(from: remote, node.reason(of: reason), isLink: true) }
  }

  // MARK: Monitors

  private func monitored(_ from: Term.Pid, _ target: ProcessTarget, _ ref: Term.Reference) {
    let remote = process(from)
    let isAllowed = allowsMonitor(of: target)
    var isFull = false
    let isWatched = state.withLock { state in
      guard isAllowed, let cell = node.process(target) else { return false }
      isFull = state.monitors.watchedCount >= node.options.peerLimits.monitors
      if isFull { return false }
      let number = node.core.nextReference()
      let entry = MonitorTable.Watched(process: cell.id, number: number, target: target, by: remote)
      guard state.monitors.addWatched(ref, entry) else { return true }
      if cell.addWatcher(number, of: remote) { return true }
      _ = state.monitors.removeWatched(ref)
      return false
    }
    if isWatched { return }
    if isFull { refuse(.tooManyMonitors) }
    let reason: Term = isFull ? .atom("system_limit") : .atom("noproc")
    transmit(.monitorExit(from: target, to: from, ref, reason: reason), to: remote, dials: false)
  }

  private func allowsMonitor(of target: ProcessTarget) -> Bool {
    guard case .name(let name) = target else { return may(permissions.monitors, .monitors) }
    // A ping is a call too.
    return name == "net_kernel"
      || may(permissions.monitors, .monitors) && may(permissions.allows(name: name.name), .names)
  }

  /// The caller hears of it as if the process had ended: it waits for nothing else.
  ///
  /// Nothing happens if it has not monitored this process, as one that waits for an answer does.
  func refuse(_ ref: Term.Reference, _ reason: Term) {
    let entry = state.withLock { state -> MonitorTable.Watched? in
      guard let entry = state.monitors.removeWatched(ref), case .pid(let pid) = target(entry.by) else { return nil }
      transmit(.monitorExit(from: entry.target, to: pid, ref, reason: reason), to: entry.by, dials: false, &state)
      return entry
    }
    if let entry { entry.process.cell.removeWatcher(entry.number, of: entry.by) }
  }

  /// A process that is watched from here has ended, or one that was called.
  func ended(_ number: UInt64, _ reason: ExitReason) {
    let (watch, call) = state.withLock { ($0.monitors.unwatch(number), $0.monitors.end(number)) }
    if let watch { watch.watcher.tell(number, watch.target, reason) }
    call?.end(.failed(reason))
    node.spawns.ended(number, reason)
  }

  // MARK: Answers

  private func answer(_ number: UInt64, _ payload: Payload) {
    let call = state.withLock { state in
      let call = state.monitors.end(number)
      if let call { endMonitor(number, call.target, &state) }
      return call
    }
    call?.end(.answer(payload))
  }

  private static let beginOfAnswer: [UInt8] = [104, 2, 108, 0, 0, 0, 1]

  /// Whether it is the answer to a call, sent to the pid of the caller instead of the alias: so do `net_kernel`, and nodes that
  /// know no aliases.
  ///
  /// One that comes too late is dropped here too, as what comes to an alias that is over. Only what looks like one is decoded here: a pair that begins with an improper list of one element.
  private func answers(_ payload: Payload) -> Bool {
    guard payload.bytes.starts(with: ErlangPeer.beginOfAnswer),
      let parts = try? payload.term().elements, parts.count == 2,
      let ref = GenMessage.Caller(pid: node.nobody, tag: parts[0]).alias, let number = node.number(of: ref)
    else { return false }
    answer(number, payload)
    return true
  }
}
