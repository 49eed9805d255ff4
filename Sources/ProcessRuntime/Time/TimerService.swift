import Synchronization

/// The timers of a node: a heap and, on the program's own node, a thread that sleeps until the next one.
///
/// On virtual time the test moves the clock and calls ``fireDue()``.
package final class TimerService: Sendable {
  private struct State: Sendable {
    var heap = TimerHeap()
    var sequence: UInt64 = 0
    var hasThread = false
    /// Until when the thread sleeps.
    var sleepsUntil = Int64.max
    /// The number of timers at which those of dead processes are looked for: twice what was left the last time, so that the
    /// search costs each timer a constant, and the dead never hold more memory than the living.
    var sweepsAt = 1_024
  }

  private let state = Mutex(State())
  private let clock: NodeTime
  private let isVirtual: Bool
  private let parker = Parker()

  init(clock: NodeTime, isVirtual: Bool) {
    self.clock = clock
    self.isVirtual = isVirtual
  }

  @discardableResult
  package func start(at deadline: Int64, _ fire: @escaping @Sendable () -> Void) -> TimerEntry {
    start(at: deadline, for: nil) { _ in fire() }
  }

  /// A timer for a process ends with that process.
  package func start(
    at deadline: Int64, for target: ProcessCell?, isArmed: Bool = true, _ fire: @escaping @Sendable (TimerEntry) -> Void
  ) -> TimerEntry {
    guard isArmed, target?.isDead != true else { return TimerEntry(deadline: deadline, target: target, .nothing) }
    let entry = TimerEntry(deadline: deadline, target: target, .call(fire))
    arm(entry)
    return entry
  }

  func arm(_ entry: TimerEntry) {
    let deadline = entry.deadline
    // What is at the end of time is armed, can be read and cancelled, and never fires.
    let (isEarlier, needsThread, dead) = state.withLock { state in
      state.sequence += 1
      var dead: [TimerEntry] = []
      if state.heap.count >= state.sweepsAt {
        dead = state.heap.removeDead()
        state.sweepsAt = max(1_024, state.heap.count * 2)
      }
      state.heap.insert(entry, sequence: state.sequence)
      let isEarlier = deadline < state.sleepsUntil
      if isEarlier { state.sleepsUntil = deadline }
      let needsThread = !isVirtual && !state.hasThread
      if needsThread { state.hasThread = true }
      return (isEarlier, needsThread, dead)
    }
    // Their messages are destroyed here, where no lock is held.
    for entry in dead { entry.giveUp() }
    if needsThread { Thread.start(named: "timers") { self.run() } } else if isEarlier, !isVirtual { parker.unpark() }
  }

  /// The nanoseconds that were left, or nil if it was not armed.
  package func cancel(_ entry: TimerEntry) -> Int64? {
    let wasArmed = state.withLock { $0.heap.remove(entry) }
    guard wasArmed, entry.giveUp() else { return nil }
    return entry.isForDead ? nil : max(0, entry.deadline - clock.now())
  }

  /// The nanoseconds that are left, or nil if it is not armed.
  func remaining(_ entry: TimerEntry) -> Int64? {
    guard state.withLock({ _ in entry.position >= 0 }), !entry.isForDead else { return nil }
    return max(0, entry.deadline - clock.now())
  }

  /// How many are armed, with those of dead processes that have not been found yet.
  var count: Int { state.withLock { $0.heap.count } }

  /// When the next one is due; nil if there is none that will ever be.
  package var nextDeadline: Int64? {
    state.withLock { state in
      guard let next = state.heap.first?.deadline, next != .max else { return nil }
      return next
    }
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
