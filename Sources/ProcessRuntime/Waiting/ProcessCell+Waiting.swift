import Synchronization

/// Suspending a task of this process until somebody resumes it: calls, mail, sleeps, all pass here.
extension ProcessCell {
  /// The ticket of this process's own wait, if it waits.
  final var waitingTicket: WaitTicket? {
    guard let slot = slot.load(ordering: .sequentiallyConsistent) else { return nil }
    let state = slot.pointee.state.load(ordering: .sequentiallyConsistent)
    return state & 1 == 1 ? WaitTicket(slot: slot, generation: state >> 1) : nil
  }
}

extension ProcessCell {
  /// Gives up the rest of the turn, in a task of this process.
  ///
  /// `Task.yield` would do it by way of Swift's global pool, from where the process would come back as one that was woken
  /// from outside.
  // Concurrent: see receive(until:_:).
  @concurrent package final func yieldTurn() async {
    guard !isYielding else { return }
    let waiting = sureMailWaiting
    await withUnsafeContinuation { continuation in
      waiting._withUnsafeGuaranteedRef { $0.yielding = continuation }
      isYielding = true
    }
  }

  /// Whether the code that asks runs in the process's own task, not in a child of it.
  // Not inlined: see ``Worker/current``.
  @inline(never)
  final func isOwnTask() -> Bool {
    guard let task else { return false }
    let current = withUnsafeCurrentTask { unsafeBitCast($0, to: UInt.self) }
    return unsafeBitCast(task.cancel, to: UInt.self) == current
  }

  @inline(__always)
  final func resumeYielding() {
    if isYielding, !isAbandoned { resumeYieldingTask() }
  }

  @inline(never)
  private final func resumeYieldingTask() {
    isYielding = false
    mailWaiting?._withUnsafeGuaranteedRef { $0.yielding.take() }?.resume()
  }
}

/// One suspension, from its begin to its end.
package struct Wait {
  let slot: UnsafeMutablePointer<WaitSlot>
  /// Not counted: whoever waits runs as it, which keeps it alive.
  private let cell: Unmanaged<ProcessCell>?
  /// Whether the slot is the process's own, which it keeps.
  private let isOwn: Bool

  package let ticket: WaitTicket

  /// Prepares to wait.
  ///
  /// The caller runs as `cell`, or outside of every process when that is nil.
  package init(in cell: ProcessCell?, on node: Node) {
    self.cell = cell.map { .passUnretained($0) }
    if let cell, !cell.slotIsTaken {
      cell.slotIsTaken = true
      isOwn = true
      if let own = cell.slot.load(ordering: .relaxed) {
        slot = own
      } else {
        slot = cell.node.waitSlots.take()
        slot.pointee.owner.store(cell.number, ordering: .relaxed)
        // In one order with the mark of death, as the wait itself: see ``begin(_:until:on:)``.
        cell.slot.store(slot, ordering: .sequentiallyConsistent)
      }
    } else {
      isOwn = false
      slot = (cell?.node ?? node).waitSlots.take()
      slot.pointee.owner.store(cell?.number ?? 0, ordering: .relaxed)
    }
    ticket = WaitTicket(slot: slot, generation: slot.pointee.state.load(ordering: .relaxed) >> 1)
  }

  /// Publishes the waiter.
  ///
  /// From here on whoever holds the ticket may resume it.
  package func begin<Value>(_ continuation: UnsafeContinuation<Value, any Error>, until deadline: Int64, on node: Node)
  {
    slot.pointee.continuation.store(unsafeBitCast(continuation, to: UnsafeRawPointer.self), ordering: .relaxed)
    if slot.pointee.node.load(ordering: .relaxed) != node.number {
      slot.pointee.node.store(node.number, ordering: .sequentiallyConsistent)
      slot.pointee.watchedUntil.store(.max, ordering: .sequentiallyConsistent)
    }
    slot.pointee.deadline.store(deadline, ordering: .relaxed)
    slot.pointee.state.store(ticket.generation << 1 | 1, ordering: .sequentiallyConsistent)
    if deadline != .max { ticket.watch(until: deadline, on: node) }
    cell?._withUnsafeGuaranteedRef { cell in
      if !isOwn {
        cell.lock.withLock { if cell.reason == nil { cell.sureExtras.waits.append(ticket) } }
      }
      // Who ends the process looks for waits after marking it dead; this looks for death after marking the wait.
      if cell.isDeadInOrder(), let reason = cell.exitReason { ticket.resume(throwing: reason) }
    }
  }

  /// After the wait, or instead of it.
  package func end() {
    // Swift orders what was done before the resumption; but where that comes before the await, ThreadSanitizer does not see
    // it. This load does, and costs nothing: the line is written next.
    _ = slot.pointee.state.load(ordering: .acquiring)
    slot.pointee.deadline.store(.max, ordering: .relaxed)
    if isOwn {
      cell?._withUnsafeGuaranteedRef { $0.slotIsTaken = false }
      return
    }
    let generation = ticket.generation
    cell?._withUnsafeGuaranteedRef { cell in
      cell.lock.withLock {
        cell.extras?.waits.removeAll { $0.slot == slot && $0.generation == generation }
      }
    }
    WaitSlot.giveBack(slot)
  }
}

