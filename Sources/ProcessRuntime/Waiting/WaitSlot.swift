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
  /// The earliest instant at which a timer will look at this slot. A timer is armed once for many calls: it looks at the
  /// deadline of the wait that it finds, and arms itself again.
  let watchedUntil = Atomic<Int64>(.max)
  /// Whose clock these instants are of: slots go from one node to another, and so do not belong to a node's timers for ever.
  let node = Atomic<UInt64>(0)
  /// The waiter: an `UnsafeContinuation<_, any Error>`, whose only field is this address.
  var continuation: UnsafeRawPointer?
  var nextFree: UnsafeMutablePointer<WaitSlot>?

  init() {}
}

/// One wait at one slot.
package struct WaitTicket: Equatable, @unchecked Sendable {
  let slot: UnsafeMutablePointer<WaitSlot>
  let generation: UInt64

  /// Whether somebody still waits here.
  var isWaiting: Bool {
    slot.pointee.state.load(ordering: .acquiring) == generation << 1 | 1
  }

  /// The right to resume the waiter. One caller gets it, once.
  private func claim() -> UnsafeRawPointer? {
    guard isWaiting else { return nil }
    let continuation = slot.pointee.continuation
    let won = slot.pointee.state.compareExchange(
      expected: generation << 1 | 1, desired: (generation + 1) << 1, ordering: .acquiringAndReleasing)
    return won.exchanged ? continuation : nil
  }

  /// Resumes the waiter with a value. False if it does not wait any more: the value is dropped.
  @discardableResult
  package func resume<Value>(returning value: sending Value) -> Bool {
    guard let continuation = claim() else { return false }
    unsafeBitCast(continuation, to: UnsafeContinuation<Value, any Error>.self).resume(returning: value)
    return true
  }

  /// Resumes the waiter, whatever it waits for, with an error.
  @discardableResult
  package func resume(throwing error: any Error) -> Bool {
    guard let continuation = claim() else { return false }
    // The type of the value does not matter to a continuation that is resumed with an error.
    unsafeBitCast(continuation, to: UnsafeContinuation<Void, any Error>.self).resume(throwing: error)
    return true
  }
}

extension WaitSlot {
  private static let pool = Mutex<Free>(Free())

  private struct Free: @unchecked Sendable {
    var first: UnsafeMutablePointer<WaitSlot>?
  }

  static func take() -> UnsafeMutablePointer<WaitSlot> {
    let free = pool.withLock { pool -> UnsafeMutableRawPointer? in
      guard let slot = pool.first else { return nil }
      pool.first = slot.pointee.nextFree
      return UnsafeMutableRawPointer(slot)
    }
    if let free { return free.assumingMemoryBound(to: WaitSlot.self) }
    let slot = UnsafeMutablePointer<WaitSlot>.allocate(capacity: 1)
    slot.initialize(to: WaitSlot())
    return slot
  }

  static func giveBack(_ slot: UnsafeMutablePointer<WaitSlot>) {
    let address = UInt(bitPattern: slot)
    pool.withLock { pool in
      guard let slot = UnsafeMutablePointer<WaitSlot>(bitPattern: address) else { return }
      slot.pointee.nextFree = pool.first
      pool.first = slot
    }
  }
}
