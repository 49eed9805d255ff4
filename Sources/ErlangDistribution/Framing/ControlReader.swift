import ErlangTerms

/// Makes typed messages of control terms, and refuses those that no node may send.
struct ControlReader {
  let peer: Atom
  let local: Atom
  let terms: TermLimits

  /// The message of a control term, and of the payload behind it; nil for one that is of no concern here.
  func message(_ control: Term, _ payload: Payload) throws(CloseReason) -> ControlMessage? {
    guard case .tuple(let elements) = control, case .integer(let code) = elements.first else {
      throw .violation("a control message that is no tuple with a number")
    }
    var fields = ControlFields(code: code, elements: elements, peer: peer, local: local)
    if let traced = Opcode.traced[code] { try fields.dropToken(traced) }
    switch fields.code {
    case Opcode.send, Opcode.sendSender, Opcode.sendToName, Opcode.sendToAlias:
      return try sent(fields, try present(payload))
    case Opcode.link, Opcode.unlink, Opcode.unlinkAcknowledged, Opcode.groupLeader: return try linked(fields)
    case Opcode.exit, Opcode.payloadExit, Opcode.exitSignal, Opcode.payloadExitSignal:
      return try exited(fields, payload)
    case Opcode.monitor, Opcode.demonitor, Opcode.monitorExit, Opcode.payloadMonitorExit:
      return try monitored(fields, payload)
    case Opcode.spawnRequest: return try spawnRequest(fields, try present(payload))
    case Opcode.spawnReply: return try spawnReply(fields)
    case Opcode.alternativeAction: return try alternative(fields, try present(payload))
    default: throw .violation("the operation code \(code)")
    }
  }

  private func present(_ payload: Payload) throws(CloseReason) -> Payload {
    guard !payload.bytes.isEmpty else { throw .violation("a message without its payload") }
    return payload
  }

  private func reason(_ payload: Payload) throws(CloseReason) -> Term {
    let payload = try present(payload)
    do {
      return try payload.term(limits: terms)
    } catch {
      throw .undecodable(error)
    }
  }

  private func sent(_ fields: ControlFields, _ payload: Payload) throws(CloseReason) -> ControlMessage {
    switch fields.code {
    case Opcode.send:
      try fields.count(3)
      return .send(from: nil, to: try fields.pid(2), payload)
    case Opcode.sendSender:
      try fields.count(3)
      return .send(from: try fields.pid(1), to: try fields.pid(2), payload)
    case Opcode.sendToName:
      try fields.count(4)
      return .sendToName(from: try fields.pid(1), to: try fields.atom(3), payload)
    default:
      try fields.count(3)
      return .sendToAlias(from: try fields.pid(1), to: try fields.reference(2), payload)
    }
  }

  private func linked(_ fields: ControlFields) throws(CloseReason) -> ControlMessage {
    switch fields.code {
    case Opcode.link:
      try fields.count(3)
      return .link(from: try fields.peerPid(1), to: try fields.ownPid(2))
    case Opcode.groupLeader:
      try fields.count(3)
      return .groupLeader(leader: try fields.pid(1), of: try fields.ownPid(2))
    case Opcode.unlink:
      try fields.count(4)
      return .unlink(id: try fields.linkID(1), from: try fields.peerPid(2), to: try fields.ownPid(3))
    default:
      try fields.count(4)
      return .unlinkAcknowledged(id: try fields.linkID(1), from: try fields.peerPid(2), to: try fields.ownPid(3))
    }
  }

  private func exited(_ fields: ControlFields, _ payload: Payload) throws(CloseReason) -> ControlMessage {
    let hasPayload = fields.code == Opcode.payloadExit || fields.code == Opcode.payloadExitSignal
    try fields.count(hasPayload ? 3 : 4)
    let (from, to) = (try fields.peerPid(1), try fields.ownPid(2))
    let reason = hasPayload ? try reason(payload) : fields[3]
    return fields.code == Opcode.exit || fields.code == Opcode.payloadExit
      ? .exit(from: from, to: to, reason: reason) : .exitSignal(from: from, to: to, reason: reason)
  }

  private func monitored(_ fields: ControlFields, _ payload: Payload) throws(CloseReason) -> ControlMessage {
    switch fields.code {
    case Opcode.monitor:
      try fields.count(4)
      return .monitor(from: try fields.peerPid(1), try fields.ownTarget(2), try fields.reference(3))
    case Opcode.demonitor:
      try fields.count(4)
      return .demonitor(from: try fields.peerPid(1), try fields.ownTarget(2), try fields.reference(3))
    default:
      let hasPayload = fields.code == Opcode.payloadMonitorExit
      try fields.count(hasPayload ? 4 : 5)
      let reason = hasPayload ? try reason(payload) : fields[4]
      return .monitorExit(
        from: try fields.peerTarget(1), to: try fields.ownPid(2), try fields.reference(3), reason: reason)
    }
  }

  private func spawnRequest(_ fields: ControlFields, _ payload: Payload) throws(CloseReason) -> ControlMessage {
    try fields.count(6)
    guard case .tuple(let function) = fields[4], function.count == 3, case .atom(let module) = function[0],
      case .atom(let name) = function[1], case .integer(let arity) = function[2], (0...255).contains(arity),
      case .list(let options) = fields[5]
    else { throw fields.wrongType }
    return .spawnRequest(
      SpawnRequest(
        id: try fields.reference(1), from: try fields.peerPid(2), groupLeader: try fields.pid(3), module: module,
        function: name, arity: arity, options: options, arguments: payload))
  }

  private func spawnReply(_ fields: ControlFields) throws(CloseReason) -> ControlMessage {
    try fields.count(5)
    guard case .integer(let flags) = fields[3], flags >= 0 else { throw fields.wrongType }
    let result: SpawnResult
    if case .atom(let error) = fields[4] {
      result = .failed(error)
    } else {
      result = .spawned(try fields.peerPid(4), isLinked: flags & 1 != 0, isMonitored: flags & 2 != 0)
    }
    return .spawnReply(id: try fields.reference(1), to: try fields.ownPid(2), result)
  }

  private func alternative(_ fields: ControlFields, _ payload: Payload) throws(CloseReason) -> ControlMessage? {
    let flags = Opcode.Action(rawValue: try fields.unsigned(1))
    try fields.count(atLeast: flags.contains(.token) ? 5 : 4)
    let from = try fields.pid(2)
    if flags.contains(.exit) {
      // An alias as its target is one that takes priority messages, and this node makes none.
      guard flags.isDisjoint(with: [.toAlias, .toName]) else { return nil }
      return .exitSignal(from: try fields.peerPid(2), to: try fields.ownPid(3), reason: try reason(payload))
    }
    if flags.contains(.toAlias) { return .sendToAlias(from: from, to: try fields.reference(3), payload) }
    if flags.contains(.toName) { return .sendToName(from: from, to: try fields.atom(3), payload) }
    return .send(from: from, to: try fields.pid(3), payload)
  }
}
