package import ErlangTerms
@_spi(Runtime) package import ProcessRuntime
import Synchronization

/// Another node, as this one's processes see it: the connection if there is one, and all ties that go over it.
///
/// It stays when the node goes, so that an id of one of its processes is the same id when it is back.
///
/// What changes the tables and what is sent about it happen under one lock, so the peer hears of both in the same order. What is
/// done to local processes happens without it.
package final class ErlangPeer: RemotePeer {
  enum Link {
    case none
    /// What waits to be sent to whom once there is a connection.
    case dialing([(RemoteProcess?, ControlMessage)])
    case up(any PeerConnection)
  }

  struct State {
    var link = Link.none
    /// That of the present connection, or the last one.
    var creation: UInt32 = 0
    var links = LinkTable()
    var monitors = MonitorTable()
    var processes = StartedProcesses()
    /// What has been reported since the connection was made.
    var refused: Set<Refusal> = []

    var connection: (any PeerConnection)? { if case .up(let connection) = link { connection } else { nil } }
  }

  package let atom: Atom
  package let number: UInt64
  /// For ever: whoever holds an id of one of its processes may use it after the node was stopped.
  let node: Distribution
  /// What its processes may do here.
  let permissions: ErlangNode.Permissions
  let state = Mutex(State())
  /// Behind a lock of its own: it is asked with and without the other.
  private let processes = Mutex(KnownProcesses())

  package var name: String { atom.name }

  init(_ name: Atom, _ number: UInt64, of node: Distribution) {
    atom = name
    self.number = number
    self.node = node
    permissions = node.options.peerPermissions[name.name] ?? node.options.permissions
  }

  // MARK: Its processes

  /// What stands for the process of that address: always the same as long as anybody holds it.
  package func process(_ address: RemoteAddress) -> RemoteProcess {
    let (process, unused) = processes.withLock { processes in
      if let known = processes[address] { return (known, [RemoteProcess]()) }
      return processes.add(RemoteProcess(address, of: self, on: node.core))
    }
    // Let go of outside of the lock.
    _ = unused
    return process
  }

  /// Lets go of those that nobody holds.
  func forgetProcesses() {
    let unused = processes.withLock { $0.takeUnused() }
    // Let go of outside of the lock.
    _ = unused
  }

  package func process(_ pid: Term.Pid) -> RemoteProcess {
    process(.process(id: pid.id, serial: pid.serial, creation: pid.creation))
  }

  /// How the target is named to its node.
  func target(_ process: RemoteProcess) -> ProcessTarget {
    switch process.address {
    case .name(let name): .name(Atom(name))
    case .process(let id, let serial, let creation):
      .pid(Term.Pid(node: atom, id: id, serial: serial, creation: creation))
    }
  }

  // MARK: What it may not do

  /// True if it may; else that is reported, once for each connection.
  func may(_ isAllowed: Bool, _ what: Refusal) -> Bool {
    if !isAllowed { refuse(what) }
    return isAllowed
  }

  func refuse(_ what: Refusal) {
    let isNew = state.withLock { $0.refused.insert(what).inserted }
    if isNew { node.report(.refused(node: name, what)) }
  }

  // MARK: Sending

  /// Under the lock: sends, or keeps it until there is a connection, for which this is the reason to look if `dials`.
  ///
  /// A process of an earlier incarnation of the peer is not sent anything.
  func transmit(_ message: ControlMessage, to target: RemoteProcess?, dials: Bool = true, _ state: inout State) {
    switch state.link {
    case .up(let connection):
      if let target, isStale(target, state.creation) {
        node.answerForDead(message, self)
      } else {
        connection.send(message)
      }
    case .dialing(var waiting):
      // Signals are as many as there are ties; messages are as many as one likes.
      if waiting.count >= node.options.messagesWhileConnecting, message.mayBeDropped { return }
      state.link = .none
      waiting.append((target, message))
      state.link = .dialing(waiting)
    case .none:
      guard dials else { return }
      state.link = .dialing([(target, message)])
      node.dial(self)
    }
  }

  func transmit(_ message: ControlMessage, to target: RemoteProcess?, dials: Bool = true) {
    let connection = state.withLock { state in
      transmit(message, to: target, dials: dials, &state)
      return state.connection
    }
    connection?.writePiece()
  }

  private func isStale(_ target: RemoteProcess, _ present: UInt32) -> Bool {
    guard case .process(_, _, let creation) = target.address else { return false }
    return creation != present
  }

  /// The connection, if there is one.
  var connection: (any PeerConnection)? {
    state.withLock { $0.connection }
  }
}

extension ControlMessage {
  /// Whether nobody learns of its loss in OTP either.
  var mayBeDropped: Bool {
    switch self {
    case .send, .sendToName, .sendToAlias: true
    default: false
    }
  }
}
