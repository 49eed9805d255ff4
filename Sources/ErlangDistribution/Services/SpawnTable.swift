import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Synchronization

/// Processes that nodes start on each other: `spawn_request`, and what is made of it, `erpc` and `rpc`.
final class SpawnTable: Sendable {
  /// What an asker of this node waits for.
  enum Answer: Sendable {
    case spawned(ProcessID)
    /// The process has ended: the result of `erpc` is the reason.
    case ended(ExitReason)
    case failed(Atom)
  }

  private struct Pending {
    let peer: ErlangPeer
    let isCall: Bool
    let ticket: WaitTicket
  }

  private let pending = Mutex<[UInt64: Pending]>([:])

  // MARK: Asked by a peer

  func requested(_ request: SpawnRequest, by peer: ErlangPeer) {
    var (isLinked, isMonitored) = (false, false)
    for option in request.options {
      switch option {
      case .atom("link"): isLinked = true
      case .atom("monitor"): isMonitored = true
      case .tuple(let parts) where parts.count == 2 && Self.ignored.contains(parts[0].atom ?? ""): break
      default: return answer(request, peer, .failed("badopt"))
      }
    }
    guard peer.mayStart() else {
      peer.refuse(.tooManyProcesses)
      return answer(request, peer, .failed("system_limit"))
    }
    let change = peer.node.replacements.work(request, for: peer)
    guard change != nil || peer.may(peer.permissions.functions, .functions),
      let work = change ?? work(request, peer.node)
    else {
      return answer(request, peer, .failed("notsup"))
    }
    _ = spawn(on: peer.node.core, { await work() }) { cell in
      peer.adopt(cell, request, isLinked: isLinked, isMonitored: isMonitored)
    }
  }

  private static let ignored: Set<Atom> = [
    "priority", "fullsweep_after", "min_heap_size", "min_bin_vheap_size", "max_heap_size", "message_queue_data",
  ]

  private func answer(_ request: SpawnRequest, _ peer: ErlangPeer, _ result: SpawnResult) {
    peer.transmit(.spawnReply(id: request.id, to: request.from, result), to: nil, dials: false)
  }

  /// What the new process does; nil if nobody may ask for that.
  private func work(_ request: SpawnRequest, _ node: Distribution) -> (@Sendable () async -> Void)? {
    let payload = request.arguments
    switch (request.module, request.function, request.arity) {
    case ("erpc", "execute_call", 4):
      return {
        guard let parts = try? payload.term(limits: node.options.limits).list, parts.count == 4 else { return }
        ProcessCell.current?.die(.failure(ErlangExit(await node.evaluate(parts[1], parts[2], parts[3]).erpc(parts[0]))))
      }
    case ("erpc", "execute_cast", 3):
      return {
        guard let parts = try? payload.term(limits: node.options.limits).list, parts.count == 3 else { return }
        _ = await node.evaluate(parts[0], parts[1], parts[2])
      }
    default:
      let name = FunctionName(module: request.module, function: request.function)
      guard let function = node.function(name) else { return nil }
      return {
        guard let arguments = try? payload.term(limits: node.options.limits).list else { return }
        do {
          _ = try await function(arguments)
        } catch {
          ProcessCell.current?.die(.failure(error))
        }
      }
    }
  }

  // MARK: Asked by this node

  /// Asks a peer for a process.
  ///
  /// Suspends until it has answered, or the process has ended if `isCall`.
  func ask(
    _ peer: ErlangPeer, _ module: Atom, _ function: Atom, _ arguments: [Term], options: [Term], isCall: Bool,
    timeout: Duration?
  ) async throws -> Answer {
    let node = peer.node
    let number = node.core.nextReference()
    let me = node.currentPid
    let request = SpawnRequest(
      id: node.reference(number), from: me, groupLeader: me, module: module, function: function, arity: arguments.count,
      options: options, arguments: try Payload(.list(arguments), limits: node.options.limits))
    defer { pending.withLock { _ = $0.removeValue(forKey: number) } }
    let core = Node.current
    return try await suspend(until: timeout.map { core.clock.now().after($0) } ?? .max, on: core) { ticket in
      pending.withLock { $0[number] = Pending(peer: peer, isCall: isCall, ticket: ticket) }
      peer.transmit(.spawnRequest(request), to: nil)
    }
  }

