import Harness
import Supervision

extension Benchmark {
  static var timers: [Benchmark] {
    [
      Benchmark("timers", 100_000, receiving: [Double].self, startTimers),
      Benchmark("timer_start_cancel", 1_000_000, receiving: Done.self, startAndCancel),
    ]
  }
}

/// N timers of 1 … 1000 ms to one receiver; lateness counts from the time of the call plus the delay asked for.
///
/// `per_sec` is the rate of `send(_:after:)`.
private func startTimers(_ n: Int, _ inbox: Mailbox<[Double]>) async throws -> Metrics {
  let me = inbox.ref
  let receiver = try spawnLink(receiving: Int.self) { due in
    var late: [Double] = []
    for _ in 0..<n {
      let instant = try await due.next()
      late.append(Double(OS.now() - instant) / 1e3)
    }
    me.send(late)
  }
  var random = FastRandom()
  let delays = (0..<n).map { _ in Int.random(in: 1...1_000, using: &random) }
  let result = await rate(n) {
    for delay in delays { receiver.send(OS.now() + delay * 1_000_000, after: .milliseconds(delay)) }
  }
  return result.adding(.percentiles("late", try await inbox.next()))
}

/// Starts a timer of a minute and cancels it, N times.
private func startAndCancel(_ n: Int, _ inbox: Mailbox<Done>) async throws -> Metrics {
  let me = inbox.ref
  return await rate(n) {
    for _ in 0..<n { me.send(.done, after: .seconds(60)).cancel() }
  }
}
