import Synchronization

/// Who looks at the poller: one worker, which keeps that task while it runs turns and until one of them lasts.
///
/// It sleeps there instead of at its parker. When it has been woken by a socket, runs what that was for, and watches for more,
/// nobody else is woken for the next message.
extension WorkerPool {
  /// The one that looks; nobody if it is this.
  static var nobody: Int { -1 }
  /// A worker that looks does so after so many turns.
  private static var turnsBetweenLooks: UInt32 { 32 }

  /// The pool's poller, made if there is none yet; nil where the system has none.
  func makePoller() -> Poller? {
    start()
    let (poller, isNew) = shared.withLock { shared -> (Poller?, Bool) in
      if let known = shared.poller { return (known, false) }
      shared.poller = Poller()
      return (shared.poller, shared.poller != nil)
    }
    guard isNew, let poller else { return poller }
    // It lives as long as the program: threads may sleep in it.
    unmanagedPoller.store(Unmanaged.passRetained(poller), ordering: .releasing)
    // Those that sleep already go there.
    wakeAll()
    return poller
  }

  @inline(__always)
  func withPoller<Result>(_ body: (Poller) -> Result) -> Result? {
    unmanagedPoller.load(ordering: .acquiring)?._withUnsafeGuaranteedRef(body)
  }

  /// After a turn: looks, if it is time, and this worker's task.
  @inline(__always)
  func lookIfDue(_ worker: Worker) {
    guard unmanagedPoller.load(ordering: .relaxed) != nil else { return }
    lookBetweenTurns(worker)
  }

  @inline(never)
  private func lookBetweenTurns(_ worker: Worker) {
    worker.turnsWithoutLook &+= 1
    guard worker.turnsWithoutLook >= Self.turnsBetweenLooks || worker.hasHadItsTime else { return }
    let looker = looker.load(ordering: .relaxed)
    if looker == worker.index || looker == Self.nobody { look(worker) }
  }

  /// True if there was something; before anybody is told, `found` is called.
  @discardableResult
  func look(_ worker: Worker, _ found: () -> Void = {}) -> Bool {
    worker.turnsWithoutLook = 0
    guard let ready = withPoller({ $0.look() }), !ready.isEmpty else { return false }
    found()
    tell(ready, worker)
    return true
  }

  /// What is sent in answer is put off, as in a turn: it goes out with what those send who are woken.
  private func tell(_ ready: Poller.Ready, _ worker: Worker) {
    worker.tells = true
    ready.tell()
    worker.tells = false
    if !worker.hasSpareWork {
      worker.batch.end()
    } else if !worker.batch.isOn {
      worker.batch.begin(at: MonotonicClock().now())
    }
  }

  /// Whether this worker is to look from now on.
  func beginsToLook(_ worker: Worker) -> Bool {
    guard unmanagedPoller.load(ordering: .relaxed) != nil else { return false }
    let (isFree, present) = looker.compareExchange(
      expected: Self.nobody, desired: worker.index, ordering: .sequentiallyConsistent)
    return isFree || present == worker.index
  }

  /// A worker that ends, rests, or does not come back from its turn does not look: one that sleeps is to.
  ///
  /// If none sleeps, the next that wants to takes the task, under the same lock. Who rests, or is stuck, may have been woken to take
  /// it, by one that gave it up: then nobody has it, and it goes on to the next.
  func stopsLooking(_ worker: Worker, rests: Bool = false) {
    let present = looker.load(ordering: .relaxed)
    guard present == worker.index || rests && present == Self.nobody else { return }
    guard unmanagedPoller.load(ordering: .relaxed) != nil else { return }
    let successor = shared.withLock { shared -> Int? in
      // It may have gone to sleep meanwhile: then it looks.
      guard !worker.isAtPoller.load(ordering: .relaxed) else { return nil }
      let (isFree, now) = looker.compareExchange(
        expected: worker.index, desired: Self.nobody, ordering: .sequentiallyConsistent)
      return isFree || rests && now == Self.nobody ? shared.sleeping.popLast() : nil
    }
    guard let successor else { return }
    sleepingCount.subtract(1, ordering: .sequentiallyConsistent)
    searching.add(1, ordering: .sequentiallyConsistent)
    wake(successor)
  }

  /// Wakes a worker that has been taken off the list of those that sleep.
  func wake(_ index: Int) {
    parkers[index].unpark()
    // It has said so before it went onto the list.
    if worker(at: index)?.isAtPoller.load(ordering: .sequentiallyConsistent) == true { withPoller { $0.ring() } }
  }

  /// Sleeps until somebody wakes this worker, or a descriptor is ready.
  ///
  /// True if it is to look for work now, and is counted among those that do.
  func sleepAtPoller(_ worker: Worker) -> Bool {
    guard let ready = withPoller({ $0.sleep() }) else { return false }
    worker.turnsWithoutLook = 0
    let isWoken = !takeOffList(worker)
    // Who has taken it off the list has set its parker, or is about to.
    if isWoken { parkers[worker.index].park() }
    if ready.isEmpty { return isWoken }
    // It has other things to do first: others are woken meanwhile.
    if isWoken { endSearch() }
    tell(ready, worker)
    return false
  }

  /// For the monitor: looks in the place of a worker that does not.
  func lookForOthers(_ seen: inout UInt64) {
    withPoller { poller in
      let count = poller.lookCount
      if count == seen, !poller.isWaitedFor { poller.look().tell() }
      seen = poller.lookCount
    }
  }
}
