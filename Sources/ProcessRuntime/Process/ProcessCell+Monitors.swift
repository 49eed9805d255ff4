/// A monitor, on the side of the one who placed it.
struct Monitoring {
  let cell: ProcessCell
  /// The name under which the process was found, if it was.
  let name: String?
  /// The alias that goes with it, if any.
  let alias: AliasMode?
}

/// Monitors (rules MON).
extension ProcessCell {
  /// Places a monitor on `target`.
  ///
  /// If that is dead, its down signal (`noProcess`) comes at once.
  package final func monitor(_ target: ProcessCell, name: String? = nil, alias: AliasMode? = nil) -> MonitorRef {
    let ref = MonitorRef(number: node.nextReference(), name: name, owner: self)
    let isAlive = lock.withLock {
      guard reason == nil else { return false }
      if target !== self { sureExtras.monitoring[ref.number] = Monitoring(cell: target, name: name, alias: alias) }
      if let alias { sureExtras.aliases[ref.number] = alias }
      return true
    }
    guard isAlive, target !== self else { return ref }
    if !target.addWatcher(Watcher(ref: ref.number, cell: self)) {
      if let remote = target.remote {
        remote.peer.monitor(remote, as: ref.number, for: .process(self))
        return ref
      }
      receiveDown(ref.number, target.id, .noProcess)
    } else if isDead {
      // It was ended meanwhile, and may have looked for this watcher before it was there.
      target.removeWatcher(ref.number, of: self)
    }
    return ref
  }

  /// False if the process is dead.
  final func addWatcher(_ watcher: Watcher) -> Bool {
    lock.withLock {
      guard reason == nil else { return false }
      watchers.insert(watcher)
      return true
    }
  }

  package final func removeWatcher(_ ref: UInt64, of cell: ProcessCell) {
    lock.withLock { watchers.remove(ref, of: cell) }
    if isDead, let remote { remote.peer.demonitor(remote, ref) }
  }

  /// A monitored process has ended.
  ///
  /// Nothing happens if the monitor was taken back before. The monitor goes in one step with the signal's arrival, so
  /// that nothing comes after a `demonitor` that has returned (rule MON-9).
  package final func receiveDown(_ ref: UInt64, _ id: ProcessID, _ reason: ExitReason) {
    lock.lock()
    guard self.reason == nil, let monitoring = extras?.monitoring.removeValue(forKey: ref) else {
      lock.unlock()
      // A process of another node is told there.
      remote.map { $0.peer.down($0, ref, reason) }
      return
    }
    if let alias = monitoring.alias, alias.endsWithMonitor { extras?.aliases[ref] = nil }
    let monitor = MonitorRef(number: ref, name: monitoring.name, owner: self)
    pushAndUnlock(Envelope<Signal>.make(.down(monitor, id, reason), kind: .signal))
  }

  /// Takes a monitor back.
  ///
  /// True if it was active: then no down signal has come or will come.
  package final func demonitor(_ ref: MonitorRef, flush: Bool) -> Bool {
    guard ref.owner === self else { return false }
    let monitoring = lock.withLock { () -> Monitoring? in
      if let alias = extras?.aliases[ref.number], alias.endsWithMonitor { extras?.aliases[ref.number] = nil }
      return extras?.monitoring.removeValue(forKey: ref.number)
    }
    if let monitoring {
      monitoring.cell.removeWatcher(ref.number, of: self)
      return true
    }
    if flush {
      takeSignal { if case .down(ref, _, _) = $0 { true } else { false } }
    }
    return false
  }

  /// Takes one queued signal that matches out of the mailbox.
  ///
  /// The caller runs as this process.
  @discardableResult
  package final func takeSignal(where matches: (Signal) -> Bool) -> Signal? {
    collectMail()
    let envelope = lock.withLock {
      queue.removeFirst { $0.pointee.kind == .signal && Envelope<Signal>.peek($0, matches) }
    }
    return envelope.map { Envelope<Signal>.open($0) }
  }
}
