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

  /// A retain of what was read under the lock belongs under the lock.
  ///
  /// To the optimizer an atomic store cannot release
  /// anything, and it moves retains past it: the object was gone before it was retained (`crash_storm`, six runs of ten).
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
      if spins < 64 { continue } else { sched_yield() }
    }
  }
}
