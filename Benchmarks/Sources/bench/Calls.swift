import Harness
import Supervision

extension Benchmark {
  static var calls: [Benchmark] {
    [
      call("call_1x1", 500_000, clients: 1, servers: 1),
      call("call_16x1", 1_000_000, clients: 16, servers: 1),
      call("call_16x16", 1_000_000, clients: 16, servers: 16),
      cast("cast_1x1", 2_000_000, producers: 1),
      cast("cast_8x1", 2_000_000, producers: 8),
      Benchmark("ping_pong", 1_000_000, receiving: Counter.Pong.self, pingPong),
    ]
  }

  /// N calls by several clients, spread over several servers.
  private static func call(_ name: String, _ n: Int, clients: Int, servers: Int) -> Benchmark {
    Benchmark(name, n, receiving: Nothing.self) { n, inbox in
      var started: [ProcessRef<Counter.Message>] = []
      for _ in 0..<servers { started.append(try await Counter.start { Counter() }) }
      let targets = started
      let each = n / clients
      let result = try await rate(each * clients) {
        try await parallel(clients, inbox) { index in
          let server = targets[index % targets.count]
          for _ in 0..<each { _ = try await server.call { .ping($0) } }
        }
      }
      for server in targets { try await server.stop() }
      return result
    }
  }

  /// N casts by several producers; the time ends with the reply to a last call.
  private static func cast(_ name: String, _ n: Int, producers: Int) -> Benchmark {
    Benchmark(name, n, receiving: Nothing.self) { n, inbox in
      let server = try await Counter.start { Counter() }
      let each = n / producers
      let result = try await rate(each * producers) {
        try await parallel(producers, inbox) { _ in
          for _ in 0..<each { server.send(.increment) }
        }
        let count = try await server.call(timeout: nil) { .count($0) }
        try check(count == each * producers, "\(count) casts of \(each * producers) have arrived")
      }
      try await server.stop()
      return result
    }
  }
}

/// N times a message to a process and one back, without calls.
private func pingPong(_ n: Int, _ inbox: Mailbox<Counter.Pong>) async throws -> Metrics {
  typealias Ping = ProcessRef<Counter.Pong>
  let echo = try spawnLink(receiving: Ping.self) { pings in
    while true { try await pings.next().send(.pong) }
  }
  let me = inbox.ref
  let result = try await rate(n) {
    for _ in 0..<n {
      echo.send(me)
      _ = try await inbox.next()
    }
  }
  try await killAll([echo.id], inbox)
  return result
}
