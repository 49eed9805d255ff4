/// Dying: one path for a return, a thrown error, a trap, a kill and an exit signal (architecture 3.5).
///
/// It has two steps. Under the process's lock the process is marked dead, in one step with whatever decided that (a link
/// that is still there, a trap flag that is off); what is to be done about it is taken out as an ``Ending``. Then, without
/// the lock, the ending is carried out.
extension ProcessCell {
  /// Ends the process for everyone, now: its name is free, its callers are answered, its links and monitors have fired
  /// when this returns.
  ///
  /// What still runs as the process runs behind a fence. False if it was dead already.
  @discardableResult
  package final func die(_ reason: ExitReason) -> Bool {
    lock.lock()
    guard self.reason == nil else {
      lock.unlock()
      return false
    }
    let ending = markEnded(reason)
    lock.unlock()
    ending.carryOutAll()
    return true
  }

  /// Ends this process by an exit signal of the calling process, and removes the link between the two in the same step: no
  /// exit comes back.
  ///
  /// Nothing happens, and the answer is nil, if it traps exits and it is no kill; if its end is being carried out elsewhere; if it
  /// is a process of another node; and if the caller is dead. Of a process that has ended it is why.
  package final func endAtOnce(by caller: ProcessCell, _ reason: ExitReason) -> ExitReason? {
    let isKill = reason == .kill
    let ending = withBothLocks(caller) { () -> Ending? in
      guard self.reason == nil, caller.reason == nil, isKill || !trapsExits else { return nil }
      _ = links.remove(caller)
      _ = caller.links.remove(self)
      return markEnded(isKill ? .killed : reason)
    }
    guard let ending else { return remote == nil ? lock.withLock { isCarriedOut ? self.reason : nil } : nil }
    ending.carryOutAll()
    return ending.reason
  }

  /// Handles an exit signal by the table XSG-3.
  package final func receiveExit(from sender: ProcessCell, _ reason: ExitReason, isLink: Bool) {
    judge(from: sender, reason, isLink: isLink)?.carryOutAll()
  }

  /// Drops the signal, makes it a message, or marks the process dead of it.
  ///
  /// The link goes in the same step, so that nothing of the signal comes after an `unlink` that has returned (rule
  /// LNK-8).
  fileprivate final func judge(from sender: ProcessCell, _ reason: ExitReason, isLink: Bool) -> Ending? {
    lock.lock()
    guard self.reason == nil, !isLink || links.remove(sender) else {
      lock.unlock()
      if let remote {
        if isLink {
          remote.peer.breakLink(sender, to: remote, reason)
        } else {
          remote.peer.exit(remote, reason, from: sender)
        }
      }
      return nil
    }
    let isKill = !isLink && reason == .kill
    if trapsExits, !isKill {
      pushAndUnlock(Envelope<Signal>.make(.exit(sender.id, reason), kind: .signal))
      return nil
    }
    if reason == .normal, isLink || sender !== self {
      lock.unlock()
      return nil
    }
    let ending = markEnded(isKill ? .killed : reason)
    lock.unlock()
    return ending
  }

  /// Under the lock.
  ///
  /// From here on the process is dead.
  private final func markEnded(_ reason: ExitReason) -> Ending {
    self.reason = reason
    markDead()
    let ending = Ending(
      cell: self, reason: reason, links: links, watchers: watchers, name: extras?.registeredName, extras: extras,
      calls: pendingCalls(), task: task)
    links = LinkSet()
    watchers = WatcherSet()
    deferredCalls = []
    extras?.gate?.end()
    // With it go the ids of others that it held: a chain of dead processes would keep each other in memory.
    extras = extras?.remains
    ancestry = nil
    return ending
  }

  /// Notes that everybody else has been told, and answers with those who have begun to wait since the process was marked dead.
  fileprivate final func noteCarriedOut() -> [WaitTicket] {
    lock.withLock {
      isCarriedOut = true
      let late = extras?.exitWaiters ?? []
      extras = extras?.remains
      return late
    }
  }

  /// Under the lock: the callers who wait for an answer to what is queued, being handled, or put off.
  private final func pendingCalls() -> [WaitTicket] {
    var calls = deferredCalls
    if let extras { calls += extras.receivedCalls }
    if let call = current?.pointee.call { calls.append(call) }
    queue.forEach { if let call = $0.pointee.call { calls.append(call) } }
    var address = inbox.look()
    while let envelope = Inbox.envelope(at: address) {
      if let call = envelope.pointee.call { calls.append(call) }
      address = envelope.pointee.next
    }
    if let gate = extras?.gate { calls += gate.calls }
    return calls
  }
}

/// What is left to do for a process that has been marked dead.
private struct Ending {
  let cell: ProcessCell
  let reason: ExitReason
  let links: LinkSet
  let watchers: WatcherSet
  let name: String?
  let extras: ProcessCell.Extras?
  let calls: [WaitTicket]
  let task: UnsafeCurrentTaskBox?

  /// Carries it out, and the endings that follow from it over links.
  func carryOutAll() {
    // A list, not a recursion: a chain of links may be a million long.
    var pending: [Ending] = []
    carryOut(&pending)
    if pending.isEmpty { return cell.didDie(reason) }
    var index = 0
    while index < pending.count {
      let ending = pending[index]
      index += 1
      ending.carryOut(&pending)
      if index > 1_024 {
        Self.tell(pending.prefix(index))
        pending.removeFirst(index)
        index = 0
      }
    }
    Self.tell(pending[...])
    cell.didDie(reason)
  }

  /// Not before its links: whoever hears of an end this way must have had its exit signal (rule PL-17).
  private static func tell(_ ended: ArraySlice<Ending>) {
    for ending in ended { ending.cell.didDie(ending.reason) }
  }

  /// Tells everybody: links and monitors, then those who wait for the end, or for the name to be free.
  ///
  /// The name of a dead process is free at once, so who hears of the death can use it (rule PID-15). What those do who hear
  /// last comes after the signals to links and monitors.
  private func carryOut(_ next: inout [Ending]) {
    cell.node.processes.remove(cell)
    for call in calls { call.resume(throwing: CallError.exited(cell.id, reason)) }
    extras?.tellUnanswered()
    if let gate = extras?.gate {
      gate.tellSenders()
      cell.reportLosses(gate.takeUnreported(), name: name)
    }
    for link in links.sorted {
      if let ending = link.cell.judge(from: cell, reason, isLink: true) { next.append(ending) }
    }
    if reason.fault != nil, extras?.endsOrphans == true { cell.endOrphans(links) }
    for watcher in watchers.sorted { watcher.fire(cell.id, reason) }
    if let extras {
      for (ref, monitoring) in extras.monitoring { monitoring.cell.removeWatcher(ref, of: cell) }
    }
    for held in extras?.holdings ?? [] { held.holding.release(from: cell) }
    if let name { cell.node.names.release(name, from: cell) }
    for waiter in extras?.exitWaiters ?? [] { waiter.resume(returning: reason) }
    for waiter in cell.noteCarriedOut() { waiter.resume(returning: reason) }
    // Last its own: what of it still waits, wakes to find itself dead.
    task?.cancel.cancel()
    for wait in extras?.waits ?? [] { wait.resume(throwing: reason) }
    if let ticket = cell.waitingTicket { ticket.resume(throwing: reason) }
    cell.wakeUp()
  }
}
