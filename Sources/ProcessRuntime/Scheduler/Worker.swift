import FaultBarrier
import Synchronization

/// What one thread needs to run processes: the process whose turn it is, and, on the program's own node, a run queue.
@_spi(Runtime)
public final class Worker: @unchecked Sendable {
  /// Not counted: it lives as long as its workers, and every message looks at it, on all cores.
  unowned(unsafe) let pool: WorkerPool?
  let unmanagedPool: UnsafeMutableRawPointer?
  let index: Int
  /// The names of its node, and its place among those who look at them.
  let names: (table: Unmanaged<NameTable>, place: UnsafeMutablePointer<NameReaders.Place>)?
  /// The processes that have been woken and wait for this worker, and the one that was woken last: it goes first, its data
  /// are warm.
  let ready = RunRing()
  /// The processes that have used up their turn: those that have waited for something go before them.
  let waiting = RunRing()
  private let next = Atomic<UInt>(0)
  /// How many messages the present turn has had, when the fourth was done, and whether that is too long ago.
  @exclusivity(unchecked) var messages: UInt32 = 0
  @exclusivity(unchecked) var began: Int64 = 0
  @exclusivity(unchecked) var isLate = false
  /// How often in a row the warm one went first.
  private var warmRuns = 0
  private var tick = 0
  /// Turns since this worker has looked at the poller.
  @exclusivity(unchecked) var turnsWithoutLook: UInt32 = 0
  /// Whether it tells those that wait for what it has seen there.
  @exclusivity(unchecked) var tells = false
  @exclusivity(unchecked) var batch = PolledBatch()
  /// Whether it sleeps there.
  let isAtPoller = Atomic<Bool>(false)
  /// Counts turns: even while none runs.
  ///
  /// The monitor thread compares it between two looks.
  let turns = Atomic<UInt64>(0)
  let stuckFlag = Atomic<Bool>(false)
  /// Whether it only runs in the place of another one, whose turn does not end.
  let isSpare: Bool
  /// Whether a spare one is to run at present.
  let isWanted = Atomic<Bool>(false)
  /// Written by this worker's thread, and looked at by others.
  private let cell = Atomic<Unmanaged<ProcessCell>?>(nil)

  /// What waits for the end of a turn (`Worker+PutOff`), whether there is any, and what was put off last.
  let putOffWork = Mutex<[any PutOffWork]>([])
  let putOffFlag = Atomic<Bool>(false)
  @exclusivity(unchecked) var lastPutOff: ObjectIdentifier?
  @exclusivity(unchecked) var turnsOfPutOff = 0

  /// Held while the monitor looks which process runs here.
  let inspection = SpinLock()
  /// The thread, as the operating system's scheduler knows it.
  let threadID = Atomic<Int32>(0)
  /// Whether its thread has been told to stand back behind all others.
  let isDemoted = Atomic<Bool>(false)
  /// Whether its thread has ended, and the monitor is to start another.
  let needsThread = Atomic<Bool>(false)

  /// What goes on in this worker's place after a trap, where no pool does.
  private(set) var abandoned: (@Sendable () -> Void)?
  /// Who hears of a trap on this thread, if it is not the process's own turn.
  @exclusivity(unchecked) var onFault: (@Sendable (Fault) -> Void)?

  init(pool: WorkerPool?, index: Int, isSpare: Bool = false) {
    self.isSpare = isSpare
    self.pool = pool
    unmanagedPool = pool.map { Unmanaged.passUnretained($0).toOpaque() }
    self.index = index
    names = pool.flatMap { pool in
      pool.names.readers.map { (.passUnretained(pool.names), $0.place(at: index)) }
    }
    let address = UInt(bitPattern: Unmanaged.passUnretained(self).toOpaque())
    Self.living.withLock { _ = $0.insert(address) }
  }

  deinit {
    let address = UInt(bitPattern: Unmanaged.passUnretained(self).toOpaque())
    Self.living.withLock { _ = $0.remove(address) }
  }

