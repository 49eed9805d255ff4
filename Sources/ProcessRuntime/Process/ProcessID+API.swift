extension ProcessID {
  /// Whether the process lives (`Process.alive?/1`).
  ///
  /// After `exit(.kill)` by the same caller it is false. Does not suspend.
  ///
  /// Of a process of another node (``remoteNode``) nobody here knows, and this is true: monitor it.
  public var isAlive: Bool { !cell.isDead || cell.remote != nil }

  /// Sends an exit signal (`Process.exit/2`).
  ///
  /// Does not suspend; nothing happens if the process is dead.
  ///
  /// `.kill` ends the process at once, whatever it does, and others see `.killed`. `.normal` has no effect on another
  /// process, unless it traps exits. Every other reason ends a process that does not trap exits, and is a message
  /// (``Signal/exit(_:_:)``) to one that does.
  public func exit(_ reason: ExitReason) {
    if ProcessCell.isFenced() { return }
    let sender = ProcessCell.current ?? Node.nobody
    cell.receiveExit(from: sender, reason, isLink: false)
  }

  /// Suspends until the process has ended, and tells why; answers at once when it is dead already.
  ///
  /// Its links and monitors have their signals then: a supervisor that is called next knows of it. Never throws: if the
  /// caller is cancelled or ends first, the answer is what is known then (`noProcess` while the process lives).
  public func exited() async -> ExitReason {
    do {
      return try await exited(within: nil) {}
    } catch {
      return cell.exitReason ?? .noProcess
    }
  }

  /// Suspends until the process has ended, having done `order` first.
  ///
  /// - Parameters:
  ///   - within: how long to wait; nil for ever.
  ///   - server: the calling process, if it does nothing else until then: whoever it waits for, and calls it, learns of the
  ///     circle at once.
  ///   - order: what makes the process end.
  /// - Returns: the reason with which it has ended.
  /// - Throws: ``CallError``: `timeout` or `deadlock`.
  package func exited(within: Duration?, by server: ProcessCell? = nil, _ order: () -> Void) async throws -> ExitReason
  {
    if let remote { return try await exited(remote, within: within, order) }
    let node = cell.node
    var waiter: WaitTicket?
    defer { server?.endCall() }
    do {
      return try await suspend(until: within.map { node.clock.now().after($0) } ?? .max, on: node) { ticket in
        let known = cell.lock.withLock { () -> ExitReason? in
          if !cell.isCarriedOut { cell.sureExtras.exitWaiters.append(ticket) }
          return cell.isCarriedOut ? cell.reason : nil
        }
        waiter = ticket
        _ = server?.beginCall(to: cell, ticket)
        if let known { ticket.resume(returning: known) } else { order() }
      }
    } catch {
      if let waiter {
        cell.lock.withLock { cell.extras?.exitWaiters.removeAll { $0 == waiter } }
      }
      throw error
    }
  }
}

extension ProcessID {
  /// The name that the process is registered under; nil if none, or if it is dead.
  ///
  /// Does not suspend.
  public var registeredName: String? {
    cell.lock.withLock { cell.extras?.registeredName }
  }
}
