// The homemade supervisor that says what it sees (seed 001).
import Supervision

struct MySupervisor: GenServer {
  typealias Start = @Sendable () async throws -> ProcessID

  enum Message: Sendable {
    /// Answered once everything that came before has been handled.
    case sync(ReplyTo<Void>)
  }

  private var children: [ProcessID: Start] = [:]

  init(children starts: [Start]) async throws {
    CurrentProcess.trapsExits = true
    for start in starts { children[try await start()] = start }
  }

  mutating func handle(_ message: Message) {
    switch message {
    case .sync(let reply): reply()
    }
  }

  mutating func handle(_ signal: Signal) async throws {
    guard case .exit(let process, let reason) = signal else { return }
    print("Exit pid: \(process) reason: \(reason)")
    guard let start = children.removeValue(forKey: process) else { return }
    children[try await start()] = start
  }
}
