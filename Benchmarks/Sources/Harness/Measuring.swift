package import Supervision

/// How long `work` takes, in seconds.
package func seconds(_ work: () async throws -> Void) async rethrows -> Double {
  let start = OS.now()
  try await work()
  return Double(OS.now() - start) / 1e9
}

/// The time and the rate of work of so many operations.
///
/// `cpu_seconds` is what all threads have used meanwhile.
package func rate(_ operations: Int, _ work: () async throws -> Void) async rethrows -> Metrics {
  let cpu = OS.cpuSeconds
  let time = try await seconds(work)
  return ["seconds": time, "per_sec": Double(operations) / time, "cpu_seconds": OS.cpuSeconds - cpu]
}

/// Runs `body(0)` … `body(count - 1)` in processes of their own at the same time, and waits for all.
package func parallel(
  _ count: Int, _ inbox: Mailbox<some Sendable>, _ body: @escaping @Sendable (Int) async throws -> Void
) async throws {
  for index in 0..<count { _ = try spawnMonitor { try await body(index) } }
  for _ in 0..<count {
    let down = try await inbox.signal(where: \.isDown)
    guard case .down(_, _, .normal) = down else { throw BenchmarkFailure("a parallel process: \(down)") }
  }
}

/// Ends processes without ceremony, and waits until they are gone.
package func killAll(_ processes: [ProcessID], _ inbox: Mailbox<some Sendable>) async throws {
  for process in processes {
    CurrentProcess.unlink(process)
    process.exit(.kill)
    try CurrentProcess.monitor(process)
  }
  for _ in processes { _ = try await inbox.signal(where: \.isDown) }
}

extension Signal {
  package var isDown: Bool { if case .down = self { true } else { false } }
}

/// Random numbers that cost as little as the BEAM's: one generator for each process, no system call.
package struct FastRandom: RandomNumberGenerator {
  private var state: UInt64

  package init() { state = UInt64.random(in: .min ... .max) }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}
