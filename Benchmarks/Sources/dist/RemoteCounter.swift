import ErlangDistribution
import ErlangTerms
import Supervision

/// The server on the other node, as `beam/bench_server.erl` has it: its state is one integer.
struct RemoteCounter: GenServer {
  enum Message: Codable, Sendable {
    case ping(ReplyTo<Atom>)
    case count(ReplyTo<Int>)
    case sample(Int)
    case blob([UInt8])
  }

  private var count = 0

  mutating func handle(_ message: Message) {
    switch message {
    case .ping(let reply): reply(Atom("pong"))
    case .count(let reply): reply(count)
    case .sample, .blob: count += 1
    }
  }
}
