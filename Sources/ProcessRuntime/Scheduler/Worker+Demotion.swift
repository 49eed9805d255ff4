import Synchronization

/// A thread whose turn does not end stands back: the operating system gives it what nobody else wants.
extension Worker {
  /// The monitor's.
  func demote() {
    guard Thread.setLast(true, thread: threadID.load(ordering: .relaxed)) else { return }
    isDemoted.store(true, ordering: .sequentiallyConsistent)
  }

  /// The worker's, after the turn.
  ///
  /// False if the thread cannot have its priority back: then it ends.
  func comeBack() -> Bool {
    isDemoted.store(false, ordering: .sequentiallyConsistent)
    return Thread.setLast(false, thread: threadID.load(ordering: .relaxed))
  }
}