  func replied(_ number: UInt64, _ result: SpawnResult, _ peer: ErlangPeer) {
    pending.withLock { table in
      guard let entry = table[number] else { return }
      switch result {
      case .failed(let reason): entry.ticket.resume(returning: Answer.failed(reason))
      case .spawned(let pid, _, _):
        if entry.isCall { return }
        entry.ticket.resume(returning: Answer.spawned(peer.node.process(of: pid)))
      }
      table[number] = nil
    }
  }

  func ended(_ number: UInt64, _ reason: ExitReason) {
    let entry = pending.withLock { $0.removeValue(forKey: number) }
    entry?.ticket.resume(returning: Answer.ended(reason))
  }

  func lost(_ peer: ErlangPeer) {
    let lost = pending.withLock { table in
      let lost = table.filter { $0.value.peer === peer }
      for number in lost.keys { table[number] = nil }
      return lost.values.map(\.ticket)
    }
    for ticket in lost { ticket.resume(throwing: CallError(.exited(.noConnection), target: peer.name)) }
  }
}

extension ErlangPeer {
  fileprivate func mayStart() -> Bool {
    state.withLock { $0.processes.hasRoom(for: node.options.peerLimits.processes) }
  }

  /// Ties a process that the peer has asked for to the one who asked, before it runs.
  fileprivate func adopt(_ cell: ProcessCell, _ request: SpawnRequest, isLinked: Bool, isMonitored: Bool) {
    let remote = process(request.from)
    let pid = node.pid(of: cell)
    state.withLock { state in
      state.processes.add(cell.id)
      if isLinked, state.links.linkReceived(LinkTable.Key(cell.id, remote)) { _ = cell.addLink(remote) }
      if isMonitored {
        let number = node.core.nextReference()
        let entry = MonitorTable.Watched(process: cell.id, number: number, target: .pid(pid), by: remote)
        if state.monitors.addWatched(request.id, entry) { _ = cell.addWatcher(number, of: remote) }
      }
      let result = SpawnResult.spawned(pid, isLinked: isLinked, isMonitored: isMonitored)
      transmit(.spawnReply(id: request.id, to: request.from, result), to: nil, dials: false, &state)
    }
  }
}

/// How a function of this node has ended that another has called.
enum Evaluation {
  case returned(Term)
  case undefined(module: Term, function: Term, arguments: Term)
  case failed(Term)

  /// As `erpc` puts it.
  func erpc(_ result: Term) -> Term {
    switch self {
    case .returned(let value): .tuple([result, .atom("return"), value])
    case .undefined(let module, let function, let arguments):
      .tuple([
        result, .atom("error"), .atom("undef"), .list([.tuple([module, function, arguments, .list([])])]),
      ])
    case .failed(let reason): .tuple([result, .atom("error"), reason, .list([])])
    }
  }

  /// As `rpc` put it before there was `erpc`.
  var rpc: Term {
    switch self {
    case .returned(let value): value
    case .undefined(let module, let function, let arguments):
      .tuple([
        .atom("badrpc"),
        .tuple([
          .atom("EXIT"), .tuple([.atom("undef"), .list([.tuple([module, function, arguments, .list([])])])]),
        ]),
      ])
    case .failed(let reason): .tuple([.atom("badrpc"), .tuple([.atom("EXIT"), .tuple([reason, .list([])])])])
    }
  }
}

extension Distribution {
  /// Calls an exported function.
  func evaluate(_ module: Term, _ function: Term, _ arguments: Term) async -> Evaluation {
    guard let moduleName = module.atom, let functionName = function.atom, let values = arguments.list,
      let exported = self.function(FunctionName(module: moduleName, function: functionName))
    else { return .undefined(module: module, function: function, arguments: arguments) }
    do {
      return .returned(try await exported(values))
    } catch let error as UndefinedFunction {
      _ = error
      return .undefined(module: module, function: function, arguments: arguments)
    } catch {
      return .failed(ExitTerm(error).term)
    }
  }
}

/// What an exported function throws when it is called with other arguments than it has.
struct UndefinedFunction: Error {}
