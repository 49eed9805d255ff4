import FaultBarrier
import Synchronization

/// What one thread needs to run processes: the process whose turn it is, and, on the program's own node, a run queue.
@_spi(Runtime)
public final class Worker: @unchecked Sendable {
  let pool: WorkerPool?
  let unmanagedPool: UnsafeMutableRawPointer?
  let index: Int
  /// The processes that wait for this worker, and the one that was woken last: it goes first, its data are warm.
  let ready = RunRing()
  private let next = Atomic<UInt>(0)
  /// How often in a row the warm one went first.
  private var warmRuns = 0
  private var tick = 0
  /// Counts turns: even while none runs.
  ///
  /// The monitor thread compares it between two looks.
  let turns = Atomic<UInt64>(0)
  let stuckFlag = Atomic<Bool>(false)
  /// Whether it only runs in the place of another one, whose turn does not end.
  let isSpare: Bool
  /// Whether a spare one is to run at present.
  let isWanted = Atomic<Bool>(false)
  @exclusivity(unchecked) private(set) var unmanagedRunning: Unmanaged<ProcessCell>?

  /// What goes on in this worker's place after a trap, where no pool does.
  private(set) var abandoned: (@Sendable () -> Void)?

  init(pool: WorkerPool?, index: Int, isSpare: Bool = false) {
    self.isSpare = isSpare
    self.pool = pool
    unmanagedPool = pool.map { Unmanaged.passUnretained($0).toOpaque() }
    self.index = index
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
    FaultBarrier.threadContext = Unmanaged.passUnretained(self).toOpaque()
  }

  package static func detach() {
    FaultBarrier.threadContext = nil
    FaultBarrier.releaseThread()
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
    unmanagedRunning = nil
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

  /// A process that has used up its turn.
  func enqueueLast(_ cell: ProcessCell) {
    guard pool != nil else { return cell.node.schedule(cell) }
    push(UInt(bitPattern: Unmanaged.passUnretained(cell).toOpaque()))
  }

  private func push(_ cell: UInt) {
    if !ready.push(cell) { pool?.inject(ready.takeHalf() + [cell]) }
    pool?.wakeOne()
  }

  /// The process to run next, from here or from elsewhere.
  func findWork(_ pool: WorkerPool) -> ProcessCell? {
    tick &+= 1
    if tick & 63 == 0, let cell = pool.takeInjected(for: self) { return cell }
    if warmRuns < 16 {
      let warm = next.exchange(0, ordering: .acquiringAndReleasing)
      if warm != 0 {
        warmRuns += 1
        return Self.cell(warm)
      }
    }
    warmRuns = 0
    if let cell = ready.pop() { return Self.cell(cell) }
    let warm = next.exchange(0, ordering: .acquiringAndReleasing)
    if warm != 0 { return Self.cell(warm) }
    if let cell = pool.takeInjected(for: self) { return cell }
    return pool.steal(for: self)
  }

  /// For another worker: half of what waits here, or, if there is nothing else, the warm one.
  func giveAway(to thief: Worker, includingWarm: Bool) -> ProcessCell? {
    if let cell = ready.steal(into: thief.ready) { return Self.cell(cell) }
    guard includingWarm else { return nil }
    let warm = next.exchange(0, ordering: .acquiringAndReleasing)
    return warm == 0 ? nil : Self.cell(warm)
  }

  /// Everything that waits here goes to the pool.
  func handOver(to pool: WorkerPool) {
    var waiting: [UInt] = []
    let warm = next.exchange(0, ordering: .acquiringAndReleasing)
    if warm != 0 { waiting.append(warm) }
    while let cell = ready.pop() { waiting.append(cell) }
    if !waiting.isEmpty { pool.inject(waiting) }
  }

  var hasWork: Bool { !ready.isEmpty || next.load(ordering: .relaxed) != 0 }

  private static func cell(_ address: UInt) -> ProcessCell? {
    UnsafeRawPointer(bitPattern: address).map { Unmanaged<ProcessCell>.fromOpaque($0).takeUnretainedValue() }
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
