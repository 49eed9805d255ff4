// expect: Cache.Message
// A reference knows what may be sent to it.
// holds: GEN-7
import Supervision

struct Cache: GenServer {
  enum Message: Sendable {
    case put(Int)
  }

  mutating func handle(_ message: Message) {}
}

struct Parser: GenServer {
  enum Message: Sendable {
    case parse(String)
  }

  mutating func handle(_ message: Message) {}
}

func use(parser: ProcessRef<Parser.Message>) {
  parser.send(Cache.Message.put(1))
}
