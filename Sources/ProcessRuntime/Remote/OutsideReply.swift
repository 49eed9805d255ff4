/// A caller of another node: what a ``ReplyTo`` answers there.
package protocol OutsideReply: AnyObject, Sendable {
  /// Answers, if nobody has before.
  func answer<Value: Sendable>(_ value: Value)
  /// Whether somebody waits, and has got no answer.
  var isWaiting: Bool { get }
  /// The last copy of the token has gone away.
  func giveUp()
}

/// What travels beside a message that is being decoded, when that has come from elsewhere than another node.
package protocol OutsideReplyCarrier: AnyObject, Sendable {
  /// Who is to be answered; nil if nobody waits.
  func takeReply() -> (any OutsideReply)?
}

extension WaitTicket {
  /// A ticket of nobody's.
  static let none: WaitTicket = WaitTicket(slot: WaitSlotPool().take(), generation: .max >> 1)
}

extension ProcessRef {
  /// ``call(timeout:_:)`` to a process of another node.
  func call<Value: Sendable>(
    _ remote: RemoteProcess, _ timeout: Duration?, _ make: (ReplyTo<Value>) -> Message
  ) async throws(CallError) -> Value {
    let node = Node.current
    let number = node.nextReference()
    // What the message holds is a place for the other node's answer; who is answered is the ticket.
    let message = make(ReplyTo(outside: Question()))
    let deadline = timeout.map { node.clock.now().after($0) } ?? .max
    do {
      if remote.peer.isBusy, try await remote.room(until: deadline) == .lost { throw CallError(.exited(.noConnection)) }
      let reply: ForeignReply = try await suspend(until: deadline, on: node) {
        remote.peer.call(message, to: remote, as: number, $0)
      }
      return try reply.answer.value(of: Value.self)
    } catch {
      remote.peer.endCall(number)
      switch error {
      case let error as CallError: throw error.to(remote.text)
      case is WaitTimeout: throw CallError(.timeout, target: remote.text)
      case is CancellationError: throw CallError(.cancelled, target: remote.text)
      case let reason as ExitReason: throw CallError(.exited(reason), target: ProcessCell.current?.id.description)
      default: throw CallError(.exited(.failure(error)), target: remote.text)
      }
    }
  }
}

/// The place of the reply in a message that is on its way out.
package final class Question: OutsideReply {
  package init() {}
  package var isWaiting: Bool { false }
  package func answer<Value: Sendable>(_ value: Value) {}
  package func giveUp() {}
}

extension ProcessID {
  /// ``exited(within:by:_:)`` of a process of another node.
  func exited(_ remote: RemoteProcess, within: Duration?, _ order: () -> Void) async throws -> ExitReason {
    let node = Node.current
    let number = node.nextReference()
    defer { remote.peer.demonitor(remote, number) }
    return try await suspend(until: within.map { node.clock.now().after($0) } ?? .max, on: node) { ticket in
      remote.peer.monitor(remote, as: number, for: .ticket(ticket))
      order()
    }
  }
}

extension ProcessID {
  /// What stands for the process here, if it is one of another node.
  package var remote: RemoteProcess? { cell.isDead ? cell.remote : nil }

  /// The name of the process's node, if that is another one: `name@host`.
  ///
  /// Does not suspend.
  public var remoteNode: String? { remote?.peer.name }
}
