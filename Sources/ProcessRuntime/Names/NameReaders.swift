internal import CSpinLock
import Synchronization

/// Who looks a name up at the moment, without the table's locks: the workers of one node.
///
/// Each has a place of its own and says there when a look begins and when it ends. Who has taken something out of the table
/// waits for the looks that are on, and then nobody can stand on it any more: a look takes some dozen instructions, and a new
/// one does not find it. The order of all this is sequentially consistent: either the look finds what is left, or who waits
/// sees the look.
final class NameReaders: @unchecked Sendable {
  /// One worker's place, with a cache line of its own.
  struct Place: ~Copyable {
    /// Odd while a look is on.
    private let looks = Atomic<UInt>(0)
    private let padding: (UInt, UInt, UInt, UInt, UInt, UInt, UInt) = (0, 0, 0, 0, 0, 0, 0)

    @inline(__always)
    borrowing func begin() {
      looks.store(looks.load(ordering: .relaxed) &+ 1, ordering: .sequentiallyConsistent)
    }

    @inline(__always)
    borrowing func end() {
      // What was found is retained before: see ``SpinLock/unlock()``.
      csl_keep_order()
      looks.store(looks.load(ordering: .relaxed) &+ 1, ordering: .releasing)
    }

    /// A look whose thread was abandoned within it reads nothing more.
    borrowing func endIfLost() {
      if looks.load(ordering: .relaxed) & 1 == 1 { end() }
    }

    fileprivate borrowing func waitForEnd() {
      let seen = looks.load(ordering: .sequentiallyConsistent)
      if seen & 1 == 0 { return }
      var spins = 0
      while looks.load(ordering: .acquiring) == seen {
        spins += 1
        if spins >= 64 { SpinLock.giveWay() }
      }
    }
  }

  private let places: UnsafeMutablePointer<Place>
  private let capacity: Int
  /// How many of the places are used: the first.
  private let used = Atomic<Int>(0)

  init(capacity: Int) {
    self.capacity = capacity
    places = .allocate(capacity: capacity)
    for index in 0..<capacity { (places + index).initialize(to: Place()) }
  }

  deinit {
    places.deinitialize(count: capacity)
    places.deallocate()
  }

  /// The place of that worker, which is to call ``join(_:)`` before its first look.
  func place(at index: Int) -> UnsafeMutablePointer<Place> { places + index }

  func join(_ index: Int) {
    _ = used.max(index + 1, ordering: .sequentiallyConsistent)
  }

  /// Returns when every look is over that may have found what has been taken out before.
  func wait() {
    for index in 0..<used.load(ordering: .sequentiallyConsistent) { places[index].waitForEnd() }
  }
}