/// What a wait throws at its deadline.
package struct WaitTimeout: Error {
  package init() {}
}

extension WaitTicket {
  /// Sees to it that a timer looks at this slot at `deadline` or before.
  ///
  /// One timer serves a slot for many waits, since most end long before their deadline: a process that makes a million
  /// calls a second arms one timer each five seconds.
  func watch(until deadline: Int64, on node: Node) {
    var watched = slot.pointee.watchedUntil.load(ordering: .sequentiallyConsistent)
    while deadline < watched {
      let (done, seen) = slot.pointee.watchedUntil.compareExchange(
        expected: watched, desired: deadline, ordering: .sequentiallyConsistent)
      if done {
        let slot = UInt(bitPattern: slot)
        node.timers.start(at: deadline) {
          UnsafeMutablePointer<WaitSlot>(bitPattern: slot).map { WaitSlot.look($0, at: deadline, on: node) }
        }
        return
      }
      watched = seen
    }
  }
}

extension WaitSlot {
  /// A timer's look at a slot: who waits there past the deadline is woken.
  fileprivate static func look(_ slot: UnsafeMutablePointer<WaitSlot>, at instant: Int64, on node: Node) {
    _ = slot.pointee.watchedUntil.compareExchange(expected: instant, desired: .max, ordering: .sequentiallyConsistent)
    let state = slot.pointee.state.load(ordering: .sequentiallyConsistent)
    guard state & 1 == 1 else { return }
    let ticket = WaitTicket(slot: slot, generation: state >> 1)
    let deadline = slot.pointee.deadline.load(ordering: .relaxed)
    // Another node's wait, with instants of another clock. Looked at last: a wait names its node before it begins.
    guard slot.pointee.node.load(ordering: .sequentiallyConsistent) == node.number else { return }
    if deadline <= instant {
      ticket.resume(throwing: WaitTimeout())
    } else if deadline != .max {
      ticket.watch(until: deadline, on: node)
    }
  }
}

/// Suspends the caller until its ticket is resumed, it is cancelled, its process dies, or `deadline` comes.
///
/// `begin` runs once the wait is published and hands the ticket to whoever is to resume it.
package func suspend<Value: Sendable>(
  until deadline: Int64 = .max, in cell: ProcessCell? = .current, on node: Node = .current,
  _ begin: (WaitTicket) -> Void
) async throws -> Value {
  let wait = Wait(in: cell, on: node)
  defer { wait.end() }
  let ticket = wait.ticket
  // The process's own task is cancelled by the end of the process alone, and that ends the wait itself.
  if let cell, cell.isOwnTask() {
    return try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Value, any Error>) in
      wait.begin(continuation, until: deadline, on: node)
      begin(ticket)
    }
  }
  return try await withTaskCancellationHandler {
    try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Value, any Error>) in
      wait.begin(continuation, until: deadline, on: node)
      begin(ticket)
      if Task.isCancelled { ticket.resume(throwing: CancellationError()) }
    }
  } onCancel: {
    ticket.resume(throwing: CancellationError())
  }
}
