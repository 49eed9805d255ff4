import Synchronization

/// Turns of the dead.
extension WorkerPool {
  /// The dead processes whose code still runs: only those that the monitor has seen twice, so none that is just ending.
  var lingering: [ProcessID] {
    all.compactMap { worker in
      guard worker.isStuck else { return nil }
      let turn = worker.turns.load(ordering: .acquiring)
      guard turn % 2 == 1, let process = worker.process(inTurn: turn), process.isDead else { return nil }
      return process.id
    }
  }
}
