import ErlangTerms
@_spi(Runtime) package import ProcessRuntime
import Synchronization

/// What processes of this node do to those of the peer.
extension ErlangPeer {
  package func send<Message: Sendable>(_ message: Message, to target: RemoteProcess) {
    do {
      let outgoing = try Outgoing(message, node)
      switch outgoing.reply {
      case .none: transmit(self.message(try outgoing.payload(node.options.limits), to: target), to: target)
      case .question: break  // its caller has gone away meanwhile
      case .forwarded(let caller): try deliver(GenMessage.call(outgoing.term, from: caller).term, to: target)
      case .local(let answer): forward(outgoing.term, to: target, answer)
      }
    } catch {
      node.report(.unsendable(type: "\(Message.self)", to: target.id, error: "\(error)"))
    }
  }

  /// As ``send(_:to:)``, through an alias: dropped there if it is not active.
  func send<Message: Sendable>(_ message: Message, toAlias alias: Term.Reference) {
    do {
      let outgoing = try Outgoing(message, node)
      let term: Term
      switch outgoing.reply {
      case .none: term = outgoing.isPlain ? outgoing.term : GenMessage.cast(outgoing.term).term
      case .forwarded(let caller): term = GenMessage.call(outgoing.term, from: caller).term
      case .question: return
      case .local: throw TransferError("an alias takes no calls of this node")
      }
      let payload = try Payload(term, limits: node.options.limits)
      transmit(.sendToAlias(from: node.currentPid, to: alias, payload), to: nil)
    } catch {
      node.report(.unsendableToAlias(type: "\(Message.self)", node: name, error: "\(error)"))
    }
  }

  package var isBusy: Bool { connection?.isBusy ?? false }

  package func resumeWhenReady(_ ticket: WaitTicket) -> (@Sendable () -> Void)? {
    let connection = connection
    let stop = connection?.notifyWhenWritable { ticket.resume(returning: connection?.isClosed == false) }
    if stop == nil { ticket.resume(returning: true) }
    return stop
  }

  private func deliver(_ term: Term, to target: RemoteProcess) throws {
    let payload = try Payload(term, limits: node.options.limits)
    transmit(message(payload, to: target), to: target)
  }

  private func message(_ payload: Payload, to target: RemoteProcess) -> ControlMessage {
    switch self.target(target) {
    case .name(let name): .sendToName(from: node.currentPid, to: name, payload)
    case .pid(let pid): .send(from: node.currentPid, to: pid, payload)
    }
  }

  package func order(_ order: SystemMessage, to target: RemoteProcess) {
    guard case .stop(let reason) = order else { return }
    let caller = GenMessage.Caller(
      pid: node.currentPid,
      tag: .improperList([.atom("alias")], tail: .reference(node.reference(node.core.nextReference()))))
    let request = Term.tuple([.atom("terminate"), node.term(of: reason)])
    try? deliver(.tuple([.atom("system"), caller.term, request]), to: target)
  }

  // MARK: Calls

  package func call<Message: Sendable>(
    _ message: Message, to target: RemoteProcess, as number: UInt64, _ ticket: WaitTicket
  ) {
    do {
      let outgoing = try Outgoing(message, node)
      guard case .question = outgoing.reply else { throw CallError(.noReply) }
      try begin(outgoing.term, to: target, as: number) { [node] end in
        switch end {
        case .answer(let payload):
          ticket.resume(returning: ForeignReply(WireAnswer(payload, node)))
        case .failed(.noProcess): ticket.resume(throwing: CallError(.noProcess))
        case .failed(let reason): ticket.resume(throwing: CallError(.exited(reason)))
        }
      }
    } catch {
      ticket.resume(throwing: error)
    }
  }

  /// Sends a message that a local caller waits for, on behalf of that one.
  private func forward(_ request: Term, to target: RemoteProcess, _ answer: LocalReply) {
    do {
      try begin(request, to: target, as: node.core.nextReference()) { [node] end in
        guard case .answer(let payload) = end else { return answer.giveUp() }
        // A process of its own: what is decoded runs the user's code.
        _ = spawn(on: node.core) { try answer.answer(payload, node) }
      }
    } catch {
      answer.giveUp()
      node.report(.unsendable(type: "call", to: target.id, error: "\(error)"))
    }
  }

