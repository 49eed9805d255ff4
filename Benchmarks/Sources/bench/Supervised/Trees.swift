import Harness
import Supervision

extension Benchmark {
  static var trees: [Benchmark] {
    [Benchmark("tree_100x1000", 100_000, receiving: Nothing.self, tree)]
  }
}

/// Starts and stops, in order, 100 supervisors with N/100 workers each.
///
/// `seconds` and `per_sec` are the start's; `stop_seconds` is the orderly shutdown's.
private func tree(_ n: Int, _ inbox: Mailbox<Nothing>) async throws -> Metrics {
  let workers = (0..<max(1, n / 100)).map { ChildSpec(id: "\($0)") { Counter() } }
  let subtrees = (0..<100).map { ChildSpec(Subtree(workers: workers), id: "\($0)") }
  let began = OS.now()
  let top = try await Supervisor.start(unlimited: subtrees)
  let started = OS.now()
  try await top.stop(reason: .shutdown)
  let stopped = OS.now()
  let time = Double(started - began) / 1e9
  return [
    "seconds": time, "per_sec": Double(workers.count * 100) / time,
    "stop_seconds": Double(stopped - started) / 1e9,
  ]
}
