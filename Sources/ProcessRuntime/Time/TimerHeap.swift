/// The armed timers of a node, the next one first; equal deadlines in the order of their start (a four-way heap).
struct TimerHeap {
  private var entries: [TimerEntry] = []

  var first: TimerEntry? { entries.first }
  var count: Int { entries.count }

  mutating func insert(_ entry: TimerEntry, sequence: UInt64) {
    entry.sequence = sequence
    entry.position = entries.count
    entries.append(entry)
    siftUp(entries.count - 1)
  }

  mutating func popFirst() -> TimerEntry? {
    guard let first = entries.first else { return nil }
    remove(first)
    return first
  }

  /// False if it is not armed.
  @discardableResult
  mutating func remove(_ entry: TimerEntry) -> Bool {
    let position = entry.position
    guard position >= 0, position < entries.count, entries[position] === entry else { return false }
    entry.position = -1
    let last = entries.removeLast()
    if last !== entry {
      entries[position] = last
      last.position = position
      siftDown(position)
      siftUp(last.position)
    }
    return true
  }

  /// Takes out the timers of dead processes.
  mutating func removeDead() -> [TimerEntry] {
    let dead = entries.filter(\.isForDead)
    if dead.isEmpty { return [] }
    for entry in dead { entry.position = -1 }
    entries.removeAll { $0.position < 0 }
    // What is sorted is a heap.
    entries.sort { $0.isBefore($1) }
    for (position, entry) in entries.enumerated() { entry.position = position }
    return dead
  }

  private mutating func siftUp(_ start: Int) {
    var position = start
    let entry = entries[position]
    while position > 0 {
      let parent = (position - 1) / 4
      guard entry.isBefore(entries[parent]) else { break }
      entries[position] = entries[parent]
      entries[position].position = position
      position = parent
    }
    entries[position] = entry
    entry.position = position
  }

  private mutating func siftDown(_ start: Int) {
    var position = start
    let entry = entries[position]
    while true {
      let firstChild = position * 4 + 1
      guard firstChild < entries.count else { break }
      var least = firstChild
      for child in (firstChild + 1)..<max(firstChild + 1, min(firstChild + 4, entries.count))
      where entries[child].isBefore(entries[least]) {
        least = child
      }
      guard entries[least].isBefore(entry) else { break }
      entries[position] = entries[least]
      entries[position].position = position
      position = least
    }
    entries[position] = entry
    entry.position = position
  }
}

/// One timer.
package final class TimerEntry: @unchecked Sendable {
  /// What it does, once.
  enum Deed {
    case nothing
    /// Puts this into the target's mailbox.
    case send(UnsafeMutablePointer<EnvelopeHeader>)
    case call(@Sendable (TimerEntry) -> Void)
  }

  package let deadline: Int64
  /// The process that it is for: it ends with that.
  ///
  /// Nil if it is for a name, or the runtime's own.
  private let target: ProcessCell?

  // The timer service's lock's.
  fileprivate var sequence: UInt64 = 0
  fileprivate(set) var position = -1

  /// Belongs to whoever has taken the entry out of the heap.
  @exclusivity(unchecked) private var deed: Deed

  init(deadline: Int64, target: ProcessCell?, _ deed: Deed) {
    self.deadline = deadline
    self.target = target
    self.deed = deed
  }

  deinit { giveUp() }

  func fire() {
    switch takeDeed() {
    case .nothing: break
    case .send(let envelope): target?.push(envelope)
    case .call(let call): call(self)
    }
  }

  /// A reference to a timer that is over keeps nothing of it.
  ///
  /// False if it is over already.
  @discardableResult
  func giveUp() -> Bool {
    switch takeDeed() {
    case .nothing: return false
    case .send(let envelope): target?.destroy(envelope)
    case .call: break
    }
    return true
  }

  @inline(__always)
  private func takeDeed() -> Deed {
    let deed = deed
    self.deed = .nothing
    return deed
  }

  var isForDead: Bool { target?.isDead ?? false }

  fileprivate func isBefore(_ other: TimerEntry) -> Bool {
    deadline < other.deadline || (deadline == other.deadline && sequence < other.sequence)
  }
}
