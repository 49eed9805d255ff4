import FaultBarrier
import Synchronization

/// Everything that processes share: scheduler, clock, timers, names, the list of processes, reports.
///
/// A program has one, ``shared``; a test may have one of its own, on virtual time.
@_spi(Runtime)
public final class Node: @unchecked Sendable {
  /// The program's own node.
  public static let shared = Node()

  package let clock: NodeTime
  package let timers: TimerService
  let names: NameTable
  let unmanagedNames: Unmanaged<NameTable>
  let processes = ProcessTable()
  package let reports = ReportLog()
  let deadLetters = EventBus<DeadLetter>()
  let mailboxAlarms = EventBus<MailboxAlarm>()
  let waitSlots = WaitSlotPool()
  let attachments = Attachments()
  package let observers = NodeObservers()
  let workers: WorkerPool?
  private let workersID: UnsafeMutableRawPointer?
  private let runQueue: (any RunQueue)?
  private let numbers = Atomic<UInt64>(100)
  /// Tells this node from every other one of this program.
  package let number = Node.count.wrappingAdd(1, ordering: .relaxed).newValue
  private static let count = Atomic<UInt64>(0)
  private let references = Atomic<UInt64>(0)

  /// The program's node: as many workers as there are cores, and the machine's monotonic clock.
  private init() {
    clock = NodeTime()
    timers = TimerService(clock: clock, isVirtual: false)
    let workers = WorkerPool(size: WorkerPool.defaultSize)
    self.workers = workers
    names = workers.names
    unmanagedNames = .passUnretained(names)
    workersID = Unmanaged.passUnretained(workers).toOpaque()
    runQueue = nil
  }

  /// A node that somebody else drives: `runQueue` says which process is next, `clock` what time it is.
  package init(runQueue: any RunQueue, clock: any NodeClock) {
    self.clock = NodeTime(clock)
    timers = TimerService(clock: self.clock, isVirtual: true)
    workers = nil
    names = NameTable()
    unmanagedNames = .passUnretained(names)
    workersID = nil
    self.runQueue = runQueue
    FaultMonitor.start()
  }

  /// A process that never was.
  ///
  /// Stands for code outside of processes as the sender of an exit, and for whoever has a name that nobody has.
  static let nobody: ProcessCell = NoProcess(number: 0)

  /// A process's cell may live longer than a test's node, and still needs it: a task of the process may come back late.
  @inline(__always)
  func isKeptByProcesses(_ begins: Bool) {
    guard runQueue != nil else { return }
    let node = Unmanaged.passUnretained(self)
    if begins { _ = node.retain() } else { node.release() }
  }

  /// Whether a worker is just now running this process.
  func isRunning(_ cell: ProcessCell) -> Bool {
    workers?.all.contains { $0.isRunning(cell) } ?? (ProcessCell.current === cell)
  }

  /// One for each core, unless the program was told otherwise.
  package static var defaultWorkers: Int { WorkerPool.defaultSize }

  /// By which workers look at descriptors; nil where processes have no threads of their own, or the system has no such thing.
  package var poller: Poller? { workers?.makePoller() }

  /// Whether processes run on threads of their own here, and not on a test's.
  package var hasWorkers: Bool { workers != nil }

  /// How many spare workers run in the place of turns that do not end.
  var wantedSpares: Int { workers?.wantedSpares ?? 0 }

  /// The dead processes whose code still runs on a worker's thread: who was killed, or disowned, in a turn that does not end.
  package var lingeringProcesses: [ProcessID] { workers?.lingering ?? [] }

  /// The living processes, the oldest first.
  package var allProcesses: [ProcessID] { processes.all }

  /// The living processes in no order, copied shard by shard.
  package var unsortedProcesses: [ProcessID] { processes.unsorted }

  /// The living process of that number.
  package func livingProcess(_ number: UInt64) -> ProcessID? { processes[number].map { ProcessID($0) } }

  func nextNumber() -> UInt64 { numbers.wrappingAdd(1, ordering: .relaxed).newValue }

  package func nextReference() -> UInt64 { references.wrappingAdd(1, ordering: .relaxed).newValue }

  /// Puts a process that has something to do into a run queue.
  @inline(never)
  final func schedule(_ cell: ProcessCell) {
    if let workersID {
      let isDone: Void? = Worker.withCurrent { $0.unmanagedPool == workersID ? $0.enqueue(cell) : nil }
      if isDone == nil { workers?.inject(cell) }
    } else {
      runQueue?.enqueue(cell)
    }
  }

  /// Takes several processes at once.
  ///
  /// A worker that takes them keeps them, for others to take from it.
  // Not inlined: see ``Worker/current``.
  @inline(never)
  static func schedule(_ cells: [ProcessCell]) {
    if Worker.withCurrent({ $0.unmanagedPool }) != nil {
      for cell in cells { cell.node.schedule(cell) }
      return
    }
    var together: [ProcessCell] = []
    let pool = cells.first?.node.workers
    for cell in cells {
      if pool != nil, cell.node.workers === pool { together.append(cell) } else { cell.node.schedule(cell) }
    }
    if let pool { pool.inject(together) }
  }

  /// The node of the code that asks: its process's, or the program's.
  package static var current: Node {
    ProcessCell.current?.node ?? shared
  }

  /// The names of the current node, without keeping it: it is shared by all, and a count that all change is slow.
  // Not inlined: see ``Worker/current``.
  @inline(never)
  static func whereis(_ name: String) -> ProcessCell? {
    let found: Unmanaged<ProcessCell>?? = Worker.withCurrent { worker in
      guard let (table, place) = worker.names else {
        return .some(worker.unmanagedNames._withUnsafeGuaranteedRef { $0.retained(name) })
      }
      return .some(table._withUnsafeGuaranteedRef { $0.retained(name, at: place) })
    }
    return (found ?? shared.names.retained(name))?.takeRetainedValue()
  }

  /// The names of the current node, which are not to be kept: see ``whereis(_:)``.
  // Not inlined: see ``Worker/current``.
  @inline(never)
  static func currentNames() -> Unmanaged<NameTable> {
    Worker.withCurrent { $0.unmanagedNames } ?? shared.unmanagedNames
  }

  /// The number of the current node, without keeping that: see ``whereis(_:)``.
  // Not inlined: see ``Worker/current``.
  @inline(never)
  package static func currentNumber() -> UInt64 {
    Worker.withCurrent { $0.unmanagedRunning?._withUnsafeGuaranteedRef { $0.node.number } } ?? shared.number
  }

  /// Tells those who wait for a change of a name that a ``NameRegistry`` keeps.
  package func viaChanged() { names.viaChanged() }

  package static func now() -> Int64 { current.clock.now() }
}

/// Where processes that have something to do wait for their turn, on a node that is driven by hand.
package protocol RunQueue: AnyObject, Sendable {
  func enqueue(_ cell: ProcessCell)
}
