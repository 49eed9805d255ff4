// expect: success
import Supervision

struct Cache: GenServer {
  enum Message: Sendable {
    case get(ReplyTo<Int?>)
    case put(Int)
  }

  private var value: Int?

  init(_ value: Int? = nil) { self.value = value }

  mutating func handle(_ message: Message) {
    switch message {
    case .get(let reply): reply(value)
    case .put(let value): self.value = value
    }
  }
}

extension ProcessName where Message == Cache.Message {
  static var cache: Self { "cache" }
}

func use() async throws {
  let first = 1
  let supervisor = try await Supervisor.start(strategy: .oneForOne) {
    ChildSpec(.cache) { Cache(first) }
  }
  let cache = try await Cache.start { Cache() }
  cache.send(.put(2))
  let value: Int? = try await cache.call { .get($0) }
  _ = value
  try await supervisor.stop()
}
