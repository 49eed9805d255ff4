import Synchronization

/// Where a suspended task waits for one thing: a reply, mail, an exit, the end of a sleep.
///
/// Slots are never freed, only used again under a new generation, so that whoever still holds a ``WaitTicket`` (a reply
/// token in a message that nobody handled, a timer, a dead server's list of callers) can try it at any time, without a
/// reference count: a ticket of a generation that has passed does nothing.
struct WaitSlot: ~Copyable {
  /// `generation << 1`, plus 1 while somebody waits.
  let state = Atomic<UInt64>(0)
  /// When the present wait ends by itself, in the clock's nanoseconds.
  let deadline = Atomic<Int64>(.max)
  /// The earliest instant at which a timer will look at this slot.
  ///
  /// A timer is armed once for many calls: it looks at the deadline of the wait that it finds, and arms itself again.
  let watchedUntil = Atomic<Int64>(.max)
  /// Whose clock these instants are of: slots go from one node to another, and so do not belong to a node's timers for ever.
  let node = Atomic<UInt64>(0)
  /// The waiter: an `UnsafeContinuation<_, any Error>`, whose only field is this address; or a ``RequestState``.
  ///
  /// Read before the wait is claimed, so also by one who then finds that it is over, while the next wait writes it.
  let continuation = Atomic<UnsafeRawPointer?>(nil)
  /// The number of the process that waits here, for reports; zero outside of processes.
  ///
  /// A report that comes too late may read it while the next one who waits here writes it.
  let owner = Atomic<UInt64>(0)
  var nextFree: UnsafeMutablePointer<WaitSlot>?

  let pool: WaitSlotPool

  init(_ pool: WaitSlotPool) { self.pool = pool }
}

/// One wait at one slot.
package struct WaitTicket: Equatable, @unchecked Sendable {
  let slot: UnsafeMutablePointer<WaitSlot>
  let generation: UInt64

  /// Whether somebody still waits here.
  package var isWaiting: Bool {
    slot.pointee.state.load(ordering: .acquiring) == generation << 1 | 1
  }

  /// The right to resume the waiter.
  ///
  /// One caller gets it, once.
  private func claim() -> UnsafeRawPointer? {
    guard isWaiting else { return nil }
    let continuation = slot.pointee.continuation.load(ordering: .relaxed)
    let won = slot.pointee.state.compareExchange(
      expected: generation << 1 | 1, desired: (generation + 1) << 1, ordering: .acquiringAndReleasing)
    return won.exchanged ? continuation : nil
  }

  /// The right to resume a waiter, for when there is no lock to hold it up.
  ///
  /// Nil if it does not wait any more.
  func claimForLater() -> Claim? { claim().map { Claim(slot: slot, continuation: $0) } }

  /// A waiter that nobody else will resume.
  struct Claim: @unchecked Sendable {
    fileprivate let slot: UnsafeMutablePointer<WaitSlot>
    fileprivate let continuation: UnsafeRawPointer

    func resume<Value>(returning value: sending Value) {
      if RequestState.isMeant(by: continuation) { return RequestState.settle(continuation, slot, value) }
      unsafeBitCast(continuation, to: UnsafeContinuation<Value, any Error>.self).resume(returning: value)
    }

    func resume(throwing error: any Error) {
      if RequestState.isMeant(by: continuation) { return RequestState.settle(continuation, slot, throwing: error) }
      // The type of the value does not matter to a continuation that is resumed with an error.
      unsafeBitCast(continuation, to: UnsafeContinuation<Void, any Error>.self).resume(throwing: error)
    }
  }

  /// Resumes the waiter with a value.
  ///
  /// False if it does not wait any more: the value is dropped.
  @discardableResult
  package func resume<Value>(returning value: sending Value) -> Bool {
    guard let continuation = claim() else { return false }
    if RequestState.isMeant(by: continuation) {
      RequestState.settle(continuation, slot, value)
      return true
    }
    unsafeBitCast(continuation, to: UnsafeContinuation<Value, any Error>.self).resume(returning: value)
    return true
  }

  /// Resumes the waiter, whatever it waits for, with an error.
  @discardableResult
  package func resume(throwing error: any Error) -> Bool {
    guard let claim = claimForLater() else { return false }
    claim.resume(throwing: error)
    return true
  }
}

/// The slots of a node that nobody uses at present.
///
/// Each node has its own: a timer of one clock may still look at a slot that has been given back.
final class WaitSlotPool: Sendable {
  private struct Free: @unchecked Sendable {
    var first: UnsafeMutablePointer<WaitSlot>?
  }

  private let free = Mutex<Free>(Free())

  func take() -> UnsafeMutablePointer<WaitSlot> {
    let free = free.withLock { free -> UnsafeMutableRawPointer? in
      guard let slot = free.first else { return nil }
      free.first = slot.pointee.nextFree
      return UnsafeMutableRawPointer(slot)
    }
    if let free { return free.assumingMemoryBound(to: WaitSlot.self) }
    let slot = UnsafeMutablePointer<WaitSlot>.allocate(capacity: 1)
    slot.initialize(to: WaitSlot(self))
    return slot
  }

  fileprivate func add(_ address: UInt) {
    free.withLock { free in
      guard let slot = UnsafeMutablePointer<WaitSlot>(bitPattern: address) else { return }
      slot.pointee.nextFree = free.first
      free.first = slot
    }
  }
}

extension WaitSlot {
  static func giveBack(_ slot: UnsafeMutablePointer<WaitSlot>) {
    slot.pointee.pool.add(UInt(bitPattern: slot))
  }
}
