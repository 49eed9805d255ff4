import Harness
import Supervision

/// N children of one supervisor: all start, then single ones in random places are looked up, restarted, replaced and killed;
/// in the end all stop.
///
/// `seconds` and `per_sec` are the start's; every other `…_us` is microseconds for one operation, or for one child.
func scaleChildren(_ n: Int) async throws -> Metrics {
  let before = Memory.inUse
  let began = OS.now()
  let supervisor = try await Supervisor.start(unlimited: (0..<n).map(ChildSpec.numbered))
  let start = Double(OS.now() - began) / 1e9
  let inUse = Double(Memory.inUse - before) / Double(n)
  let resident = Double(Memory.residentSinceStart) / Double(n)

  var metrics: Metrics = [
    "seconds": start, "per_sec": Double(n) / start, "start_us": start * 1e6 / Double(n), "bytes_each": inUse,
    "rss_bytes_each": resident,
  ]
  let some = RandomOnes(of: n)
  metrics["lookup_us"] = try await some.microseconds(20_000) { _ = try await supervisor.child(.numbered($0)) }
  metrics["restart_us"] = try await some.microseconds(10_000) { index in
    try await supervisor.terminateChild(.numbered(index))
    try await supervisor.restartChild(.numbered(index))
  }
  metrics["replace_us"] = try await some.microseconds(10_000) { index in
    try await supervisor.terminateChild(.numbered(index))
    try await supervisor.deleteChild(.numbered(index))
    try await supervisor.startChild(.numbered(index))
  }
  metrics["crash_us"] = try await some.microseconds(10_000) { try await crash(.numbered($0), of: supervisor) }
  let counts = try await supervisor.countChildren()
  try check(counts.active == n, "\(counts.active) children of \(n) are alive")
  metrics["stop_us"] = try await seconds { try await supervisor.stop(reason: .shutdown) } * 1e6 / Double(n)
  return metrics
}

/// Kills a child, and asks the supervisor until it shows another process.
private func crash(_ id: ChildSpec.ID, of supervisor: Supervisor) async throws {
  let victim = try await supervisor.child(id).process
  victim?.exit(.kill)
  while true {
    let process = try await supervisor.child(id).process
    if process != nil, process != victim { return }
  }
}

extension ChildSpec {
  fileprivate static func numbered(_ index: Int) -> ChildSpec {
    ChildSpec(id: .numbered(index)) { Counter() }
  }
}

extension ChildSpec.ID {
  fileprivate static func numbered(_ index: Int) -> ChildSpec.ID { ChildSpec.ID("\(index)") }
}
