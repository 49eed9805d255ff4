// expect: has no member 'exit'
// An exit signal goes to a process, not to a name, which may stand for another process a moment later.
// holds: XSG-8
import Supervision

struct Cache: GenServer {
  enum Message: Sendable {
    case put(Int)
  }

  mutating func handle(_ message: Message) {}
}

func use(cache: ProcessName<Cache.Message>) {
  cache.exit(.kill)
}
