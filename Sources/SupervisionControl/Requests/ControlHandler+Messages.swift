import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionInspection

/// Calls and casts: a term becomes a message of the receiver's own type, or nothing is sent.
extension ControlHandler {
  /// How long a call waits, in seconds.
  func callTimeout(_ request: ControlRequest) -> Double {
    let wanted = request.seconds ?? 5
    return wanted.isFinite ? min(max(wanted, 0), 60) : 5
  }

  func cast(_ request: ControlRequest) async throws(ControlFailure) -> Done {
    let process = try await process(request)
    let message = try message(request, for: process, nil)
    let isRefused = Shared(false)
    process.cell.push(foreign: TermMessage(message) { isRefused.withLock { $0 = true } })
    if isRefused.withLock({ $0 }) { throw Self.full(process) }
    return Done("\(process) is sent \(request.term ?? "").")
  }

  func call(_ request: ControlRequest) async throws(ControlFailure) -> CallAnswer {
    let process = try await process(request)
    let timeout = callTimeout(request)
    let reply = TermReply()
    try send(request, to: process, reply)
    let waiting = Task { await reply.wait() }
    let limit = Task {
      try await Task.sleep(for: .seconds(timeout))
      waiting.cancel()
    }
    let outcome = await waiting.value
    limit.cancel()
    switch outcome {
    case .answer(let value): return CallAnswer(value)
    case .refused: throw Self.full(process)
    case .noReply where !process.isAlive:
      throw ControlFailure(
        .failed, "\(process) has ended before it has answered; `supervisionctl crashes` may tell why")
    case .noReply: throw ControlFailure(.failed, "\(process) has dropped the call without an answer")
    case nil:
      throw ControlFailure(
        .timeout, "\(process) has not answered within \(timeout) s; what was sent stands in its mailbox all the same")
    }
  }

  /// Keeps nothing of the message: who waits hears that its last copy has gone.
  private func send(_ request: ControlRequest, to process: ProcessID, _ reply: TermReply) throws(ControlFailure) {
    let message = try message(request, for: process, reply)
    guard reply.isTaken else {
      throw ControlFailure(.badMessage, "\(process) has no answer to \(request.term ?? ""); use `cast`")
    }
    process.cell.push(foreign: TermMessage(message) { reply.refuse() })
  }

  private static func full(_ process: ProcessID) -> ControlFailure {
    ControlFailure(.failed, "the mailbox of \(process) is full; try again when it has less to do")
  }

  /// Runs the user's code, here and not in the receiver.
  private func message(
    _ request: ControlRequest, for process: ProcessID, _ reply: TermReply?
  ) throws(ControlFailure) -> Any {
    guard let text = request.term else {
      throw ControlFailure(
        .badRequest, "say what is to be sent in `term`, as Elixir writes it: `:get`, `{:save, \"hola\"}`")
    }
    var limits = TermLimits()
    limits.byteCount = self.limits.lineBytes
    limits.depth = self.limits.termDepth
    limits.termCount = self.limits.termCount
    limits.integerByteCount = 1_024
    let term: Term
    do {
      term = try Term(text, syntax: .elixir, limits: limits)
    } catch {
      throw ControlFailure(
        .badMessage,
        "\(text) is no term as Elixir writes them: \(error); such as `:get`, `{:save, \"hola\"}`, `%{name: 1}`")
    }
    let type = process.cell.messageType
    if let type = type as? any OutsideTermMessage.Type { return type.init(term, replyingTo: reply?.takeReply()) }
    guard type != Never.self, let codable = type as? any Decodable.Type else {
      throw ControlFailure(
        .badMessage,
        "\(process) takes \(type == Never.self ? "no messages" : "messages of the type \(Self.name(of: type)), which is not Codable"); only messages that are Codable can be written as terms"
      )
    }
    var coding = TermCoding()
    coding.depth = self.limits.termDepth
    coding.carried = reply
    do {
      return try coding.value(codable, from: term)
    } catch {
      throw ControlFailure(.badMessage, "\(text) is no \(Self.name(of: type)): \(Self.words(of: error))")
    }
  }

  /// `Cache.Message`, where the type alone would be one `Message` among many.
  private static func name(of type: Any.Type) -> String {
    let parts = String(reflecting: type).split(separator: ".")
    return parts.count > 1 ? parts.dropFirst().joined(separator: ".") : "\(type)"
  }

  private static func words(of error: any Error) -> String {
    switch error {
    case DecodingError.dataCorrupted(let context), DecodingError.typeMismatch(_, let context),
      DecodingError.valueNotFound(_, let context), DecodingError.keyNotFound(_, let context):
      // Of what the compiler has made for an enumeration.
      context.debugDescription.hasPrefix("Invalid number of keys")
        ? "it has no such case" : context.debugDescription
    default: "\(error)"
    }
  }
}
