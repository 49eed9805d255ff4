import Synchronization

/// Spare workers: as many run as there are turns that do not end, so that the others always have one thread a core.
///
/// The monitor thread decides how many are wanted; each looks between two turns whether it still is, and rests if not.
extension WorkerPool {
  /// More endless turns than this at once, and processes begin to wait.
  static var mostSpares: Int { 64 }

  private var spares: ArraySlice<Worker> { all.dropFirst(size) }

  /// How many spare workers run, or look for work.
  var wantedSpares: Int { spares.count { $0.isWanted.load(ordering: .relaxed) } }

  /// One that still runs, one that rests, or a new one, in this order.
  func addSpare() {
    if let running = shared.withLock({ shared -> Worker? in
      let idle = spares.first { !$0.isWanted.load(ordering: .relaxed) && !shared.resting.contains($0.index) }
      idle?.isWanted.store(true, ordering: .relaxed)
      return idle
    }) {
      if !running.isStuck, anyWork { wakeOne() }
      return
    }
    if let index = shared.withLock({ shared -> Int? in
      guard let index = shared.resting.popLast() else { return nil }
      worker(at: index)?.isWanted.store(true, ordering: .relaxed)
      return index
    }) {
      searching.add(1, ordering: .sequentiallyConsistent)
      return parkers[index].unpark()
    }
    guard let new = worker(at: startedCount.load(ordering: .relaxed)) else { return }
    new.isWanted.store(true, ordering: .relaxed)
    startedCount.add(1, ordering: .releasing)
    searching.add(1, ordering: .sequentiallyConsistent)
    startThread(for: new, isSearching: true)
  }

  func removeSpare() {
    let leaving = spares.last { $0.isWanted.load(ordering: .relaxed) && !$0.isStuck }
    leaving?.isWanted.store(false, ordering: .relaxed)
  }

  /// A spare worker between two turns: rests while it is not wanted.
  ///
  /// True if it did: then it has been woken to look for work.
  func rest(_ worker: Worker, _ isSearching: Bool) -> Bool {
    guard !worker.isWanted.load(ordering: .relaxed) else { return false }
    worker.handOver(to: self)
    let rests = shared.withLock { shared in
      guard !worker.isWanted.load(ordering: .relaxed) else { return false }
      shared.resting.append(worker.index)
      return true
    }
    guard rests else { return false }
    // What it was woken for, and what it has handed over, is another one's now.
    if isSearching { endSearch() } else if anyWork { wakeOne() }
    stopsLooking(worker, rests: true)
    parkers[worker.index].park()
    return true
  }
}
