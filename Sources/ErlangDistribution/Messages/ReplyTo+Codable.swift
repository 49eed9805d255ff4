public import ErlangTerms
@_spi(Runtime) public import ProcessRuntime
import Synchronization

/// In a message to another node the token stands for its caller, who travels beside the message (OTP's `From`).
///
/// A case with a token is a `GenServer.call`: `case get(ReplyTo<Int>)` is what `GenServer.call(server, :get)` sends, and
/// `case put(String, ReplyTo<Void>)` is answered with `:ok`. What is answered must be `Codable` or `Void`.
extension ReplyTo: CarriedBeside {
  /// The token of whoever has sent the message that is being decoded.
  ///
  /// - Throws: `DecodingError` if nobody waits for an answer: the message was a cast.
  public init(from decoder: any Decoder) throws {
    let reply: (any OutsideReply)? =
      if let context = TransferContext.of(decoder) {
        context.take()
      } else {
        (TermCoding.carried(by: decoder) as? any OutsideReplyCarrier)?.takeReply()
      }
    guard let reply else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath,
          debugDescription: "The message is to be answered; call, where a cast was sent."))
    }
    self.init(outside: reply)
  }

  /// Leaves no term; the caller goes beside the message.
  public func encode(to encoder: any Encoder) throws {
    guard let context = TransferContext.of(encoder) else {
      throw EncodingError.invalidValue(
        self,
        EncodingError.Context(
          codingPath: encoder.codingPath, debugDescription: "A ReplyTo is written in messages to other nodes only."))
    }
    leave(for: context)
  }

  func leave(for context: TransferContext) {
    switch outside {
    case is Question: context.note(.question)
    case let reply as WireReply: if let caller = reply.passOn() { context.note(.forwarded(caller)) }
    default: context.note(.local(LocalReply(self)))
    }
  }
}

/// A caller of another node.
final class WireReply: OutsideReply {
  private let caller: WireCaller
  /// The node that it is of.
  private let peer: ErlangPeer
  /// Who was called: when that has ended, its caller hears of it by its monitor.
  private let process: ProcessCell
  private let isOver = Mutex(false)

  private var node: Distribution { peer.node }

  init(_ caller: WireCaller, _ peer: ErlangPeer, _ process: ProcessCell) {
    self.caller = caller
    self.peer = peer
    self.process = process
  }

  /// True once.
  private func end() -> Bool {
    isOver.withLock { isOver in
      defer { isOver = true }
      return !isOver
    }
  }

  func answer<Value: Sendable>(_ value: Value) {
    guard end() else { return }
    do {
      node.reply(try Self.term(of: value, node), to: caller, of: peer)
    } catch {
      node.refuse(caller.caller, ExitTerm(error).term)
    }
  }

  var isWaiting: Bool { isOver.withLock { !$0 } }

  func giveUp() {
    if !process.isDead, end() { node.refuse(caller.caller, .atom("no_reply")) }
  }

  /// Somebody else will answer.
  func passOn() -> GenMessage.Caller? { end() ? caller.caller : nil }

  static func term<Value>(of value: Value, _ node: Distribution) throws -> Term {
    if Value.self == Void.self { return .atom("ok") }
    if let term = TermCoding.scalarTerm(value) { return term }
    // Of a wider type, such as `any Sendable`.
    if value is Void { return .atom("ok") }
    guard let value = value as? any Encodable else {
      throw TransferError("the answer, a \(Value.self), is not Codable")
    }
    return try node.coding(TransferContext(node)).term(of: value)
  }
}

/// A caller of this node whose message is passed on to another.
struct LocalReply: Sendable {
  private let decode: @Sendable (Payload, Distribution) throws -> Void

  init<Value: Sendable>(_ reply: ReplyTo<Value>) {
    decode = { payload, node in reply(try WireAnswer(payload, node).value(of: Value.self)) }
  }

  func answer(_ payload: Payload, _ node: Distribution) throws { try decode(payload, node) }

  /// Nothing to do: with this the last copy of the token goes.
  func giveUp() {}
}

/// The answer to a call, as it came.
final class WireAnswer: ForeignAnswer {
  private let payload: Payload
  private let node: Distribution

  init(_ payload: Payload, _ node: Distribution) {
    self.payload = payload
    self.node = node
  }

  func value<Value: Sendable>(of type: Value.Type) throws -> Value {
    let term = try term
    if let value = TermCoding.scalar(type, of: term) { return value }
    if let value = () as? Value { return value }
    guard let type = Value.self as? any Decodable.Type else {
      throw TransferError("the answer is to be a \(Value.self), which is not Codable")
    }
    guard let value = try node.coding(TransferContext(node)).value(type, from: term) as? Value else {
      throw TransferError("the answer is no \(Value.self)")
    }
    return value
  }

  private var term: Term {
    get throws {
      let limits = node.options.limits
      let bytes = payload.bytes
      if payload.atoms.isEmpty, let offset = GenMessage.answer(in: bytes.span.bytes, to: node.identity.name) {
        return try payload.term(at: offset, limits: limits)
      }
      guard let parts = try payload.term(limits: limits).elements, parts.count == 2 else {
        throw TransferError("the answer is no answer")
      }
      return parts[1]
    }
  }
}