  /// A worker without a run queue, for a node that is driven by hand.
  package convenience init() {
    self.init(pool: nil, index: 0)
  }

  /// The addresses of all workers there are.
  private static let living = Mutex<Set<UInt>>([])

  /// The worker that a thread's context is; nil if it is something else.
  static func living(at context: UnsafeMutableRawPointer) -> Worker? {
    let address = UInt(bitPattern: context)
    guard living.withLock({ $0.contains(address) }) else { return nil }
    return Unmanaged<Worker>.fromOpaque(context).takeUnretainedValue()
  }

  /// The worker of this thread; nil on threads of others.
  // Not inlined: an asynchronous function must not keep a thread's address over a suspension.
  @inline(never)
  package static var current: Worker? {
    guard let context = FaultBarrier.threadContext else { return nil }
    return Unmanaged<Worker>.fromOpaque(context).takeUnretainedValue()
  }

  /// Looks at this thread's worker without keeping it.
  ///
  /// Only for synchronous functions that are not inlined.
  @inline(__always)
  static func withCurrent<Result>(_ body: (Worker) -> Result?) -> Result? {
    guard let context = FaultBarrier.threadContext else { return nil }
    return Unmanaged<Worker>.fromOpaque(context)._withUnsafeGuaranteedRef(body)
  }

  /// Makes this worker the thread's.
  ///
  /// The caller keeps it alive.
  package func attach() {
    FaultBarrier.prepareThread()
    threadID.store(FaultBarrier.threadID, ordering: .relaxed)
    FaultBarrier.threadContext = Unmanaged.passUnretained(self).toOpaque()
  }

  package static func detach() {
    FaultBarrier.threadContext = nil
    FaultBarrier.releaseThread()
  }

  @inline(__always)
  private(set) var unmanagedRunning: Unmanaged<ProcessCell>? {
    get { cell.load(ordering: .relaxed) }
    set { cell.store(newValue, ordering: .relaxed) }
  }

  /// Those of the node whose processes run here.
  @inline(__always)
  var unmanagedNames: Unmanaged<NameTable> {
    names?.table ?? unmanagedRunning?._withUnsafeGuaranteedRef { $0.node.unmanagedNames } ?? Node.shared.unmanagedNames
  }

  var running: ProcessCell? { unmanagedRunning?.takeUnretainedValue() }

  /// For other threads: whether this process's turn is on here, as far as that can be known.
  func isRunning(_ cell: ProcessCell) -> Bool {
    turns.load(ordering: .relaxed) % 2 == 1 && unmanagedRunning?.toOpaque() == Unmanaged.passUnretained(cell).toOpaque()
  }

  @inline(__always)
  func begin(_ cell: ProcessCell) {
    unmanagedRunning = Unmanaged.passUnretained(cell)
  }

  @inline(__always)
  func end() {
    // The monitor looks at long turns alone, and has said so long before.
    if isStuck { endInspected() } else { unmanagedRunning = nil }
  }

  @inline(never)
  private func endInspected() {
    inspection.withLock { unmanagedRunning = nil }
  }

  /// Runs one turn of a process, on a node that is driven by hand.
  package func run(_ cell: ProcessCell) {
    cell.takeTurn(on: self)
  }

  package func onAbandoned(_ replace: @escaping @Sendable () -> Void) {
    abandoned = replace
  }

  // MARK: The run queue

  /// A process that has been woken by the one that runs here.
  @inline(__always)
  func enqueue(_ cell: ProcessCell) {
    let address = UInt(bitPattern: Unmanaged.passUnretained(cell).toOpaque())
    let warm = next.exchange(address, ordering: .acquiringAndReleasing)
    if warm != 0 { push(warm) }
  }

  /// A process that has more to do, behind those that have been woken before.
  func enqueueAgain(_ cell: ProcessCell) {
    guard pool != nil else { return cell.node.schedule(cell) }
    push(UInt(bitPattern: Unmanaged.passUnretained(cell).toOpaque()))
  }

