package import ErlangTerms

/// A signal between processes of two nodes, whatever operation code it travels under.
///
/// Those that come from a peer have been checked: `from` is a process of the peer, and where a process of ours must stand,
/// there is one, perhaps of an earlier incarnation of this node. Compare its creation. What is sent is written as the peer's
/// flags demand. A reason or option that cannot be encoded is sent as the atom `unencodable`.
package enum ControlMessage: Sendable {
  /// `{2 | 22}`: a message to a process. The sender is for tracing only, and some peers do not give it.
  case send(from: Term.Pid?, to: Term.Pid, Payload)
  /// `{6}`: a message to a registered name.
  case sendToName(from: Term.Pid, to: Atom, Payload)
  /// `{33}` or `{37}`: a message to an alias.
  case sendToAlias(from: Term.Pid, to: Term.Reference, Payload)

  /// `{1}`
  case link(from: Term.Pid, to: Term.Pid)
  /// `{35}`: answer with ``unlinkAcknowledged(id:from:to:)`` of the same id, even when `to` is dead. The id is at least 1.
  case unlink(id: UInt64, from: Term.Pid, to: Term.Pid)
  /// `{36}`
  case unlinkAcknowledged(id: UInt64, from: Term.Pid, to: Term.Pid)
  /// `{3 | 24}`: the link between the two is broken, because `from` ended.
  case exit(from: Term.Pid, to: Term.Pid, reason: Term)
  /// `{8 | 26}`: `exit(to, reason)`, as `from` has called it.
  case exitSignal(from: Term.Pid, to: Term.Pid, reason: Term)

  /// `{19}`
  case monitor(from: Term.Pid, ProcessTarget, Term.Reference)
  /// `{20}`
  case demonitor(from: Term.Pid, ProcessTarget, Term.Reference)
  /// `{21 | 28}`: the monitored process has ended. It is named as it was when the monitor was made.
  case monitorExit(from: ProcessTarget, to: Term.Pid, Term.Reference, reason: Term)

  /// `{29}`
  case spawnRequest(SpawnRequest)
  /// `{31}`
  case spawnReply(id: Term.Reference, to: Term.Pid, SpawnResult)

  /// `{7}`: makes `leader` the group leader of `of`.
  case groupLeader(leader: Term.Pid, of: Term.Pid)
}

/// The process that a monitor is for: by its pid, or by its name on the node that is asked.
package enum ProcessTarget: Hashable, Sendable {
  case pid(Term.Pid)
  case name(Atom)
}

/// What `spawn_request` asks another node for.
package struct SpawnRequest: Sendable {
  /// What the reply is recognised by.
  ///
  /// It is the reference of the monitor too, if one is asked for.
  package var id: Term.Reference
  package var from: Term.Pid
  package var groupLeader: Term.Pid
  package var module: Atom
  package var function: Atom
  package var arity: Int
  /// A proper list.
  package var options: [Term]
  /// A list of `arity` elements.
  package var arguments: Payload

  package init(
    id: Term.Reference, from: Term.Pid, groupLeader: Term.Pid, module: Atom, function: Atom, arity: Int,
    options: [Term], arguments: Payload
  ) {
    self.id = id
    self.from = from
    self.groupLeader = groupLeader
    self.module = module
    self.function = function
    self.arity = arity
    self.options = options
    self.arguments = arguments
  }
}

/// The answer to a ``SpawnRequest``.
package enum SpawnResult: Hashable, Sendable {
  case spawned(Term.Pid, isLinked: Bool, isMonitored: Bool)
  case failed(Atom)
}
