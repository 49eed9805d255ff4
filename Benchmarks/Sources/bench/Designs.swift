import Harness
import Supervision

/// The three ways in which a process may hold its code, side by side: `Documentation/decisions/0003`.
///
/// None has a twin on the BEAM, and so they are not in the list: `bench design_turn`, and so on.
extension Benchmark {
  static var designs: [Benchmark] {
    [
      Benchmark("design_turn", 200_000, receiving: Nothing.self) { n, inbox in
        try await design(n, inbox) { try await Turn.start { Turn() } }
      },
      Benchmark("design_task_per_activation", 200_000, receiving: Nothing.self) { n, inbox in
        try await design(n, inbox) { try await Activation.start { Activation() } }
      },
      Benchmark("design_task_per_process", 200_000, receiving: Nothing.self) { n, inbox in
        try await design(n, inbox) { try spawnLink(receiving: Echo.self, taskPerProcess) }
      },
    ]
  }
}

private enum Echo: Sendable {
  case echo(ReplyTo<Int>)
  case note
  case stop(ReplyTo<Int>)
}

/// The worker calls the handler itself.
private struct Turn: GenServer {
  typealias Message = Echo
  private var noted = 0

  mutating func handle(_ message: Echo) throws {
    switch message {
    case .echo(let reply): reply(noted)
    case .note: noted += 1
    case .stop(let reply):
      reply(noted)
      throw ExitReason.normal
    }
  }
}

/// The handler is `async`: a task lives from the first message until the mailbox is empty.
private struct Activation: GenServer {
  typealias Message = Echo
  private var noted = 0

  mutating func handle(_ message: Echo) async throws {
    switch message {
    case .echo(let reply): reply(noted)
    case .note: noted += 1
    case .stop(let reply):
      reply(noted)
      throw ExitReason.normal
    }
  }
}

/// A loop in a task that lives as long as the process.
@Sendable
private func taskPerProcess(_ inbox: inout Mailbox<Echo>) async throws {
  var noted = 0
  while true {
    switch try await inbox.next() {
    case .echo(let reply): reply(noted)
    case .note: noted += 1
    case .stop(let reply):
      reply(noted)
      return
    }
  }
}

/// Nanoseconds for a call, a cast, and a start with one call and the end; bytes of a process at rest that has had a call.
private func design(
  _ n: Int, _ inbox: Mailbox<Nothing>, _ start: () async throws -> ProcessRef<Echo>
) async throws -> Metrics {
  let server = try await start()
  let calls = try await seconds { for _ in 0..<n { _ = try await server.call { .echo($0) } } }
  let casts = try await seconds {
    for _ in 0..<n { server.send(.note) }
    try check(try await server.call(timeout: nil) { .echo($0) } == n, "casts are missing")
  }
  _ = try await server.call { .stop($0) }
  let lives = try await seconds {
    for _ in 0..<n / 4 { _ = try await start().call { .stop($0) } }
  }
  let before = Memory.inUse
  var resting: [ProcessRef<Echo>] = []
  for _ in 0..<n / 10 {
    resting.append(try await start())
    _ = try await resting[resting.count - 1].call { .echo($0) }
  }
  let bytes = Memory.inUse - before - MemoryLayout<ProcessRef<Echo>>.stride * resting.capacity
  try await killAll(resting.map(\.id), inbox)
  return [
    "seconds": calls, "per_sec": Double(n) / calls, "call_ns": calls * 1e9 / Double(n),
    "cast_ns": casts * 1e9 / Double(n),
    "life_ns": lives * 4e9 / Double(n), "bytes_each": Double(bytes * 10) / Double(n),
  ]
}
