import FaultBarrier
import Synchronization

/// Hears of traps: declares the process dead, and gives its worker a new thread.
///
/// Two threads of their own wait for them. The one that hears of a trap goes on as the lost worker itself, so that the end of
/// the process that trapped is its first turn, and no other thread has to wake for it; the one that stays sees to the rest.
/// Workers that are awake look too, between two turns, because a thread that sleeps takes its time to wake.
final class FaultMonitor: Sendable {
  static let shared = FaultMonitor()

  /// A worker whose thread is lost.
  private struct Loss: Sendable {
    let worker: Worker
    let fault: RawFault
    /// Whether a thread that had waited here goes on in its place.
    let isReplaced: Bool
  }

  private let losses = Mutex<[Loss]>([])
  /// How many threads wait here, or are about to.
  private let listeners = Atomic<Int>(0)

  static func start() {
    _ = FaultBarrier.install()
    _ = running
  }

  private static let running: Void = {
    shared.startListener()
    shared.startListener()
  }()

  private func startListener() {
    listeners.add(1, ordering: .relaxed)
    let isStarted = Thread.start(named: "fault-monitor") { self.listen() }
    if !isStarted { listeners.subtract(1, ordering: .relaxed) }
  }

  private func listen() {
    FaultBarrier.prepareThread()
    while true {
      let seen = FaultBarrier.wakeUps
      while let (fault, worker) = takeFault() {
        guard let pool = worker.pool, leave() else {
          lose(worker, fault, isReplaced: false)
          continue
        }
        worker.attach()
        lose(worker, fault, isReplaced: true)
        return pool.run(worker, hasHeardOfFault: true)
      }
      for loss in takeLosses() { replace(loss) }
      FaultBarrier.wait(since: seen)
    }
  }

  /// Whether this thread may do something else: the last one has to stay.
  private func leave() -> Bool {
    var count = listeners.load(ordering: .relaxed)
    while count > 1 {
      let (exchanged, original) = listeners.weakCompareExchange(
        expected: count, desired: count - 1, ordering: .relaxed)
      if exchanged { return true }
      count = original
    }
    return false
  }

  private func replace(_ loss: Loss) {
    if loss.isReplaced { startListener() } else { loss.worker.pool?.startThread(for: loss.worker) }
    loss.worker.abandoned?()
    loss.fault.giveBackThread()
    FaultLedger.shared.note(Fault.Kind(loss.fault.kind), at: MonotonicClock().now())
  }

  private func takeLosses() -> [Loss] {
    losses.withLock { losses in
      defer { losses = [] }
      return losses
    }
  }

  /// A fault, and the worker whose thread is lost by it.
  private func takeFault() -> (RawFault, Worker)? {
    while let (fault, context) = FaultBarrier.takeFault() {
      // A thread that others have armed is theirs.
      if let context, let worker = Worker.living(at: context) { return (fault, worker) }
    }
    return nil
  }

  private func lose(_ worker: Worker, _ fault: RawFault, isReplaced: Bool) {
    worker.lose(fault)
    losses.withLock { $0.append(Loss(worker: worker, fault: fault, isReplaced: isReplaced)) }
  }

  /// Takes one fault, and tells of it: for a worker, which wakes a thread of these soon.
  ///
  /// False if there is none.
  @inline(never)
  func hear() -> Bool {
    guard let (fault, worker) = takeFault() else { return false }
    lose(worker, fault, isReplaced: false)
    return true
  }
}

extension Worker {
  /// This worker's thread is parked for ever within a trap, and its process is dead.
  fileprivate func lose(_ raw: RawFault) {
    let victim = running
    end()
    countTurn()
    names?.place.pointee.endIfLost()
    if let onFault { onFault(Fault(raw)) } else { victim?.fault(Fault(raw)) }
  }
}
