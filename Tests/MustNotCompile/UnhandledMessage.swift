// expect: switch must be exhaustive
// A server answers every message that it declares; Elixir finds a missing clause at run time.
// holds: GS-32
import Supervision

struct Cache: GenServer {
  enum Message: Sendable {
    case get(ReplyTo<Int?>)
    case put(Int)
  }

  mutating func handle(_ message: Message) {
    switch message {
    case .get(let reply): reply(nil)
    }
  }
}
