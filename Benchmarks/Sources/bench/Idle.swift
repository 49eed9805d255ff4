import Harness
import Supervision

extension Benchmark {
  /// There is no hibernation here: a server at rest holds its state and nothing else.
  ///
  /// The row of that name is the same as the unlinked one, so that the BEAM's smallest server has something to be
  /// compared with.
  static var idle: [Benchmark] {
    [
      Benchmark("idle_unlinked_100k", 100_000, receiving: Nothing.self, idleUnlinked),
      Benchmark("idle_unlinked_1m", 1_000_000, receiving: Nothing.self, idleUnlinked),
      Benchmark("idle_hibernated_100k", 100_000, receiving: Nothing.self, idleUnlinked),
    ]
  }
}

private func idleUnlinked(_ n: Int, _ inbox: Mailbox<Nothing>) async throws -> Metrics {
  try await idle(n) {
    try await Counter.start { Counter() }
  } stop: { servers in
    try await killAll(servers.map(\.id), inbox)
  }
}

/// Starts N idle servers, and reads the memory while all are alive.
///
/// `per_sec` is starts a second. `rss_bytes_each` counts from what the program occupied before any benchmark.
func idle(
  _ n: Int, _ start: () async throws -> ProcessRef<Counter.Message>,
  stop: ([ProcessRef<Counter.Message>]) async throws -> Void
) async throws -> Metrics {
  let before = Memory.inUse
  let began = OS.now()
  var servers: [ProcessRef<Counter.Message>] = []
  servers.reserveCapacity(n)
  for _ in 0..<n { servers.append(try await start()) }
  let time = Double(OS.now() - began) / 1e9
  let list = MemoryLayout<ProcessRef<Counter.Message>>.stride * n
  let inUse = Memory.inUse - before - list
  let resident = Memory.residentSinceStart - list
  let stopping = try await seconds { try await stop(servers) }
  return [
    "seconds": time, "per_sec": Double(n) / time, "bytes_each": Double(inUse) / Double(n),
    "rss_bytes_each": Double(resident) / Double(n), "stop_seconds": stopping,
  ]
}
