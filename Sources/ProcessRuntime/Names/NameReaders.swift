internal import CSpinLock
import Synchronization

/// Who looks a name up at the moment, without the table's locks: the workers of one node.
///
/// Each has a place of its own and says there when a look begins and when it ends. When the looks are over that were on as
/// something was taken out of the table, nobody can stand on it any more: a new look does not find it. The order of all this is
/// sequentially consistent: either the look finds what is left, or who asks for the looks sees it.
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

    /// The number of the look that is on, if it does not end soon; a look takes some dozen instructions.
    fileprivate borrowing func lookThatLasts() -> UInt? {
      let seen = looks.load(ordering: .sequentiallyConsistent)
      if seen & 1 == 0 { return nil }
      for _ in 0..<64 where looks.load(ordering: .acquiring) != seen { return nil }
      return seen
    }

    fileprivate borrowing func isOver(_ look: UInt) -> Bool { looks.load(ordering: .acquiring) != look }
  }

  /// Looks that were on at some moment.
  struct Looks: Sendable {
    fileprivate var all: [(place: Int, number: UInt)] = []
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

  /// The looks that are on and may have found what has been taken out before; nil if there are none.
  func looksThatAreOn() -> Looks? {
    var looks: Looks?
    for index in 0..<used.load(ordering: .sequentiallyConsistent) {
      guard let number = places[index].lookThatLasts() else { continue }
      looks = looks ?? Looks()
      looks?.all.append((index, number))
    }
    return looks
  }

  func areOver(_ looks: Looks) -> Bool { looks.all.allSatisfy { places[$0.place].isOver($0.number) } }
}
