import Supervision
import SupervisionTesting

/// A server that does what it is told, in its own process.
struct Clerk: GenServer {
  enum Message: Sendable {
    case run(ReplyTo<String>, @Sendable () async throws -> String)
    case end(ExitReason)
  }

  mutating func handle(_ message: Message) async throws {
    switch message {
    case .run(let reply, let work):
      do {
        reply(try await work())
      } catch let error as RegistryError {
        reply("\(error)")
      }
    case .end(let reason): throw reason
    }
  }
}

extension ProcessRef where Message == Clerk.Message {
  /// Runs `work` as that process, and tells what came of it.
  @discardableResult
  func run(_ work: @escaping @Sendable () async throws -> String) async throws -> String {
    try await call { .run($0, work) }
  }

  /// The same, for what answers nothing.
  func perform(_ work: @escaping @Sendable () async throws -> Void) async throws {
    try await run {
      try await work()
      return ""
    }
  }

  /// Ends it, and waits until it has.
  func end(_ reason: ExitReason) async {
    if reason == .kill { id.exit(.kill) } else { send(.end(reason)) }
    _ = await id.exited()
  }
}
