import ProcessRuntime

/// The children of one supervisor in start order, found by id and by process.
///
/// Every operation takes constant time, whatever the number of children: they stand in an array of slots, each linked to the
/// one before and the one after it, and freed slots are used again.
struct ChildTable: Sendable {
  /// A child's place in the array, valid until the child is removed.
  typealias Slot = Int

  enum State: Hashable, Sendable {
    /// No process, and none is coming (OTP's `undefined`).
    case stopped
    case running(ProcessID)
    /// The last start failed; the attempt with that number is about to be made.
    case restarting(was: ProcessID?, attempt: UInt64)
    /// It has failed too often; with the attempt of that number it is tried once more.
    case quarantined(was: ProcessID?, attempt: UInt64)
  }

  struct Child: Sendable {
    fileprivate(set) var spec: ChildSpec
    fileprivate(set) var state: State = .stopped
    fileprivate(set) var previous: Slot?
    fileprivate(set) var next: Slot?
    /// How often its supervisor has started it again, and when last.
    fileprivate(set) var restarts = 0
    fileprivate(set) var restartedAt: Duration?
  }

  private var slots: [Child] = []
  private var free: [Slot] = []
  private var slotOfID: [ChildSpec.ID: Slot] = [:]
  private var slotOfProcess: [ProcessID: Slot] = [:]
  private var supervisors = 0

  /// The child that was started first.
  private(set) var first: Slot?
  /// The child that was started last.
  private(set) var last: Slot?
  /// How many significant children have a process or are about to have one.
  private(set) var significantAlive = 0

  var count: Int { slotOfID.count }

  var counts: Supervisor.Counts {
    Supervisor.Counts(
      specs: count, active: slotOfProcess.count, supervisors: supervisors, workers: count - supervisors)
  }

  subscript(slot: Slot) -> Child { slots[slot] }

  func slot(of id: ChildSpec.ID) -> Slot? { slotOfID[id] }

  func slot(of process: ProcessID) -> Slot? { slotOfProcess[process] }

  /// The process of that child, if it runs.
  func process(at slot: Slot) -> ProcessID? {
    if case .running(let process) = slots[slot].state { process } else { nil }
  }

  /// The slot, if that child is still waiting for that attempt.
  func waitingSlot(_ slot: Slot, attempt: UInt64) -> Slot? {
    guard slots.indices.contains(slot) else { return nil }
    switch slots[slot].state {
    case .restarting(_, attempt), .quarantined(_, attempt): return slot
    case .stopped, .running, .restarting, .quarantined: return nil
    }
  }

  mutating func reserve(_ count: Int) {
    slots.reserveCapacity(count)
    slotOfID.reserveCapacity(count)
    slotOfProcess.reserveCapacity(count)
  }

  /// Adds a child, stopped, after all others.
  ///
  /// Its id must not be there already.
  mutating func append(_ spec: ChildSpec) -> Slot {
    let slot: Slot
    let child = Child(spec: spec, previous: last)
    if let freed = free.popLast() {
      slot = freed
      slots[slot] = child
    } else {
      slot = slots.count
      slots.append(child)
    }
    if let last { slots[last].next = slot } else { first = slot }
    last = slot
    slotOfID[spec.id] = slot
    if spec.kind == .supervisor { supervisors += 1 }
    return slot
  }

  mutating func remove(_ slot: Slot) {
    set(.stopped, of: slot)
    let child = slots[slot]
    if let previous = child.previous { slots[previous].next = child.next } else { first = child.next }
    if let next = child.next { slots[next].previous = child.previous } else { last = child.previous }
    slotOfID[child.spec.id] = nil
    if child.spec.kind == .supervisor { supervisors -= 1 }
    slots[slot].spec = child.spec.withoutStart()
    free.append(slot)
  }

  mutating func noteRestart(of slot: Slot, at now: Duration) {
    slots[slot].restarts += 1
    slots[slot].restartedAt = now
  }

  mutating func set(_ state: State, of slot: Slot) {
    if case .running(let process) = slots[slot].state { slotOfProcess[process] = nil }
    if case .running(let process) = state { slotOfProcess[process] = slot }
    if slots[slot].spec.significant {
      significantAlive += (state == .stopped ? 0 : 1) - (slots[slot].state == .stopped ? 0 : 1)
    }
    slots[slot].state = state
  }

  /// Lets go of what the child's start closure holds on to.
  mutating func forgetStart(of slot: Slot) {
    slots[slot].spec = slots[slot].spec.withoutStart()
  }

  /// All children, the one started last first.
  func newestFirst() -> [Child] {
    var children: [Child] = []
    children.reserveCapacity(count)
    var cursor = last
    while let slot = cursor {
      children.append(slots[slot])
      cursor = slots[slot].previous
    }
    return children
  }
}

extension ChildTable.Child {
  var entry: Supervisor.Child {
    switch state {
    case .stopped: Supervisor.Child(id: spec.id, process: nil, kind: spec.kind)
    case .running(let process): Supervisor.Child(id: spec.id, process: process, kind: spec.kind)
    case .restarting: Supervisor.Child(id: spec.id, process: nil, kind: spec.kind, isRestarting: true)
    case .quarantined: Supervisor.Child(id: spec.id, process: nil, kind: spec.kind, isQuarantined: true)
    }
  }

  /// This child for a report, as it is now or with another state.
  func snapshot(as state: ChildTable.State? = nil) -> ChildSnapshot {
    switch state ?? self.state {
    case .stopped: ChildSnapshot(spec, process: nil)
    case .running(let process): ChildSnapshot(spec, process: process)
    case .restarting(let was, _): ChildSnapshot(spec, process: was, isRestarting: true)
    case .quarantined(let was, _): ChildSnapshot(spec, process: was, isQuarantined: true)
    }
  }
}

extension ChildTable.State {
  /// The process of a running child, or the one that a restarting or quarantined child had.
  var lastProcess: ProcessID? {
    switch self {
    case .stopped: nil
    case .running(let process): process
    case .restarting(let was, _), .quarantined(let was, _): was
    }
  }
}
