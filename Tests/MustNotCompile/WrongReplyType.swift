// expect: cannot convert value of type 'String' to expected argument type 'Int
// A reply has the type that the caller waits for.
import Supervision

struct Cache: GenServer {
  enum Message: Sendable {
    case get(ReplyTo<Int?>)
  }

  mutating func handle(_ message: Message) {
    switch message {
    case .get(let reply): reply("nothing here")
    }
  }
}
