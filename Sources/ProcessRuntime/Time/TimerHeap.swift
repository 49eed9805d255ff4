/// The armed timers of a node, the next one first; equal deadlines in the order of their start (a four-way heap).
struct TimerHeap {
  private var entries: [TimerEntry] = []

  var first: TimerEntry? { entries.first }
  var count: Int { entries.count }

  mutating func insert(_ entry: TimerEntry) {
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

/// One armed timer. Belongs to the timer service's lock.
package final class TimerEntry: @unchecked Sendable {
  package let deadline: Int64
  fileprivate let sequence: UInt64
  fileprivate(set) var position = -1
  let fire: @Sendable () -> Void

  init(deadline: Int64, sequence: UInt64, fire: @escaping @Sendable () -> Void) {
    self.deadline = deadline
    self.sequence = sequence
    self.fire = fire
  }

  fileprivate func isBefore(_ other: TimerEntry) -> Bool {
    (deadline, sequence) < (other.deadline, other.sequence)
  }
}
