import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A node in numbers, at one moment: what an operator's graphs are made of (some of OTP's `erlang:statistics/1` and
/// `erlang:system_info/1`).
///
///     let before = NodeStatistics.current
///     try await CurrentProcess.sleep(for: .seconds(10))
///     let now = NodeStatistics.current
///     print(now.processes, now.utilisation(since: before) ?? 0)
///
/// Nothing is counted for it: each number is read, from those who have it anyway, when it is asked for.
public struct NodeStatistics: Sendable {
  /// The processes that live.
  public let processes: Int
  /// The processes that have something to do and wait for a scheduler, about.
  public let runQueue: Int
  /// The timers that are armed, with those of dead processes that have not been found yet.
  public let timers: Int
  /// The threads that run processes, without the spare ones; zero on a test's node, which has none.
  public let schedulers: Int
  /// The spare threads that run at present, each in the place of a turn that does not end.
  public let spareSchedulers: Int
  /// The dead processes whose code still runs: who was killed, or disowned, in a turn that does not end.
  public let disowned: Int
  /// The faults that the program has contained so far, by kind, and the hangs that it has disowned.
  public let faults: [Fault.Kind: Int]
  /// How many faults more the program may contain in all: see ``FaultBudget``.
  ///
  /// The budget's limit for bursts is not in it.
  public let faultBudgetLeft: Int

  /// When that was, by a monotonic clock.
  let instant: Int64
  /// The processor time that each scheduler's thread has used, in nanoseconds, by the thread's number.
  let schedulerTimes: [Int32: Int64]
  /// The threads of the schedulers, without the spare ones, in the schedulers' order.
  let schedulerThreads: [Int32]

  /// The numbers of the caller's node.
  ///
  /// Does not suspend, and stops nobody: it takes the locks of the list of processes, of the timers and of the faults, one
  /// after the other.
  public static var current: NodeStatistics { NodeStatistics(Node.current) }

  package init(_ node: Node) {
    processes = node.processes.count
    timers = node.timers.count
    runQueue = node.workers?.queueLength ?? 0
    schedulers = node.workers?.size ?? 0
    spareSchedulers = node.workers?.wantedSpares ?? 0
    disowned = node.lingeringProcesses.count
    faults = FaultLedger.shared.kinds
    faultBudgetLeft = max(0, FaultLedger.shared.budget.total - FaultLedger.shared.spent)
    instant = MonotonicClock().now()
    var times: [Int32: Int64] = [:]
    var threads: [Int32] = []
    for worker in node.workers?.all ?? [] {
      let thread = worker.threadID.load(ordering: .relaxed)
      if let time = processorTime(ofThread: thread) { times[thread] = time }
      if threads.count < schedulers { threads.append(thread) }
    }
    schedulerTimes = times
    schedulerThreads = threads
  }

  /// The part of their time that the schedulers have worked since then, from 0 to 1: processor time of their threads, by
  /// time that has passed.
  ///
  /// A scheduler that waits within a turn, for a lock or a file, is not working. One that has run out of work looks for more
  /// for some microseconds before it sleeps, which counts. Nil where the system does not tell, on a test's node, and when no
  /// time has passed.
  public func utilisation(since earlier: NodeStatistics) -> Double? {
    let passed = instant - earlier.instant
    guard passed > 0, schedulers > 0, !schedulerTimes.isEmpty else { return nil }
    var worked: Int64 = 0
    for (thread, time) in schedulerTimes { worked += max(0, time - (earlier.schedulerTimes[thread] ?? 0)) }
    return min(1, Double(worked) / Double(passed) / Double(schedulers))
  }
}

extension NodeStatistics {
  /// The same as ``utilisation(since:)`` for each scheduler, without the spare ones; empty where the system does not tell.
  package func loads(since earlier: NodeStatistics) -> [Double] {
    let passed = instant - earlier.instant
    guard passed > 0, !schedulerTimes.isEmpty else { return [] }
    return schedulerThreads.map { thread in
      let worked = (schedulerTimes[thread] ?? 0) - (earlier.schedulerTimes[thread] ?? 0)
      return min(1, max(0, Double(worked) / Double(passed)))
    }
  }

  /// The time from an earlier look to this one.
  package func time(since earlier: NodeStatistics) -> Duration { (instant - earlier.instant).asDuration }
}

/// In nanoseconds; nil for a thread that is not there, or where the system does not tell.
private func processorTime(ofThread thread: Int32) -> Int64? {
  #if os(Linux)
    guard thread > 0 else { return nil }
    var time = timespec()
    // How the kernel writes the clock of one thread; `pthread_getcpuclockid` needs a handle, and we have the number.
    let clock = clockid_t(bitPattern: UInt32(bitPattern: ~thread) << 3 | 6)
    guard clock_gettime(clock, &time) == 0 else { return nil }
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  #else
    return nil
  #endif
}
