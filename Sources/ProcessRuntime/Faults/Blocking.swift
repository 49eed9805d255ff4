import FaultBarrier
import Synchronization

/// Runs code that blocks its thread, such as a read of a file or a library in C, on a thread that is made for that.
///
///     let text = try await blocking { try String(contentsOfFile: path, encoding: .utf8) }
///
/// Suspends until `body` has returned. The process can be killed meanwhile, is not in anybody's way, and handles no message.
/// What has been begun goes on when the process ends or the caller is cancelled; its result is dropped, and what it sends
/// then goes nowhere.
///
/// Up to 128 threads run such code at a time; what is beyond waits for its turn. Outside of processes it works in the same way,
/// but for faults: those end the program. On a test node `body` runs at once, on the test's own thread.
///
/// - Parameter body: what to do. It may use ``CurrentProcess``.
/// - Returns: what `body` returns.
/// - Throws: what `body` throws; the ``ExitReason/fault(_:)`` that ended its thread, of which the process ends if nobody catches
///   it.
public func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  let node = Node.current
  guard node.hasWorkers else { return try body() }
  let cell = ProcessCell.current
  return try await suspend(in: cell, on: node) { ticket in
    BlockingThreads.shared.run(
      BlockingJob(cell: cell) {
        ticket.resume(throwing: ExitReason.fault($0))
      } run: {
        do {
          ticket.resume(returning: try body())
        } catch {
          ticket.resume(throwing: error)
        }
      })
  }
}

/// One piece of code that blocks.
private struct BlockingJob: Sendable {
  let cell: ProcessCell?
  let onFault: @Sendable (Fault) -> Void
  let run: @Sendable () -> Void

  init(
    cell: ProcessCell?, onFault: @escaping @Sendable (Fault) -> Void, run: @escaping @Sendable () -> Void
  ) {
    self.cell = cell
    self.onFault = onFault
    self.run = run
  }
}

/// Threads for code that blocks: as many as are needed up to a limit; one that has had nothing to do for ten seconds ends.
private final class BlockingThreads: Sendable {
  static let shared = BlockingThreads()
  private static let most = 128
  private static let patience: Int64 = 10_000_000_000

  private struct State: Sendable {
    var jobs: [BlockingJob] = []
    var idle: [ObjectIdentifier: Parker] = [:]
    var count = 0
  }

  private let state = Mutex(State())

  func run(_ job: BlockingJob) {
    let isNew = state.withLock { state in
      state.jobs.append(job)
      if let (key, parker) = state.idle.first {
        state.idle[key] = nil
        parker.unpark()
      } else if state.count < Self.most {
        state.count += 1
        return true
      }
      return false
    }
    if isNew { start() }
  }

  private func start() {
    Thread.start(named: "blocking") { self.work() }
  }

  private func next() -> BlockingJob? {
    state.withLock { $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }
  }

  private func work() {
    let worker = Worker()
    worker.attach()
    let parker = Parker()
    // A thread that is lost to a fault leaves its place to another.
    worker.onAbandoned { [self] in start() }
    while true {
      while let job = next() { perform(job, on: worker) }
      let key = ObjectIdentifier(parker)
      let mayWait = state.withLock { state in
        if state.jobs.isEmpty { state.idle[key] = parker }
        return state.jobs.isEmpty
      }
      if mayWait, !parker.park(atMost: Self.patience) {
        let ends = state.withLock { state in
          // Woken in the last moment: there is a job.
          guard state.idle.removeValue(forKey: key) != nil else { return false }
          state.count -= 1
          return true
        }
        if ends { return Worker.detach() }
      }
    }
  }

  // Not inlined: see ``Worker/current``.
  @inline(never)
  private func perform(_ job: BlockingJob, on worker: Worker) {
    guard let cell = job.cell else { return job.run() }
    worker.onFault = job.onFault
    worker.begin(cell)
    FaultBarrier.arm(cell.faultPolicy.kinds)
    job.run()
    FaultBarrier.disarm()
    worker.end()
    worker.onFault = nil
  }
}
