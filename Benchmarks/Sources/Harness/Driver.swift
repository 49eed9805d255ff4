package import Supervision

/// Runs a benchmark once unreported, then `reps` times, and prints one line of JSON: the median, minimum and maximum of
/// every metric.
package struct Driver {
  private let benchmark: Benchmark
  private let n: Int
  private let reps: Int

  package init(_ benchmark: Benchmark, n: Int, reps: Int) {
    self.benchmark = benchmark
    self.n = n
    self.reps = benchmark.isRepeated ? reps : 1
  }

  package func run() async {
    let load = OS.loadAverage
    let driver = spawn(receiving: Metrics.self) { [self] inbox in
      if benchmark.isRepeated { _ = try await isolated(inbox) }
      var results: [Metrics] = []
      for _ in 0..<reps { results.append(try await isolated(inbox)) }
      print(line(results, load))
    }
    let reason = await driver.exited()
    if reason != .normal { fail("bench \(benchmark.name): \(reason)") }
  }

  /// One repetition in a process of its own, so that it has an empty mailbox; afterwards everything settles.
  private func isolated(_ inbox: Mailbox<Metrics>) async throws -> Metrics {
    let monitor = try benchmark.start(n, inbox.ref)
    let down = try await inbox.signal { if case .down(monitor, _, _) = $0 { true } else { false } }
    guard case .down(_, _, .normal) = down else { throw BenchmarkFailure("\(down)") }
    try await CurrentProcess.sleep(for: .milliseconds(200))
    return try await inbox.next(within: .zero)
  }

  private func line(_ results: [Metrics], _ load: Double) -> String {
    var json = JSONLine()
    json.add("impl", "swift")
    json.add("bench", benchmark.name)
    json.add("n", Double(n))
    json.add("schedulers", Double(OS.workers))
    json.add("reps", Double(reps))
    for name in Metrics.names(of: results) {
      let sorted = results.compactMap { $0[name] }.sorted()
      json.add(name, sorted[(sorted.count + 1) / 2 - 1])
      json.add(name + "_min", sorted[0])
      json.add(name + "_max", sorted[sorted.count - 1])
    }
    json.add("load1", load)
    json.add("at", OS.timestamp)
    json.add("tag", OS.environment("BENCH_TAG") ?? "")
    return json.text
  }
}