  private func begin(
    _ request: Term, to target: RemoteProcess, as number: UInt64,
    _ end: @escaping @Sendable (MonitorTable.CallEnd) -> Void
  ) throws {
    let me = node.currentPid
    let ref = node.reference(number)
    let payload = try Payload(endingWith: request, limits: node.options.limits) { bytes throws(TermError) in
      try GenMessage.append(callOf: me, alias: ref, to: &bytes)
    }
    let message = message(payload, to: target)
    let monitor = ControlMessage.monitor(from: me, self.target(target), ref)
    let connection = state.withLock { state in
      state.monitors.begin(number, MonitorTable.Call(target: target, end: end))
      transmit(monitor, to: target, &state)
      transmit(message, to: target, &state)
      return state.connection
    }
    connection?.writePiece()
  }

  package func endCall(_ number: UInt64) {
    state.withLock { state in
      guard let call = state.monitors.end(number) else { return }
      endMonitor(number, call.target, &state)
    }
  }

  func endMonitor(_ number: UInt64, _ target: RemoteProcess, _ state: inout State) {
    let message = ControlMessage.demonitor(from: node.currentPid, self.target(target), node.reference(number))
    transmit(message, to: target, dials: false, &state)
  }

  // MARK: Exits, links, monitors

  package func exit(_ target: RemoteProcess, _ reason: ExitReason, from sender: ProcessCell) {
    guard case .pid(let pid) = self.target(target) else { return }
    let reason = node.term(of: reason)
    transmit(.exitSignal(from: node.pid(of: sender), to: pid, reason: reason), to: target)
  }

  package func link(_ process: ProcessCell, to target: RemoteProcess) -> Bool {
    guard case .pid(let pid) = self.target(target) else { return false }
    state.withLock { state in
      guard process.addLink(target) else { return }
      guard state.links.link(LinkTable.Key(process.id, target)) else { return }
      transmit(.link(from: node.pid(of: process), to: pid), to: target, &state)
    }
    return true
  }

  package func unlink(_ process: ProcessCell, from target: RemoteProcess) {
    guard case .pid(let pid) = self.target(target) else { return }
    state.withLock { state in
      process.removeLink(target)
      guard let id = state.links.unlink(LinkTable.Key(process.id, target)) else { return }
      transmit(.unlink(id: id, from: node.pid(of: process), to: pid), to: target, dials: false, &state)
    }
  }

  package func breakLink(_ process: ProcessCell, to target: RemoteProcess, _ reason: ExitReason) {
    guard case .pid(let pid) = self.target(target) else { return }
    let term = node.term(of: reason)
    state.withLock { state in
      guard state.links.localEnded(LinkTable.Key(process.id, target)) else { return }
      transmit(.exit(from: node.pid(of: process), to: pid, reason: term), to: target, dials: false, &state)
    }
  }

  package func monitor(_ target: RemoteProcess, as number: UInt64, for watcher: RemoteWatcher) {
    let me = watcher.cell.map { node.pid(of: $0) } ?? node.currentPid
    state.withLock { state in
      state.monitors.watch(number, MonitorTable.Watch(watcher: watcher, target: target))
      transmit(.monitor(from: me, self.target(target), node.reference(number)), to: target, &state)
    }
  }

  package func demonitor(_ target: RemoteProcess, _ number: UInt64) {
    state.withLock { state in
      if state.monitors.unwatch(number) != nil { endMonitor(number, target, &state) }
    }
  }

  package func down(_ target: RemoteProcess, _ number: UInt64, _ reason: ExitReason) {
    guard case .pid(let pid) = self.target(target) else { return }
    let term = node.term(of: reason)
    state.withLock { state in
      guard let (ref, entry) = state.monitors.removeWatched(number) else { return }
      transmit(.monitorExit(from: entry.target, to: pid, ref, reason: term), to: target, dials: false, &state)
    }
  }
}

extension RemoteWatcher {
  var cell: ProcessCell? { if case .process(let cell) = self { cell } else { nil } }
}
