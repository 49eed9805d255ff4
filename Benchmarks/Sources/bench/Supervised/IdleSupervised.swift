import Harness
import Supervision

extension Benchmark {
  static var idleSupervised: [Benchmark] {
    [
      Benchmark("idle_supervised_100k", 100_000, receiving: Nothing.self, idleUnderSupervisor),
      Benchmark("idle_supervised_1m", 1_000_000, receiving: Nothing.self, idleUnderSupervisor),
    ]
  }
}

private func idleUnderSupervisor(_ n: Int, _ inbox: Mailbox<Nothing>) async throws -> Metrics {
  let supervisor = try await DynamicSupervisor.start()
  return try await idle(n) {
    try await supervisor.startChild { Counter() }
  } stop: { _ in
    try await supervisor.stop(reason: .shutdown)
  }
}
