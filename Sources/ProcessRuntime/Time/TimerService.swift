import Synchronization

/// The timers of a node: a heap and, on the program's own node, a thread that sleeps until the next one. On virtual time
/// the test moves the clock and calls ``fireDue()``.
package final class TimerService: Sendable {
  private struct State: Sendable {
    var heap = TimerHeap()
    var sequence: UInt64 = 0
    var hasThread = false
    /// Until when the thread sleeps.
    var sleepsUntil = Int64.max
  }

  private let state = Mutex(State())
  private let clock: any NodeClock
  private let isVirtual: Bool
  private let parker = Parker()

  init(clock: any NodeClock, isVirtual: Bool) {
    self.clock = clock
    self.isVirtual = isVirtual
  }

  @discardableResult
  package func start(at deadline: Int64, _ fire: @escaping @Sendable () -> Void) -> TimerEntry {
    let (entry, isEarlier, needsThread) = state.withLock { state in
      state.sequence += 1
      let entry = TimerEntry(deadline: deadline, sequence: state.sequence, fire: fire)
      state.heap.insert(entry)
      let isEarlier = deadline < state.sleepsUntil
      if isEarlier { state.sleepsUntil = deadline }
      let needsThread = !isVirtual && !state.hasThread
      if needsThread { state.hasThread = true }
      return (entry, isEarlier, needsThread)
    }
    if needsThread { Thread.start(named: "timers") { self.run() } } else if isEarlier, !isVirtual { parker.unpark() }
    return entry
  }

  /// The nanoseconds that were left, or nil if it was not armed.
  package func cancel(_ entry: TimerEntry) -> Int64? {
    guard state.withLock({ $0.heap.remove(entry) }) else { return nil }
    return max(0, entry.deadline - clock.now())
  }

  /// The nanoseconds that are left, or nil if it is not armed.
  func remaining(_ entry: TimerEntry) -> Int64? {
    guard state.withLock({ _ in entry.position >= 0 }) else { return nil }
    return max(0, entry.deadline - clock.now())
  }

  package var nextDeadline: Int64? {
    state.withLock { $0.heap.first?.deadline }
  }

  /// Fires what is due, in order.
  package func fireDue() {
    let now = clock.now()
    while let entry = state.withLock({ state in
      state.heap.first.map { $0.deadline <= now } == true ? state.heap.popFirst() : nil
    }) {
      entry.fire()
    }
  }

  private func run() {
    while true {
      fireDue()
      let next = state.withLock { state in
        let next = state.heap.first?.deadline ?? .max
        state.sleepsUntil = next
        return next
      }
      if next == .max { parker.park() } else { parker.park(until: next) }
    }
  }
}
