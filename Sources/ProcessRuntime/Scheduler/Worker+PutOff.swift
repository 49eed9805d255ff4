import Synchronization

/// Something that is put off until the end of a turn, so that it is done once for all messages of the turn: writing to a socket.
package protocol PutOffWork: AnyObject, Sendable {
  /// Does it.
  ///
  /// Called without a lock, on a worker's thread or the monitor's. Must not block, and must not run anybody's code.
  func carryOut()
}

/// What turns have put off.
extension Worker {
  /// After so many turns it is done, whoever waits for this worker.
  private static var mostTurns: Int { 16 }

  /// Puts work off until the end of the turn that asks, or of a few of them if others wait for this worker.
  ///
  /// A turn that lasts keeps nothing back: the monitor does it then.
  ///
  /// Between two turns, when it handles what came over a socket, the next turn is the one.
  ///
  /// - Returns: false on threads that have no turns. Then do it at once.
  // Not inlined: see ``Worker/current``.
  @inline(never)
  package static func putOff(_ work: any PutOffWork) -> Bool {
    withCurrent { worker in
      guard worker.pool != nil, worker.unmanagedRunning != nil || worker.tells else { return nil }
      // Who takes the list marks it as empty before doing what is in it. So this sees the mark, or what it was asked for is done.
      if worker.hasPutOff, worker.lastPutOff == ObjectIdentifier(work) { return true }
      worker.putOffWork.withLock { list in
        if !list.contains(where: { $0 === work }) { list.append(work) }
        worker.hasPutOff = true
      }
      worker.lastPutOff = ObjectIdentifier(work)
      return true
    } ?? false
  }

  /// Between two turns.
  @inline(never)
  func carryOutIfDue(_ pool: WorkerPool) {
    turnsOfPutOff += 1
    if turnsOfPutOff < Self.mostTurns, !hasHadItsTime, hasWork || pool.hasQueued { return }
    carryOutPutOff()
  }

  @inline(never)
  func carryOutPutOff() {
    turnsOfPutOff = 0
    takePutOff()
  }

  /// The monitor's, for a turn that lasts.
  func takePutOff() {
    let list = putOffWork.withLock { list in
      hasPutOff = false
      defer { list = [] }
      return list
    }
    for work in list { work.carryOut() }
  }

  @inline(__always)
  var hasPutOff: Bool {
    get { putOffFlag.load(ordering: .relaxed) }
    set { putOffFlag.store(newValue, ordering: .relaxed) }
  }
}
