import Logging

/// Dying: one path for a return, a thrown error, a trap, a kill and an exit signal (architecture 3.5).
extension ProcessCell {
  /// Ends the process for everyone, now: its name is free, its callers are answered, its links and monitors have fired when
  /// this returns. What still runs as the process runs behind a fence. False if it was dead already.
  @discardableResult
  package final func die(_ reason: ExitReason) -> Bool {
    var next: [(ProcessCell, ExitReason)] = []
    let died = endAlone(reason, &next)
    // A list, not a recursion: a chain of links may be a million long.
    var ended: [(ProcessCell, ExitReason)] = []
    var index = 0
    while index < next.count {
      let (cell, reason) = next[index]
      index += 1
      if cell.endAlone(reason, &next) { ended.append((cell, reason)) }
      if index > 1_024 {
        next.removeFirst(index)
        index = 0
        for (cell, reason) in ended { cell.didDie(reason) }
        ended = []
      }
    }
    // Not before: whoever hears of an end this way must have had its exit signal (rule PL-17).
    if died { didDie(reason) }
    for (cell, reason) in ended { cell.didDie(reason) }
    return died
  }

  /// Handles an exit signal by the table XSG-3.
  package final func receiveExit(from sender: ProcessCell, _ reason: ExitReason, isLink: Bool) {
    if let reason = judge(from: sender, reason, isLink: isLink) { die(reason) }
  }

  /// The reason to die of, if that is what the signal means here.
  private final func judge(from sender: ProcessCell, _ reason: ExitReason, isLink: Bool) -> ExitReason? {
    lock.lock()
    guard self.reason == nil else {
      lock.unlock()
      return nil
    }
    if isLink, !links.remove(sender) {
      lock.unlock()
      return nil
    }
    let traps = trapsExits
    lock.unlock()

    if reason == .kill, !isLink { return .killed }
    if traps {
      push(Envelope<Signal>.make(.exit(sender.id, reason), kind: .signal))
      return nil
    }
    if reason == .normal, isLink || sender !== self { return nil }
    return reason
  }

  @discardableResult
  private final func endAlone(_ reason: ExitReason, _ next: inout [(ProcessCell, ExitReason)]) -> Bool {
    lock.lock()
    guard self.reason == nil else {
      lock.unlock()
      return false
    }
    self.reason = reason
    markDead()
    let links = self.links
    let watchers = self.watchers
    let name = registeredName
    let monitoring = extras?.monitoring ?? [:]
    let waits = extras?.waits ?? []
    let exitWaiters = extras?.exitWaiters ?? []
    let calls = pendingCalls()
    self.links = LinkSet()
    self.watchers = []
    registeredName = nil
    deferredCalls = []
    extras?.monitoring = [:]
    extras?.aliases = [:]
    extras?.waits = []
    extras?.exitWaiters = []
    // A dead process holds no other: a chain of processes, each the parent of the next, must not grow for ever.
    extras?.ancestors = []
    extras?.parent = nil
    extras?.call = nil
    let task = self.task
    lock.unlock()

    if let name { node.names.release(name, from: self) }
    node.processes.remove(self)
    for call in calls { call.resume(throwing: CallError.exited(id, reason)) }
    for link in links.sorted {
      if let reason = link.cell.judge(from: self, reason, isLink: true) { next.append((link.cell, reason)) }
    }
    for watcher in watchers { watcher.fire(id, reason) }
    for (ref, monitored) in monitoring { monitored.cell.removeWatcher(ref) }
    for waiter in exitWaiters { waiter.resume(returning: reason) }
    // Last its own: what of it still waits, wakes to find itself dead.
    task?.cancel.cancel()
    for wait in waits { wait.resume(throwing: reason) }
    if let ticket = waitingTicket { ticket.resume(throwing: reason) }
    wakeUp()
    return true
  }

  /// Under the lock: the callers who wait for an answer to what is queued, being handled, or put off.
  private final func pendingCalls() -> [WaitTicket] {
    var calls = deferredCalls
    if let call = current?.pointee.call { calls.append(call) }
    queue.forEach { if let call = $0.pointee.call { calls.append(call) } }
    var address = inbox.look()
    while let envelope = Inbox.envelope(at: address) {
      if let call = envelope.pointee.call { calls.append(call) }
      address = envelope.pointee.next
    }
    return calls
  }

  /// A trap has ended this process's turn, and its thread is abandoned. The caller is the fault monitor.
  ///
  /// The report prints the message that was being handled, which is the user's code; so it is made in a turn, where a trap is
  /// contained too. The turn that never ended is still the process's place in the scheduler: another worker takes it up.
  package final func fault(_ fault: Fault) {
    isAbandoned = true
    pendingFault = PendingFault(fault: fault)
    node.schedule(self)
  }

  /// In a turn: ends the process after a trap. The report goes out after the end, other than for an error, because it may
  /// have to read debug information, and nobody shall wait for that.
  final func endAfterFault(_ pending: PendingFault) {
    // A trap while a report was being written is not what the process ends of.
    let reason = lock.withLock { extras?.beingReported } ?? .fault(pending.fault)
    let report = isDead ? nil : makeCrashReport(reason)
    pendingFault = nil
    die(reason)
    // What was being handled may be half taken apart: it is leaked.
    lock.withLock { current = nil }
    if let report { node.reports(report) }
  }
}

/// A trap that its process has not ended of yet.
struct PendingFault {
  let fault: Fault
}
