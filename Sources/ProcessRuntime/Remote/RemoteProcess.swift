/// Stands for a process of another node, in whatever holds a process: an id, a reference, a set of links.
///
/// To the rest of the runtime it is a process that is dead: its mailbox is closed, and it has a reason. So what local
/// processes do to each other asks nothing that it did not ask before; only where the other is dead does it look whether that
/// one is remote. There is one for each process of a node that this program knows of, so ids are compared by identity.
package final class RemoteProcess: ProcessCell, @unchecked Sendable {
  /// Whoever speaks with its node.
  package let peer: any RemotePeer
  package let address: RemoteAddress

  /// The caller sees to it that there is one for each address.
  package init(_ address: RemoteAddress, of peer: any RemotePeer, on node: Node) {
    self.peer = peer
    self.address = address
    super.init(absent: node.nextNumber(), on: node)
  }

  override var remote: RemoteProcess? { self }

  package override var kindName: String { "remote process" }

  var text: String {
    switch address {
    case .process(let id, let serial, _): "<\(peer.number).\(id).\(serial)>"
    case .name(let name): "{\(name), \(peer.name)}"
    }
  }
}

/// Which process of another node.
package enum RemoteAddress: Hashable, Sendable {
  /// By its pid. The creation tells the incarnations of the node apart.
  case process(id: UInt32, serial: UInt32, creation: UInt32)
  /// Whoever has the name there when something arrives.
  case name(String)
}

/// Another node, as the runtime sees it: what is done to its processes is handed on here.
///
/// No function suspends, and none is called under the lock of a process.
package protocol RemotePeer: AnyObject, Sendable {
  /// `name@host`
  var name: String { get }
  /// What stands first in its pids as they print here.
  var number: UInt64 { get }

  func send<Message: Sendable>(_ message: Message, to target: RemoteProcess)
  /// Whether so much waits for the node that who can wait should.
  var isBusy: Bool { get }
  /// Resumes the ticket when the node is not busy any more, with true; with false when its connection is lost.
  ///
  /// - Returns: how to say that nobody waits any more.
  func resumeWhenReady(_ ticket: WaitTicket) -> (@Sendable () -> Void)?
  /// Asks, and resumes the ticket with a ``ForeignReply``, or a ``CallError``.
  func call<Message: Sendable>(_ message: Message, to target: RemoteProcess, as number: UInt64, _ ticket: WaitTicket)
  /// The caller waits no longer.
  func endCall(_ number: UInt64)
  func order(_ order: SystemMessage, to target: RemoteProcess)

  /// `exit(target, reason)`
  func exit(_ target: RemoteProcess, _ reason: ExitReason, from sender: ProcessCell)
  /// False if such a process cannot be linked to.
  func link(_ process: ProcessCell, to target: RemoteProcess) -> Bool
  func unlink(_ process: ProcessCell, from target: RemoteProcess)
  /// A local process has ended, and was linked to the target.
  func breakLink(_ process: ProcessCell, to target: RemoteProcess, _ reason: ExitReason)

  func monitor(_ target: RemoteProcess, as number: UInt64, for watcher: RemoteWatcher)
  func demonitor(_ target: RemoteProcess, _ number: UInt64)
  /// A local process has ended that the target has monitored.
  func down(_ target: RemoteProcess, _ number: UInt64, _ reason: ExitReason)
}

/// Who watches a process of another node.
package enum RemoteWatcher: Sendable {
  case process(ProcessCell)
  /// Resumed with the ``ExitReason``.
  case ticket(WaitTicket)
}

extension RemoteWatcher {
  /// The watched process has ended, or its node is out of reach.
  package func tell(_ number: UInt64, _ target: RemoteProcess, _ reason: ExitReason) {
    switch self {
    case .process(let cell): cell.receiveDown(number, target.id, reason)
    case .ticket(let ticket): ticket.resume(returning: reason)
    }
  }
}
