import Synchronization

/// A worker's run queue: its owner pushes and pops, others steal half.
///
/// Bounded; what does not fit goes to the pool.
///
/// Head and tail only grow; a slot belongs to the owner from `tail` on, and to whoever moves `head` over it. Lock-free
/// because every wake-up passes here.
final class RunRing: @unchecked Sendable {
  private static var capacity: UInt32 { 256 }

  private let head = Atomic<UInt32>(0)
  private let tail = Atomic<UInt32>(0)
  private let slots: UnsafeMutablePointer<Atomic<UInt>>

  init() {
    slots = .allocate(capacity: Int(Self.capacity))
    for index in 0..<Int(Self.capacity) { (slots + index).initialize(to: Atomic(0)) }
  }

  deinit {
    slots.deinitialize(count: Int(Self.capacity))
    slots.deallocate()
  }

  var count: UInt32 { tail.load(ordering: .relaxed) &- head.load(ordering: .relaxed) }
  var isEmpty: Bool { head.load(ordering: .relaxed) == tail.load(ordering: .relaxed) }

  private func slot(_ index: UInt32) -> UnsafeMutablePointer<Atomic<UInt>> {
    slots + Int(index & (Self.capacity - 1))
  }

  /// The owner's.
  ///
  /// False if there is no room.
  func push(_ cell: UInt) -> Bool {
    let end = tail.load(ordering: .relaxed)
    if end &- head.load(ordering: .acquiring) == Self.capacity { return false }
    slot(end).pointee.store(cell, ordering: .relaxed)
    tail.store(end &+ 1, ordering: .releasing)
    return true
  }

  /// The owner's.
  func pop() -> UInt? {
    var first = head.load(ordering: .acquiring)
    while first != tail.load(ordering: .relaxed) {
      let cell = slot(first).pointee.load(ordering: .relaxed)
      let (done, seen) = head.weakCompareExchange(
        expected: first, desired: first &+ 1, successOrdering: .acquiringAndReleasing, failureOrdering: .acquiring)
      if done { return cell }
      first = seen
    }
    return nil
  }

  /// The owner's, when it is full: half of it, to be put elsewhere.
  func takeHalf() -> [UInt] {
    (0..<(Self.capacity / 2)).compactMap { _ in pop() }
  }

  /// A thief's: moves half of this ring into its own, which is empty, and returns one more to run at once.
  func steal(into other: RunRing) -> UInt? {
    while true {
      let first = head.load(ordering: .acquiring)
      let last = tail.load(ordering: .acquiring)
      let length = last &- first
      let half = length &- length / 2
      if length == 0 { return nil }
      if length > Self.capacity { continue }  // the two were read apart
      let start = other.tail.load(ordering: .relaxed)
      for index in 0..<half {
        other.slot(start &+ index).pointee.store(
          slot(first &+ index).pointee.load(ordering: .relaxed), ordering: .relaxed)
      }
      let taken = head.compareExchange(
        expected: first, desired: first &+ half, successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
      if !taken.exchanged { continue }
      let cell = other.slot(start &+ (half &- 1)).pointee.load(ordering: .relaxed)
      other.tail.store(start &+ (half &- 1), ordering: .releasing)
      return cell
    }
  }
}
