import Synchronization

/// Looks at the workers a thousand times a second while something runs, and finds turns that do not end: what waits behind
/// such a turn goes to others.
enum TurnMonitor {
  static func start(_ pool: WorkerPool) {
    Thread.start(named: "turn-monitor") {
      var seen = pool.all.map { $0.turns.load(ordering: .relaxed) }
      var idleLooks = 0
      while true {
        Thread.sleep(nanoseconds: idleLooks > 100 ? 10_000_000 : 1_000_000)
        var anyRuns = false
        for (index, worker) in pool.all.enumerated() {
          let turns = worker.turns.load(ordering: .relaxed)
          let runs = turns % 2 == 1
          worker.isStuck = runs && turns == seen[index]
          if worker.isStuck, worker.hasWork { pool.helpStuck() }
          seen[index] = turns
          anyRuns = anyRuns || runs
        }
        idleLooks = anyRuns ? 0 : idleLooks + 1
      }
    }
  }
}

extension Worker {
  /// At the beginning and at the end of a turn: odd in between.
  @inline(__always)
  func countTurn() {
    turns.store(turns.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
  }

  /// The same turn has been running for two looks of the monitor.
  var isStuck: Bool {
    get { stuckFlag.load(ordering: .relaxed) }
    set { stuckFlag.store(newValue, ordering: .relaxed) }
  }
}
