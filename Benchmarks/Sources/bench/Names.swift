import Harness
import Supervision

extension Benchmark {
  static var names: [Benchmark] {
    [
      Benchmark("register_cycle", 1_000_000, receiving: Nothing.self, registerCycle),
      Benchmark("whereis_1", 5_000_000, receiving: Nothing.self) { n, inbox in try await whereis(n, 1, inbox) },
      Benchmark("whereis_2", 5_000_000, receiving: Nothing.self) { n, inbox in try await whereis(n, 2, inbox) },
    ]
  }
}

/// Register, look up and unregister this process, under 1000 names in turn.
private func registerCycle(_ n: Int, _ inbox: Mailbox<Nothing>) async throws -> Metrics {
  let names = (0..<1_000).map { ProcessName<Nothing>("cycle_\($0)") }
  let me = inbox.ref
  return try await rate(n) {
    for index in 0..<n {
      let name = names[index % names.count]
      try name.register(me)
      try check(name.whereis == me.id, "\(name) is somebody else's")
      try name.unregister()
    }
  }
}

/// Look-ups by several readers among 10 000 registered processes.
private func whereis(_ n: Int, _ readers: Int, _ inbox: Mailbox<Nothing>) async throws -> Metrics {
  let names = (0..<10_000).map { ProcessName<Done>("name_\($0)") }
  var processes: [ProcessID] = []
  for name in names {
    let process = try spawnLink(receiving: Done.self) { _ = try await $0.next() }
    try name.register(process)
    processes.append(process.id)
  }
  let rounds = max(1, n / readers / names.count)
  let result = try await rate(rounds * readers * names.count) {
    try await parallel(readers, inbox) { _ in
      for _ in 0..<rounds {
        for name in names { try check(name.whereis != nil, "nobody has the name \(name)") }
      }
    }
  }
  try await killAll(processes, inbox)
  return result
}
