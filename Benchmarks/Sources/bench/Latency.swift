import Harness
import Supervision
import Synchronization

extension Benchmark {
  /// N is the duration in milliseconds.
  ///
  /// There are no priorities here: the row with `high_prio` is an ordinary probe, beside the BEAM's privileged one.
  static var latency: [Benchmark] {
    [
      latency("latency_idle", .none, probes: 1),
      latency("latency_load", .jobs(2_000), probes: 16),
      latency("latency_load_high_prio", .jobs(2_000), probes: 1),
      latency("latency_hogs", .hogs(8), probes: 1),
    ]
  }

  private static func latency(_ name: String, _ load: Load, probes: Int) -> Benchmark {
    Benchmark(name, 5_000, receiving: [Sample].self) { milliseconds, inbox in
      try await measure(milliseconds, load, probes, inbox)
    }
  }
}

/// What runs beside the probes.
private enum Load: Sendable {
  case none
  /// So many processes that, for each message, do 100 µs of arithmetic and send themselves the next message.
  case jobs(Int)
  /// So many endless loops.
  case hogs(Int)
}

/// In microseconds: how late the sleep ended, and how long the call took.
private struct Sample: Sendable {
  let wake, call: Double
}

private final class JobCount: Sendable {
  let done = Atomic<Int>(0)
}

/// For so many milliseconds, each of several probes sleeps 1 ms and calls an idle server of its own, while the load
/// runs.
///
/// `jobs_per_sec` is what the load got done (the arithmetic's ideal is 10 000 a second and core).
private func measure(
  _ milliseconds: Int, _ load: Load, _ probes: Int, _ inbox: Mailbox<[Sample]>
) async throws -> Metrics {
  let steps = await Spin.stepsIn100us()
  let jobs = JobCount()
  let loaders = start(load, steps, jobs)
  try await CurrentProcess.sleep(for: .milliseconds(100))
  let doneBefore = jobs.done.load(ordering: .relaxed)
  let began = OS.now()
  let me = inbox.ref
  try await parallel(probes, inbox) { _ in
    let server = try await Counter.start { Counter() }
    me.send(try await probe(server, until: began + milliseconds * 1_000_000))
  }
  let time = Double(OS.now() - began) / 1e9
  let done = jobs.done.load(ordering: .relaxed) - doneBefore
  try await killAll(loaders, inbox)
  var samples: [Sample] = []
  for _ in 0..<probes { samples += try await inbox.next() }
  return Metrics.percentiles("wake", samples.map(\.wake))
    .adding(.percentiles("call", samples.map(\.call)))
    .adding([
      "seconds": time, "calls": Double(samples.count), "jobs_per_sec": Double(done) / time,
      "steps_per_100us": Double(steps),
    ])
}

private func start(_ load: Load, _ steps: Int, _ jobs: JobCount) -> [ProcessID] {
  switch load {
  case .none: return []
  // A killed process is dead at once, but its code runs on until it looks: once in about a millisecond.
  case .hogs(let count): return (0..<count).map { _ in spawn { while !Task.isCancelled { Spin.spin(1_000_000) } } }
  case .jobs(let count):
    return (0..<count).map { _ in
      spawn(receiving: Done.self) { inbox in
        inbox.ref.send(.done)
        while true {
          _ = try await inbox.next()
          Spin.spin(steps)
          jobs.done.add(1, ordering: .relaxed)
          inbox.ref.send(.done)
        }
      }
    }
  }
}

private func probe(_ server: ProcessRef<Counter.Message>, until end: Int) async throws -> [Sample] {
  var samples: [Sample] = []
  while true {
    let began = OS.now()
    try await CurrentProcess.sleep(for: .milliseconds(1))
    let woken = OS.now()
    _ = try await server.call(timeout: nil) { .ping($0) }
    let answered = OS.now()
    samples.append(Sample(wake: Double(woken - began - 1_000_000) / 1e3, call: Double(answered - woken) / 1e3))
    if answered >= end { return samples }
  }
}

/// Arithmetic that takes time and nothing else.
private enum Spin {
  /// Where the results go, so that the compiler does not leave the arithmetic out.
  private static let sink = Atomic<UInt32>(0)

  /// One step is a linear congruential generator's, in 32 bits, and a shift: or else the compiler takes many steps at
  /// once.
  @inline(never)
  static func spin(_ steps: Int) {
    var value: UInt32 = 1
    for _ in 0..<steps { value = (value &* 69_069 &+ 12_345) ^ (value >> 7) }
    sink.store(value, ordering: .relaxed)
  }

  static func stepsIn100us() async -> Int {
    var best = Double.infinity
    for _ in 0..<10 { best = min(best, await seconds { spin(1_000_000) }) }
    return Int((1_000_000 * 100e-6 / best).rounded())
  }
}
