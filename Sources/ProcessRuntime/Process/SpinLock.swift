internal import CSpinLock
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The lock of one process: held for a few dozen instructions, never while user code runs, never across a suspension.
///
/// A `Mutex` costs four words and about three times as much for a lock that is hardly ever contended, and every message
/// takes this one.
struct SpinLock: ~Copyable {
  private let word = Atomic<UInt32>(0)

  @inline(__always)
  borrowing func lock() {
    if word.compareExchange(expected: 0, desired: 1, ordering: .acquiring).exchanged { return }
    lockSlowly()
  }

  /// Nothing that stands before this happens after it, not even a retain.
  ///
  /// To the optimizer an atomic store cannot release anything, so it moves a retain of what was read under the lock past it;
  /// the object was gone before it was retained (`crash_storm`, eight runs of ten).
  @inline(__always)
  borrowing func unlock() {
    csl_keep_order()
    word.store(0, ordering: .releasing)
  }

  @inline(__always)
  borrowing func withLock<Result: ~Copyable, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure)
    -> Result
  {
    lock()
    defer { unlock() }
    return try body()
  }

  /// For who has waited long enough to think that the other one's thread does not run.
  static func giveWay() { sched_yield() }

  @inline(never)
  private borrowing func lockSlowly() {
    var spins = 0
    while true {
      if word.load(ordering: .relaxed) == 0,
        word.weakCompareExchange(expected: 0, desired: 1, ordering: .acquiring).exchanged
      {
        return
      }
      spins += 1
      if spins >= 64 { Self.giveWay() }
    }
  }
}
