import Harness
import Supervision

extension Benchmark {
  static var spawning: [Benchmark] {
    [
      Benchmark("spawn", 1_000_000, receiving: Done.self, spawnPlain),
      Benchmark("spawn_link", 1_000_000, receiving: Nothing.self, spawnLinked),
      Benchmark("spawn_monitor_seq", 500_000, receiving: Nothing.self, spawnMonitored),
      Benchmark("gen_server_start_stop", 200_000, receiving: Nothing.self, startStop),
    ]
  }
}

/// N processes in batches of 1000; each reports and ends.
private func spawnPlain(_ n: Int, _ inbox: Mailbox<Done>) async throws -> Metrics {
  let me = inbox.ref
  return try await rate(n) {
    try await batches(n) { size in
      for _ in 0..<size { spawn { me.send(.done) } }
      for _ in 0..<size { _ = try await inbox.next() }
    }
  }
}

/// The same with links: the exit signals are what is waited for.
private func spawnLinked(_ n: Int, _ inbox: Mailbox<Nothing>) async throws -> Metrics {
  CurrentProcess.trapsExits = true
  return try await rate(n) {
    try await batches(n) { size in
      for _ in 0..<size { try spawnLink {} }
      for _ in 0..<size {
        guard case .exit(_, .normal) = try await inbox.signal() else { throw BenchmarkFailure("not a normal exit") }
      }
    }
  }
}

private func batches(_ n: Int, _ batch: (_ size: Int) async throws -> Void) async throws {
  for first in stride(from: 0, to: n, by: 1_000) { try await batch(min(1_000, n - first)) }
}

/// One at a time, each awaited by its down signal.
private func spawnMonitored(_ n: Int, _ inbox: Mailbox<Nothing>) async throws -> Metrics {
  try await rate(n) {
    for _ in 0..<n {
      let (process, monitor) = try spawnMonitor {}
      _ = try await inbox.signal {
        if case .down(monitor, process, .normal) = $0 { true } else { false }
      }
    }
  }
}

/// `start` (which returns when the server has been made) and `stop`, one at a time.
private func startStop(_ n: Int, _ inbox: Mailbox<Nothing>) async throws -> Metrics {
  try await rate(n) {
    for _ in 0..<n { try await Counter.start { Counter() }.stop() }
  }
}
