import Supervision

/// A server that answers at once, later, never, or lets somebody else answer.
struct Desk: GenServer {
  enum Message: Sendable {
    case get(ReplyTo<Int>)
    case hold(ReplyTo<Int>)
    case release
    case forget
    case crash(ReplyTo<Int>)
    /// Another process answers.
    case pass(ReplyTo<Int>)
    /// Asks a server, and waits.
    case ask(ReplyTo<Int>, ProcessRef<Message>)
  }

  var number: Int
  var held: [ReplyTo<Int>] = []

  init(_ number: Int) { self.number = number }

  mutating func handle(_ message: Message) async throws {
    switch message {
    case .get(let reply): reply(number)
    case .hold(let reply): held.append(reply)
    case .release:
      for reply in held { reply(number) }
      held = []
    case .forget: held = []
    case .crash: throw Broken()
    case .pass(let reply):
      let number = number
      spawn { reply(number) }
    case .ask(let reply, let other):
      let request = other.sendRequest { .get($0) }
      do {
        reply(try await request.receiveResponse(timeout: .seconds(10)))
      } catch {
        if case .callingSelf = error.kind { reply(-1) }
        if case .deadlock = error.kind { reply(-2) }
      }
    }
  }
}

extension ProcessName where Message == Desk.Message {
  static var desk: Self { "desk" }
}

extension Result where Failure == CallError {
  /// The value, or the name of what went wrong.
  var text: String {
    switch self {
    case .success(let value): "\(value)"
    case .failure(let error):
      switch error.kind {
      case .exited(let reason): "exited \(reason)"
      default: "\(error.kind)"
      }
    }
  }
}
