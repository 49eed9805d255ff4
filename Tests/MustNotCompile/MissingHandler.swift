// expect: type 'Cache' does not conform to protocol 'GenServer'
// holds: GS-32
import Supervision

struct Cache: GenServer {
  enum Message: Sendable {
    case get(ReplyTo<Int?>)
  }
}
