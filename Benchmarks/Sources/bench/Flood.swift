import Dispatch
import Harness
import Supervision

extension Benchmark {
  /// A mailbox here is never part of a heap that is collected: both rows are the same.
  static var flood: [Benchmark] {
    [
      Benchmark("flood", 1_000_000, receiving: Done.self, floodCounter),
      Benchmark("flood_off_heap", 1_000_000, receiving: Done.self, floodCounter),
    ]
  }
}

/// A counter that can be held still within a message, since a server cannot be suspended from outside.
private struct HeldCounter: GenServer {
  enum Message: Sendable {
    case hold(DispatchSemaphore, ProcessRef<Done>)
    case sample(Int)
    case count(ReplyTo<Int>)
  }

  private var count = 0

  mutating func handle(_ message: Message) {
    switch message {
    case .hold(let gate, let holder):
      holder.send(.done)
      gate.wait()
    case .sample: count += 1
    case .count(let reply): reply(count)
    }
  }
}

/// N casts to a server that stands still, then the time that it takes to empty its mailbox.
///
/// `seconds` and `per_sec` are the drain's.
private func floodCounter(_ n: Int, _ inbox: Mailbox<Done>) async throws -> Metrics {
  let server = try await HeldCounter.start { HeldCounter() }
  let gate = DispatchSemaphore(value: 0)
  // With one worker the server stands still anyway while this process sends.
  if OS.workers > 1 {
    server.send(.hold(gate, inbox.ref))
    _ = try await inbox.next()
  }
  let before = Memory.inUse
  let sending = await seconds { for _ in 0..<n { server.send(.sample(42)) } }
  let inUse = Memory.inUse - before
  let resident = Memory.residentSinceStart
  let result = try await rate(n) {
    gate.signal()
    let count = try await server.call(timeout: nil) { .count($0) }
    try check(count == n, "\(count) casts of \(n) have arrived")
  }
  let after = Memory.inUse - before
  try await server.stop()
  return result.adding([
    "send_per_sec": Double(n) / sending, "bytes_each": Double(inUse) / Double(n),
    "rss_bytes_each": Double(resident) / Double(n), "memory_after": Double(after),
  ])
}
