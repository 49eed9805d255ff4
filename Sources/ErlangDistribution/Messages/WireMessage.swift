import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision

/// A message that has come for a process of this node.
final class WireMessage: ForeignMessage {
  private let payload: Payload
  private let node: Distribution
  private let connection: any PeerConnection

  init(_ payload: Payload, _ node: Distribution, _ connection: any PeerConnection) {
    self.payload = payload
    self.node = node
    self.connection = connection
  }

  func envelope<Message: Sendable>(
    of type: Message.Type, for process: ProcessCell
  ) -> UnsafeMutablePointer<EnvelopeHeader>? {
    let term: Term
    do {
      term = try payload.term(limits: node.options.limits)
    } catch {
      node.report(.undecodable(node: connection.peer.node.name.name, error: "\(error)"))
      connection.close(.undecodable(error))
      return nil
    }
    if let request = SystemRequest(term) {
      return request.perform(for: process, node).map { Envelope<SystemMessage>.make($0, kind: .system) }
    }
    let message = GenMessage(term)
    do {
      return try own(message, Message.self, process).map { Envelope<Message>.make($0, kind: .message) }
    } catch {
      reject(message, error, by: process)
      return nil
    }
  }

  func isRefused(by process: ProcessCell) {
    guard let term = try? payload.term(limits: node.options.limits), case .call(_, let caller) = GenMessage(term) else {
      return
    }
    node.refuse(caller, .atom("mailbox_full"))
  }

  /// The message as one of the receiver's; nil if it needs none.
  private func own<Message: Sendable>(
    _ message: GenMessage, _ type: Message.Type, _ process: ProcessCell
  ) throws -> Message? {
    let reply: WireReply?
    let request: Term
    switch message {
    case .call(let term, let caller): (request, reply) = (term, WireReply(caller, node, process))
    case .cast(let term), .info(let term): (request, reply) = (term, nil)
    }
    let context = TransferContext(node, reply)
    if Message.self == ErlangMessage.self { return ErlangMessage(message, context) as? Message }
    if let type = Message.self as? any Decodable.Type {
      let value = try node.coding(context).value(type, from: request) as? Message
      if reply != nil, !context.isTaken {
        throw TransferError("\(Message.self) has no answer to this message; cast it")
      }
      return value
    }
    if let supervisor = RunningSupervisor(process), case .call(let request, let caller) = message {
      SupervisorRequest(request, caller, node).perform(on: supervisor)
      return nil
    }
    throw TransferError(
      "\(Message.self) is not Codable; only servers whose messages are can be reached from other nodes")
  }

  /// The receiver does not know the message.
  ///
  /// It goes on; who has called hears of it at once.
  private func reject(_ message: GenMessage, _ error: any Error, by process: ProcessCell) {
    node.report(
      .unhandled(process: process.id, kind: process.kindName, message: message.term.description, error: "\(error)"))
    if case .call(let request, let caller) = message {
      node.refuse(caller, .tuple([.atom("bad_call"), request]))
    }
  }
}
