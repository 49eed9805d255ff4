import ErlangTerms

/// Makes control terms of typed messages, in the variants that the peer's flags ask for.
struct ControlWriter {
  let flags: DistributionFlags

  struct Parts {
    var control: [Term]
    var payload: ArraySlice<UInt8>?
  }

  func parts(_ message: ControlMessage) -> Parts {
    switch message {
    case .send(let from, let to, let payload):
      if let from, flags.contains(.sendSender) {
        return Parts(control: [.integer(Opcode.sendSender), .pid(from), .pid(to)], payload: bytes(payload))
      }
      return Parts(control: [.integer(Opcode.send), .atom(""), .pid(to)], payload: bytes(payload))
    case .sendToName(let from, let name, let payload):
      return Parts(
        control: [.integer(Opcode.sendToName), .pid(from), .atom(""), .atom(name)], payload: bytes(payload))
    case .sendToAlias(let from, let alias, let payload): return toAlias(from, alias, payload)
    case .link(let from, let to): return Parts(control: [.integer(Opcode.link), .pid(from), .pid(to)])
    case .unlink(let id, let from, let to):
      return Parts(control: [.integer(Opcode.unlink), Term(id), .pid(from), .pid(to)])
    case .unlinkAcknowledged(let id, let from, let to):
      return Parts(control: [.integer(Opcode.unlinkAcknowledged), Term(id), .pid(from), .pid(to)])
    case .exit(let from, let to, let reason):
      return withReason(Opcode.exit, Opcode.payloadExit, [.pid(from), .pid(to)], reason)
    case .exitSignal(let from, let to, let reason):
      return withReason(Opcode.exitSignal, Opcode.payloadExitSignal, [.pid(from), .pid(to)], reason)
    case .monitor(let from, let target, let reference):
      return Parts(control: [.integer(Opcode.monitor), .pid(from), term(target), .reference(reference)])
    case .demonitor(let from, let target, let reference):
      return Parts(control: [.integer(Opcode.demonitor), .pid(from), term(target), .reference(reference)])
    case .monitorExit(let target, let to, let reference, let reason):
      return withReason(
        Opcode.monitorExit, Opcode.payloadMonitorExit, [term(target), .pid(to), .reference(reference)], reason)
    case .spawnRequest(let request): return spawn(request)
    case .spawnReply(let id, let to, let result): return spawnReply(id, to, result)
    case .groupLeader(let leader, let pid):
      return Parts(control: [.integer(Opcode.groupLeader), .pid(leader), .pid(pid)])
    }
  }

  private func toAlias(_ from: Term.Pid, _ alias: Term.Reference, _ payload: Payload) -> Parts {
    guard flags.contains(.alternativeActions) else {
      return Parts(
        control: [.integer(Opcode.sendToAlias), .pid(from), .reference(alias)], payload: bytes(payload))
    }
    let action = Term(Opcode.Action.toAlias.rawValue)
    return Parts(
      control: [.integer(Opcode.alternativeAction), action, .pid(from), .reference(alias)], payload: bytes(payload))
  }

  private func withReason(_ plain: Int, _ withPayload: Int, _ elements: [Term], _ reason: Term) -> Parts {
    if flags.contains(.exitPayload) {
      var payload: [UInt8] = []
      ControlWriter.append(reason, to: &payload)
      return Parts(control: [.integer(withPayload)] + elements, payload: payload[...])
    }
    return Parts(control: [.integer(plain)] + elements + [reason])
  }

  private func spawn(_ request: SpawnRequest) -> Parts {
    let function = Term.tuple([.atom(request.module), .atom(request.function), .integer(request.arity)])
    return Parts(
      control: [
        .integer(Opcode.spawnRequest), .reference(request.id), .pid(request.from), .pid(request.groupLeader), function,
        .list(request.options),
      ],
      payload: bytes(request.arguments))
  }

  private func spawnReply(_ id: Term.Reference, _ to: Term.Pid, _ result: SpawnResult) -> Parts {
    let (made, answer): (Int, Term) =
      switch result {
      case .spawned(let pid, let isLinked, let isMonitored): ((isLinked ? 1 : 0) | (isMonitored ? 2 : 0), .pid(pid))
      case .failed(let error): (0, .atom(error))
      }
    return Parts(
      control: [.integer(Opcode.spawnReply), .reference(id), .pid(to), .integer(made), answer])
  }

  private func term(_ target: ProcessTarget) -> Term {
    switch target {
    case .pid(let pid): .pid(pid)
    case .name(let name): .atom(name)
    }
  }

  /// A payload's bytes without references to the cache of the connection that it came from.
  private func bytes(_ payload: Payload) -> ArraySlice<UInt8> {
    guard !payload.atoms.isEmpty else { return payload.bytes }
    var bytes: [UInt8] = []
    ControlWriter.append((try? payload.term()) ?? .atom("unencodable"), to: &bytes)
    return bytes[...]
  }

  /// Appends a tuple.
  ///
  /// An element that no peer could read becomes the atom `unencodable`.
  static func append(_ elements: [Term], to bytes: inout [UInt8]) {
    let start = bytes.count
    do {
      try TermEncoder().encode(.tuple(elements), into: &bytes)
    } catch {
      bytes.removeSubrange(start...)
      bytes += [104, UInt8(truncatingIfNeeded: elements.count)]
      for element in elements { append(element, to: &bytes) }
    }
  }

  static func append(_ term: Term, to bytes: inout [UInt8]) {
    let start = bytes.count
    do {
      try TermEncoder().encode(term, into: &bytes)
    } catch {
      bytes.removeSubrange(start...)
      bytes += [119, 11]
      bytes += "unencodable".utf8
    }
  }
}
