import Supervision
struct Counter: GenServer {
  enum Message: Sendable { case ping(ReplyTo<Int>), inc, count(ReplyTo<Int>), crash }
  var n = 0
  mutating func handle(_ message: Message) throws {
    switch message {
    case .ping(let r): r(1)
    case .inc: n += 1
    case .count(let r): r(n)
    case .crash: throw ExitReason.failure(E())
    }
  }
}
struct E: Error {}
struct ACounter: GenServer {
  enum Message: Sendable { case ping(ReplyTo<Int>), inc, count(ReplyTo<Int>) }
  var n = 0
  mutating func handle(_ message: Message) async throws {
    switch message {
    case .ping(let r): r(1)
    case .inc: n += 1
    case .count(let r): r(n)
    }
  }
}
func t() async throws {
  let c = spawn {
    let clock = ContinuousClock()
    for _ in 0..<3 {
    let s = try await Counter.start { Counter() }
    var el = try await clock.measure { for _ in 0..<500_000 { _ = try await s.call { .ping($0) } } }
    print("call", el / 500_000)
    el = try await clock.measure { for _ in 0..<2_000_000 { s.send(.inc) }; print(try await s.call { .count($0) }) }
    print("cast", el / 2_000_000)
    let a = try await ACounter.start { ACounter() }
    el = try await clock.measure { for _ in 0..<200_000 { _ = try await a.call { .ping($0) } } }
    print("async call", el / 200_000)
    el = try await clock.measure { for _ in 0..<1_000_000 { a.send(.inc) }; print(try await a.call { .count($0) }) }
    print("async cast", el / 1_000_000)
    el = try await clock.measure { for _ in 0..<100_000 { let s = try await Counter.start { Counter() }; try await s.stop() } }
    print("start_stop", el / 100_000)
    }
  }
  print(await c.exited())
}
try await t()