  /// A process that has used up turn after turn.
  func enqueueLast(_ cell: ProcessCell) {
    guard pool != nil else { return cell.node.schedule(cell) }
    let address = UInt(bitPattern: Unmanaged.passUnretained(cell).toOpaque())
    if !waiting.push(address) { pool?.takeOver(waiting: waiting.takeHalf() + [address]) }
    if waiting.count >= Self.worthWaking { pool?.wakeOne() }
  }

  /// As many that wait are worth another worker; for fewer, its coming would take longer than their turns.
  ///
  /// If a turn turns out to be long, the monitor sends help.
  private static var worthWaking: UInt32 { 2 }

  private func push(_ cell: UInt) {
    if !ready.push(cell) { pool?.takeOver(ready: ready.takeHalf() + [cell]) }
    if ready.count >= Self.worthWaking, !tells || batch.hasLongTurns { pool?.wakeOne() }
  }

  /// The process to run next, from here or from elsewhere; it keeps itself alive.
  func findWork(_ pool: WorkerPool) -> Unmanaged<ProcessCell>? {
    tick &+= 1
    // Nobody waits for ever: each queue has its turn, however full those before it are.
    if tick & 1 == 0, let cell = pool.takeWoken() { return Self.cell(cell) }
    if tick & 15 == 1, let cell = waiting.pop() { return Self.cell(cell) }
    if tick & 63 == 3, let cell = pool.takeReady(for: self) { return Self.cell(cell) }
    if tick & 127 == 5, let cell = pool.takeWaiting(for: self) { return Self.cell(cell) }
    if warmRuns < 16, let warm = takeWarm() {
      warmRuns += 1
      return Self.cell(warm)
    }
    warmRuns = 0
    let cell =
      ready.pop() ?? takeWarm() ?? pool.takeWoken() ?? pool.takeReady(for: self)
      ?? waiting.pop() ?? pool.takeWaiting(for: self) ?? pool.steal(for: self)
    return cell.flatMap(Self.cell)
  }

  @inline(__always)
  private func takeWarm() -> UInt? {
    let warm = next.exchange(0, ordering: .acquiringAndReleasing)
    return warm == 0 ? nil : warm
  }

  /// For another worker: half of what waits here, or, if there is nothing else, the warm one.
  func giveAway(to thief: Worker, includingWarm: Bool) -> UInt? {
    ready.steal(into: thief.ready) ?? waiting.steal(into: thief.waiting) ?? (includingWarm ? takeWarm() : nil)
  }

  /// Everything that waits here goes to the pool.
  func handOver(to pool: WorkerPool) {
    var cells: [UInt] = []
    while let cell = takeWarm() ?? ready.pop() ?? waiting.pop() { cells.append(cell) }
    if !cells.isEmpty { pool.takeOver(woken: cells) }
  }

  /// Whether there is something that another worker may take at any time.
  var hasSpareWork: Bool { !ready.isEmpty || !waiting.isEmpty }

  var hasWork: Bool { hasSpareWork || next.load(ordering: .relaxed) != 0 }

  /// How many wait here, for who only wants to know.
  var queueLength: Int { Int(ready.count) + Int(waiting.count) + (next.load(ordering: .relaxed) == 0 ? 0 : 1) }

  private static func cell(_ address: UInt) -> Unmanaged<ProcessCell>? {
    UnsafeRawPointer(bitPattern: address).map { Unmanaged<ProcessCell>.fromOpaque($0) }
  }
}

extension ProcessCell {
  /// The process whose code asks; nil outside of processes.
  @inline(never)
  package static var current: ProcessCell? { Worker.withCurrent { $0.unmanagedRunning?.takeUnretainedValue() } }

  /// Whether the code that asks runs as a process that is dead: then what it sends goes nowhere (architecture 3.5).
  // Not inlined: see ``Worker/current``.
  @inline(never)
  package static func isFenced() -> Bool {
    Worker.withCurrent { $0.unmanagedRunning?._withUnsafeGuaranteedRef { $0.isDead } } ?? false
  }

  /// The process that runs the code that asks, if it is dead.
  static var fenced: ProcessID? { isFenced() ? current?.id : nil }
}
