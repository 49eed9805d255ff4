/// Who is told when a process ends.
struct Watcher {
  let ref: UInt64
  let cell: ProcessCell
  let deliver: Delivery

  enum Delivery {
    /// As a down signal, in the watcher's mailbox.
    case signal
  }

  func fire(_ id: ProcessID, _ reason: ExitReason) {
    cell.receiveDown(ref, id, reason)
  }
}

/// A monitor, on the side of the one who placed it.
struct Monitoring {
  let cell: ProcessCell
  /// The alias that goes with it, if any.
  var alias: AliasMode?
}

/// Monitors (rules MON).
extension ProcessCell {
  /// Places a monitor on `target`. If that is dead, its down signal (`noProcess`) comes at once.
  package final func monitor(_ target: ProcessCell, alias: AliasMode? = nil) -> MonitorRef {
    let ref = MonitorRef(number: node.nextReference(), owner: self)
    if target === self { return ref }
    lock.lock()
    if reason == nil {
      sureExtras.monitoring[ref.number] = Monitoring(cell: target, alias: alias)
      if let alias { sureExtras.aliases[ref.number] = alias }
    }
    lock.unlock()
    if !target.addWatcher(Watcher(ref: ref.number, cell: self, deliver: .signal)) {
      receiveDown(ref.number, target.id, .noProcess)
    }
    return ref
  }

  /// False if the process is dead.
  final func addWatcher(_ watcher: Watcher) -> Bool {
    lock.withLock {
      guard reason == nil else { return false }
      watchers.append(watcher)
      return true
    }
  }

  final func removeWatcher(_ ref: UInt64) {
    lock.withLock {
      if let index = watchers.firstIndex(where: { $0.ref == ref }) { watchers.swapAt(index, watchers.count - 1); watchers.removeLast() }
    }
  }

  /// A monitored process has ended. Nothing happens if the monitor was taken back before.
  final func receiveDown(_ ref: UInt64, _ id: ProcessID, _ reason: ExitReason) {
    let isActive = lock.withLock {
      guard self.reason == nil, let monitoring = extras?.monitoring.removeValue(forKey: ref) else { return false }
      if let alias = monitoring.alias, alias.endsWithMonitor { extras?.aliases[ref] = nil }
      return true
    }
    if isActive {
      push(Envelope<Signal>.make(.down(MonitorRef(number: ref, owner: self), id, reason), kind: .signal))
    }
  }

  /// Takes a monitor back. True if it was active: then no down signal has come or will come.
  package final func demonitor(_ ref: MonitorRef, flush: Bool) -> Bool {
    guard ref.owner === self else { return false }
    let monitoring = lock.withLock { () -> Monitoring? in
      let monitoring = extras?.monitoring.removeValue(forKey: ref.number)
      if let alias = extras?.aliases[ref.number], alias.endsWithMonitor { extras?.aliases[ref.number] = nil }
      return monitoring
    }
    if let monitoring {
      monitoring.cell.removeWatcher(ref.number)
      return true
    }
    if flush {
      takeSignal { if case .down(ref, _, _) = $0 { true } else { false } }
    }
    return false
  }

  /// Takes one queued signal that matches out of the mailbox. The caller runs as this process.
  @discardableResult
  package final func takeSignal(where matches: (Signal) -> Bool) -> Signal? {
    collectMail()
    let envelope = lock.withLock {
      queue.removeFirst { $0.pointee.kind == .signal && Envelope<Signal>.peek($0, matches) }
    }
    return envelope.map { Envelope<Signal>.open($0) }
  }
}
