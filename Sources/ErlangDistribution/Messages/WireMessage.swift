import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision

/// A message that has come for a process of this node.
final class WireMessage: ForeignMessage {
  private let payload: Payload
  private let peer: ErlangPeer
  private let connection: any PeerConnection

  private var node: Distribution { peer.node }

  init(_ payload: Payload, _ peer: ErlangPeer, _ connection: any PeerConnection) {
    self.payload = payload
    self.peer = peer
    self.connection = connection
  }

  func envelope<Message: Sendable>(
    of type: Message.Type, for process: ProcessCell
  ) -> UnsafeMutablePointer<EnvelopeHeader>? {
    let message: IncomingMessage
    do {
      message = try IncomingMessage(payload, from: peer.atom, limits: node.options.limits)
    } catch {
      node.report(.undecodable(node: connection.peer.node.name.name, error: "\(error)"))
      connection.close(.undecodable(error))
      return nil
    }
    if case .info = message.kind, let request = SystemRequest(message.request) {
      guard peer.may(peer.permissions.system, .system) else {
        node.refuse(request.caller, .atom("not_allowed"))
        return nil
      }
      return request.order(for: process, node, from: peer.atom).map { Envelope<SystemMessage>.make($0, kind: .system) }
    }
    do {
      return try own(message, Message.self, process).map { Envelope<Message>.make($0, kind: .message) }
    } catch {
      return reject(message.message, error, by: process).map { Envelope<SystemMessage>.make($0, kind: .system) }
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
    _ message: IncomingMessage, _ type: Message.Type, _ process: ProcessCell
  ) throws -> Message? {
    let reply: WireReply? = if case .call(let caller) = message.kind { WireReply(caller, peer, process) } else { nil }
    let context = TransferContext(node, reply)
    if Message.self == ErlangMessage.self { return ErlangMessage(message.message, context) as? Message }
    if let type = Message.self as? any Decodable.Type {
      let value = try node.coding(context).value(type, from: message.request) as? Message
      if reply != nil, !context.isTaken {
        throw TransferError("\(Message.self) has no answer to this message; cast it")
      }
      return value
    }
    if let supervisor = RunningSupervisor(process), case .call(let caller) = message.kind {
      SupervisorRequest(message.request, caller.caller, peer).perform(on: supervisor)
      return nil
    }
    throw TransferError(
      "\(Message.self) is not Codable; only servers whose messages are can be reached from other nodes")
  }

  /// The receiver does not know the message.
  ///
  /// Who has called hears of it at once, or by the receiver's end.
  ///
  /// - Returns: what ends the receiver, if it is to end.
  private func reject(_ message: GenMessage, _ error: any Error, by process: ProcessCell) -> SystemMessage? {
    node.report(
      .unhandled(process: process.id, kind: process.kindName, message: message.term.description, error: "\(error)"))
    let (callback, request): (Atom, Term)
    switch message {
    case .call(let term, let caller):
      if node.options.unknownMessages == .drop {
        node.refuse(caller, .tuple([.atom("bad_call"), term]))
        return nil
      }
      (callback, request) = ("handle_call", term)
    case .cast(let term): (callback, request) = ("handle_cast", term)
    case .info: return nil
    }
    // A supervisor is none of the user's servers: what it does not know it drops, as OTP's does.
    guard node.options.unknownMessages == .crash, RunningSupervisor(process) == nil else { return nil }
    let clause = Term.tuple([.atom(Atom("Elixir.\(process.kindName)")), .atom(callback), .list([request]), .list([])])
    let end = ExitReason.failure(ErlangExit(.tuple([.atom("function_clause"), .list([clause])])))
    // Not before it is resumed, if it is suspended.
    return Sys.order("\(callback)", for: process, isSystemMessage: false) { _ in throw end } ?? .stop(end)
  }
}
