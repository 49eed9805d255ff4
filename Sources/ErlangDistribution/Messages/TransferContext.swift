package import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Synchronization

/// What travels beside a message while it becomes a term or comes of one: which node speaks, and who is to be answered.
package final class TransferContext: Sendable {
  /// Who waits for the answer to a message that goes out.
  enum Reply: Sendable {
    case none
    /// The process that sends it.
    case question
    /// A caller of some other node, whose message is passed on.
    case forwarded(GenMessage.Caller)
    /// A caller of this node, whose message is passed on.
    case local(LocalReply)
  }

  private struct State {
    var reply = Reply.none
    var incoming: WireReply?
    var isTaken = false
  }

  let node: Distribution
  private let state: Mutex<State>

  package init(_ node: Distribution) {
    self.node = node
    state = Mutex(State())
  }

  init(_ node: Distribution, _ incoming: WireReply?) {
    self.node = node
    state = Mutex(State(incoming: incoming))
  }

  /// Who was to be answered, as the message said while it was encoded.
  var reply: Reply { state.withLock { $0.reply } }

  func note(_ reply: Reply) { state.withLock { $0.reply = reply } }

  /// Whether the message has room for the one who waits.
  var isTaken: Bool { state.withLock { $0.isTaken } }

  /// The caller of the message that is being decoded; nil if nobody waits.
  func take() -> WireReply? {
    state.withLock { state in
      state.isTaken = true
      return state.incoming
    }
  }

  static func of(_ encoder: any Encoder) -> TransferContext? { TermCoding.carried(by: encoder) as? TransferContext }
  static func of(_ decoder: any Decoder) -> TransferContext? { TermCoding.carried(by: decoder) as? TransferContext }
}

extension Distribution {
  /// How values become terms on this node, and terms values.
  package func coding(_ context: TransferContext) -> TermCoding {
    var coding = options.coding
    coding.carried = context
    return coding
  }
}

/// A message that has become a term.
struct Outgoing {
  let term: Term
  let reply: TransferContext.Reply
  /// Sent as it is, where others are sent as casts.
  let isPlain: Bool

  init<Message>(_ message: Message, _ node: Distribution) throws {
    let context = TransferContext(node)
    if Message.self == ErlangMessage.self, let message = message as? ErlangMessage {
      (term, isPlain) = message.outgoing(context)
    } else if let message = message as? any Encodable {
      term = try node.coding(context).term(of: message)
      isPlain = Outgoing.isPlain(Message.self)
    } else {
      throw TransferError("\(Message.self) is not Codable; only messages that are can be sent to another node")
    }
    reply = context.reply
  }

  /// The message as it is sent when nobody waits for an answer.
  func payload(_ limits: TermLimits) throws(TermError) -> Payload {
    if isPlain { return try Payload(term, limits: limits) }
    return try Payload(endingWith: term, limits: limits) { bytes in GenMessage.append(castTo: &bytes) }
  }
}

extension Outgoing {
  /// The type of casts that was asked for last: a type is asked for with each of its messages.
  private static let lastCast = Atomic<UInt>(0)

  private static func isPlain(_ type: Any.Type) -> Bool {
    let address = UInt(bitPattern: ObjectIdentifier(type))
    if lastCast.load(ordering: .relaxed) == address { return false }
    if type is any SentPlainly.Type { return true }
    lastCast.store(address, ordering: .relaxed)
    return false
  }
}

/// Why a value does not go from one node to another.
struct TransferError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
