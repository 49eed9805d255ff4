import Harness
import Supervision

/// The server of most benchmarks: its state is one integer.
struct Counter: GenServer {
  enum Message: Sendable {
    case ping(ReplyTo<Pong>)
    case count(ReplyTo<Int>)
    case increment
    case sample(Int)
    case crash
  }

  enum Pong: Sendable { case pong }
  struct Crash: Error {}

  private var count = 0

  mutating func handle(_ message: Message) throws {
    switch message {
    case .ping(let reply): reply(.pong)
    case .count(let reply): reply(count)
    case .increment: count += 1
    case .sample: count += 1
    case .crash: throw Crash()
    }
  }
}
