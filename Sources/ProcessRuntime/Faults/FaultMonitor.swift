import FaultBarrier

/// The thread that hears of traps: it declares the process dead, and gives its worker a new thread.
enum FaultMonitor {
  static func start() {
    _ = FaultBarrier.install()
    _ = running
  }

  private static let running: Void = Thread.start(named: "fault-monitor") {
    while true {
      let (raw, context) = FaultBarrier.nextFault()
      // A thread that others have armed is theirs.
      guard let context, let worker = Worker.living(at: context) else { continue }
      worker.replaceThread(after: raw)
    }
  }
}

extension Worker {
  /// This worker's thread is parked for ever within a trap.
  ///
  /// Its process is dead; its run queue goes on with a new thread.
  fileprivate func replaceThread(after raw: RawFault) {
    let victim = running
    end()
    countTurn()
    // First the news, which another worker can take; a thread takes some ten microseconds to start.
    if let onFault { onFault(Fault(raw)) } else { victim?.fault(Fault(raw)) }
    pool?.startThread(for: self)
    abandoned?()
    raw.forgetStack()
    FaultLedger.shared.note(at: MonotonicClock().now())
  }
}
