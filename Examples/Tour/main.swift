import Supervision
struct Counter: GenServer {
  enum Message: Sendable { case ping(ReplyTo<Int>), inc, count(ReplyTo<Int>) }
  var n = 0
  mutating func handle(_ message: Message) throws {
    switch message {
    case .ping(let r): r(1)
    case .inc: n += 1
    case .count(let r): r(n)
    }
  }
}
func t() async throws {
  let what = CommandLine.arguments[1], n = Int(CommandLine.arguments[2])!
  let c = spawn(receiving: Int.self) { inbox in
    let clock = ContinuousClock()
    for _ in 0..<3 {
    let s = try await Counter.start { Counter() }
    switch what {
    case "call": let el = try await clock.measure { for _ in 0..<n { _ = try await s.call { .ping($0) } } }; print("call", el / n)
    case "cast": let el = try await clock.measure { for _ in 0..<n { s.send(.inc) }; _ = try await s.call { .count($0) } }; print("cast", el / n)
    case "start": let el = try await clock.measure { for _ in 0..<n { let s = try await Counter.start { Counter() }; try await s.stop() } }; print("start_stop", el / n)
    case "self":  let me = inbox.ref; let el = try await clock.measure { for i in 0..<n { me.send(i); _ = try await inbox.next() } }; print("self", el/n)
    case "mon":  let el = try await clock.measure { for _ in 0..<n { let (_, _) = try spawnMonitor { }; _ = try await inbox.signal() } }; print("spawn_monitor", el/n)
    case "ping": let me = inbox.ref; 
    let pp = try spawnLink(receiving: ProcessRef<Int>.self) { inbox in
      while true { let r = try await inbox.next(); r.send(1) }
    }
    let el = try await clock.measure { for _ in 0..<n { pp.send(me); _ = try await inbox.next() } };    print("ping_pong", el / n)
    default: break
    }
    }
  }
  print(await c.exited())
}
try await t()
