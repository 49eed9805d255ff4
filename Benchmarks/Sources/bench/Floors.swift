import Harness
import Supervision

/// What Swift's own tasks take, without processes, mailboxes or anything else of this library: the least that a process whose code
/// is `async` can cost. The executor is one queue on one thread, without a lock.
extension Benchmark {
  static var floors: [Benchmark] {
    [
      Benchmark("floor_ping_pong", 1_000_000, receiving: Nothing.self) { n, _ in
        await rate(n) { passBackAndForth(n) }
      },
      Benchmark("floor_spawn", 1_000_000, receiving: Nothing.self) { n, _ in
        await rate(n) { startAndEnd(n) }
      },
    ]
  }
}

private final class BareExecutor: TaskExecutor, @unchecked Sendable {
  private var jobs: [UnownedJob] = []
  private var next = 0

  func enqueue(_ job: consuming ExecutorJob) { jobs.append(UnownedJob(job)) }

  func runAll() {
    while next < jobs.count {
      let job = jobs[next]
      next += 1
      if next == jobs.count {
        jobs.removeAll(keepingCapacity: true)
        next = 0
      }
      job.runSynchronously(on: asUnownedTaskExecutor())
    }
  }
}

/// Where the two tasks wait for each other; both run on one thread.
private final class Table: @unchecked Sendable {
  var seats: [UnsafeContinuation<Void, Never>?] = [nil, nil]
}

/// N times, two tasks suspend themselves and resume the other one, as two processes that exchange messages do.
private func passBackAndForth(_ n: Int) {
  let (executor, table) = (BareExecutor(), Table())
  for seat in 0..<2 {
    Task.detached(executorPreference: executor) {
      for _ in 0..<n {
        await withUnsafeContinuation { continuation in
          table.seats[seat] = continuation
          wake(1 - seat, at: table)
        }
      }
      wake(1 - seat, at: table)
    }
  }
  executor.runAll()
}

private func wake(_ seat: Int, at table: Table) {
  let waiting = table.seats[seat]
  table.seats[seat] = nil
  waiting?.resume()
}

/// N tasks, one after the other, that do nothing.
private func startAndEnd(_ n: Int) {
  let executor = BareExecutor()
  for _ in 0..<n {
    Task.detached(executorPreference: executor) {}
    executor.runAll()
  }
}
