import FaultBarrier
import Synchronization

/// Hears of traps: declares the process dead, and gives its worker a new thread.
///
/// A thread of its own waits for them. Workers that are awake look too, between two turns, because a thread that sleeps takes
/// its time to wake; they leave all but the news to that thread.
final class FaultMonitor: Sendable {
  static let shared = FaultMonitor()

  /// A worker whose thread is to be replaced.
  private struct Loss: Sendable {
    let worker: Worker
    let fault: RawFault
  }

  private let losses = Mutex<[Loss]>([])

  static func start() {
    _ = FaultBarrier.install()
    _ = running
  }

  private static let running: Bool = Thread.start(named: "fault-monitor") { shared.watch() }

  private func watch() {
    while true {
      let seen = FaultBarrier.wakeUps
      while hear() {}
      for loss in takeLosses() {
        loss.worker.pool?.startThread(for: loss.worker)
        loss.worker.abandoned?()
        loss.fault.giveBackThread()
        FaultLedger.shared.note(at: MonotonicClock().now())
      }
      FaultBarrier.wait(since: seen)
    }
  }

  private func takeLosses() -> [Loss] {
    losses.withLock { losses in
      defer { losses = [] }
      return losses
    }
  }

  /// Takes one fault, and tells of it.
  ///
  /// False if there is none. A worker that has called it wakes the monitor soon.
  @inline(never)
  func hear() -> Bool {
    guard let (fault, context) = FaultBarrier.takeFault() else { return false }
    // A thread that others have armed is theirs.
    guard let context, let worker = Worker.living(at: context) else { return true }
    worker.lose(fault)
    losses.withLock { $0.append(Loss(worker: worker, fault: fault)) }
    return true
  }
}

extension Worker {
  /// This worker's thread is parked for ever within a trap, and its process is dead.
  fileprivate func lose(_ raw: RawFault) {
    let victim = running
    end()
    countTurn()
    if let onFault { onFault(Fault(raw)) } else { victim?.fault(Fault(raw)) }
  }
}
