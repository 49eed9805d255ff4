import Synchronization

/// How long a turn lasts.
///
/// A turn ends when there is nothing more to do; and sooner, between two messages, when it has had its time, or when somebody
/// has come from outside. The clock is read after 4, 8, 16, … messages: most turns are of one
/// or two.
extension Worker {
  /// In nanoseconds, from the fourth message on.
  private static var time: Int64 { 200_000 }

  @inline(__always)
  func beginTurn() {
    if isStuck { isStuck = false }
    messages = 0
    isLate = false
    countTurn()
  }

  @inline(__always)
  func endTurn() { countTurn() }

  /// Odd while a turn is on.
  @inline(__always)
  func countTurn() {
    turns.store(turns.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
  }

  /// Whether the turn has had its time: who goes on after that is one of those that compute.
  var hasHadItsTime: Bool { isLate || isStuck }

  /// Whether the turn that ends here might as well go on: it has not been long, and nobody and nothing waits for this worker.
  var isFree: Bool {
    guard let pool, !hasHadItsTime, !hasWork, !hasPutOff else { return false }
    return !pool.hasQueued
  }

  /// After a message: whether the turn should end here.
  @inline(__always)
  package func turnIsOver() -> Bool {
    guard let unmanagedPool else { return false }
    messages &+= 1
    if messages & (messages &- 1) == 0, messages > 2 { lookAtClock() }
    // Without a reference to the pool: its count is on all cores.
    return isLate || isStuck || Unmanaged<WorkerPool>.fromOpaque(unmanagedPool)._withUnsafeGuaranteedRef { $0.hasWoken }
  }

  private func lookAtClock() {
    let now = MonotonicClock().now()
    if messages == 4 { began = now } else if now - began > Self.time { isLate = true }
  }
}

extension ProcessCell {
  /// The same, for code that runs in a task.
  // Not inlined: see ``Worker/current``.
  @inline(never)
  package static func turnIsOver() -> Bool { Worker.withCurrent { $0.turnIsOver() } ?? false }
}
