import Harness
import Supervision

/// N servers that nobody supervises: all start, then random ones are called, others come and go beside them, and all are
/// killed.
///
/// `seconds` and `per_sec` are the start's; every other `…_us` is microseconds for one operation, or for one process.
func scaleProcesses(_ n: Int, _ inbox: Mailbox<Done>) async throws -> Metrics {
  var servers: [ProcessRef<Counter.Message>] = []
  servers.reserveCapacity(n)
  let began = OS.now()
  for _ in 0..<n { servers.append(try await Counter.start { Counter() }) }
  let start = Double(OS.now() - began) / 1e9

  var metrics: Metrics = ["seconds": start, "per_sec": Double(n) / start, "start_us": start * 1e6 / Double(n)]
  let some = RandomOnes(of: n)
  metrics["call_us"] = try await some.microseconds(50_000) { _ = try await servers[$0].call { .ping($0) } }
  metrics["start_stop_us"] = try await some.microseconds(20_000) { _ in
    try await Counter.start { Counter() }.stop()
  }
  let me = inbox.ref
  // So many that the numbers of the new ones come round to where the old ones stand in the node's table.
  metrics["spawn_us"] = try await some.microseconds(50_000 + 2 * n) { _ in
    spawn { me.send(.done) }
    _ = try await inbox.next()
  }
  metrics["monitor_us"] = try await some.microseconds(50_000) { index in
    CurrentProcess.demonitor(try CurrentProcess.monitor(servers[index].id))
  }
  metrics["kill_us"] = try await seconds { try await killAll(servers.map(\.id), inbox) } * 1e6 / Double(n)
  return metrics
}
