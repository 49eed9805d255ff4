import Harness
import Supervision

extension Benchmark {
  static var restarts: [Benchmark] {
    [
      Benchmark("restart_exit", 10_000, receiving: Up.self) { n, inbox in try await restart(n, .exit, inbox) },
      Benchmark("restart_kill", 10_000, receiving: Up.self) { n, inbox in try await restart(n, .kill, inbox) },
      Benchmark("restart_exit_fresh", 20_000, receiving: Up.self, restartFresh),
      Benchmark("restart_all_at_once", 10_000, receiving: Up.self, restartAllAtOnce),
      Benchmark("restart_one_for_all_100", 500, receiving: Up.self) { n, inbox in
        try await restartGroup(n, .oneForAll, killing: 1, inbox)
      },
      Benchmark("restart_rest_for_one_100", 500, receiving: Up.self) { n, inbox in
        try await restartGroup(n, .restForOne, killing: 50, inbox)
      },
    ]
  }
}

private enum Crash: Sendable {
  /// The child throws an error.
  case exit
  case kill
}

private let childName: ProcessName<Counter.Message> = "bench_child"

/// One registered child, crashed N times in a row.
///
/// Each round ends when the new child has started under the same name and has answered a call.
private func restart(_ n: Int, _ crash: Crash, _ inbox: Mailbox<Up>) async throws -> Metrics {
  let me = inbox.ref
  let child = ChildSpec(childName, id: "child") { try Child(0, telling: me) }
  let supervisor = try await Supervisor.start(unlimited: [child])
  _ = try await inbox.next()
  let result = try await rate(n) {
    for _ in 0..<n {
      switch crash {
      case .exit: childName.send(.crash)
      case .kill: childName.whereis?.exit(.kill)
      }
      _ = try await inbox.next()
      _ = try await childName.call { .ping($0) }
    }
  }
  try await supervisor.stop(reason: .shutdown)
  return result
}

/// The same with a new supervisor after every 100 restarts (its start and stop are not timed).
private func restartFresh(_ n: Int, _ inbox: Mailbox<Up>) async throws -> Metrics {
  let rounds = max(1, n / 100)
  var total = 0.0
  for _ in 0..<rounds { total += try await restart(100, .exit, inbox)["seconds"] ?? 0 }
  return ["seconds": total, "per_sec": Double(rounds * 100) / total]
}

/// N children of one supervisor, all killed at once; ends when all are back.
private func restartAllAtOnce(_ n: Int, _ inbox: Mailbox<Up>) async throws -> Metrics {
  let supervisor = try await Supervisor.start(unlimited: children(n, inbox.ref))
  var processes: [ProcessID] = []
  for _ in 0..<n { processes.append(try await inbox.next().process) }
  let result = try await rate(n) {
    for process in processes { process.exit(.kill) }
    for _ in 0..<n { _ = try await inbox.next() }
  }
  try await supervisor.stop(reason: .shutdown)
  return result
}

/// 100 children; one is killed N times, and each round ends when it and all those that the strategy restarts with it
/// are back.
///
/// `per_sec` is rounds a second.
private func restartGroup(
  _ n: Int, _ strategy: Supervisor.Strategy, killing victim: Int, _ inbox: Mailbox<Up>
) async throws -> Metrics {
  let supervisor = try await Supervisor.start(unlimited: children(100, inbox.ref), strategy: strategy)
  for _ in 1..<victim { _ = try await inbox.next() }
  let result = try await rate(n) {
    for _ in 0..<n {
      let process = try await inbox.next(where: { $0.child == victim }).process
      for _ in victim..<100 { _ = try await inbox.next(where: { $0.child > victim }) }
      process.exit(.kill)
    }
    for _ in victim...100 { _ = try await inbox.next() }
  }
  try await supervisor.stop(reason: .shutdown)
  return result
}

private func children(_ count: Int, _ listener: ProcessRef<Up>) -> [ChildSpec] {
  (1...count).map { index in ChildSpec(id: "\(index)") { try Child(index, telling: listener) } }
}
