import FaultBarrier
import Synchronization

/// The workers of a node: one thread a core, that run processes, steal from each other, and sleep when there is nothing.
///
/// Behind them stand spare workers: for each turn that does not end, one of them runs in its place (`WorkerPool+Spares`).
final class WorkerPool: Sendable {
  struct Shared: Sendable {
    /// Processes that were woken by threads that are no workers: timers, the program outside.
    var woken = CellQueue()
    /// Processes that found no room in a worker's own queues, of either kind.
    var ready = CellQueue()
    var waiting = CellQueue()
    var sleeping: [Int] = []
    var isStarted = false
    /// Spare workers that have a thread, and rest.
    var resting: [Int] = []
    var poller: Poller?
  }

  let shared = Mutex(Shared())
  private let wokenCount = Atomic<Int>(0)
  private let readyCount = Atomic<Int>(0)
  private let waitingCount = Atomic<Int>(0)
  let sleepingCount = Atomic<Int>(0)
  /// Workers that look for work at the moment: one is enough, it wakes the next when it finds some.
  let searching = Atomic<Int>(0)
  /// Where workers sleep that look at descriptors, and the one that does (`WorkerPool+Polling`).
  let unmanagedPoller = Atomic<Unmanaged<Poller>?>(nil)
  let looker = Atomic<Int>(nobody)
  private let workers: WorkerList
  let parkers: [Parker]
  /// Those of its node.
  let names: NameTable
  /// How many workers there are besides the spare ones.
  let size: Int
  /// How many workers have, or have had, a thread: the first of the list.
  let startedCount: Atomic<Int>
  private let started = Atomic<Bool>(false)

  private static var looksBeforeSleep: Int { 60 }
  /// The same for the one that looks at sockets: an answer from another node of the same machine takes some forty microseconds.
  private static var looksAtSocketsBeforeSleep: Int { 150 }

  static var defaultSize: Int {
    if let text = Environment.value("SUPERVISION_WORKERS"), let size = Int(text), size > 0 { return min(size, 1_024) }
    return Processors.available
  }

  init(size: Int) {
    let capacity = size + Self.mostSpares
    self.size = size
    names = NameTable(readers: NameReaders(capacity: capacity))
    startedCount = Atomic(size)
    workers = WorkerList()
    parkers = (0..<capacity).map { _ in Parker() }
    workers.fill((0..<capacity).map { Worker(pool: self, index: $0, isSpare: $0 >= size) })
  }

  /// The workers that have a thread.
  var all: ArraySlice<Worker> { workers.all.prefix(startedCount.load(ordering: .acquiring)) }

  func worker(at index: Int) -> Worker? { workers.all.indices.contains(index) ? workers.all[index] : nil }

  // MARK: Work from outside

  /// Takes a process from a thread that is no worker of this pool.
  ///
  /// It goes before those that have used up their turn, and ends the turn of such a one: whoever is woken from outside has
  /// waited for something.
  func inject(_ cell: ProcessCell) {
    start()
    takeOver(woken: [UInt(bitPattern: Unmanaged.passUnretained(cell).toOpaque())])
    wakeOne()
  }

  /// The same for several at once.
  func inject(_ cells: [ProcessCell]) {
    start()
    takeOver(woken: cells.map { UInt(bitPattern: Unmanaged.passUnretained($0).toOpaque()) })
    wakeOne()
  }

  func takeOver(woken cells: [UInt]) {
    shared.withLock { $0.woken.append(contentsOf: cells) }
    wokenCount.add(cells.count, ordering: .sequentiallyConsistent)
  }

  /// What does not fit into a worker's own queue.
  func takeOver(ready cells: [UInt]) {
    shared.withLock { $0.ready.append(contentsOf: cells) }
    readyCount.add(cells.count, ordering: .sequentiallyConsistent)
  }

  func takeOver(waiting cells: [UInt]) {
    shared.withLock { $0.waiting.append(contentsOf: cells) }
    waitingCount.add(cells.count, ordering: .sequentiallyConsistent)
  }

  @inline(__always)
  var hasWoken: Bool { wokenCount.load(ordering: .relaxed) > 0 }

  /// Whether anybody waits who is in no worker's own queue.
  var hasQueued: Bool {
    hasWoken || readyCount.load(ordering: .relaxed) > 0 || waitingCount.load(ordering: .relaxed) > 0
  }

  /// A process that was woken from outside.
  func takeWoken() -> UInt? {
    guard hasWoken, let cell = shared.withLock({ $0.woken.popFirst() }) else { return nil }
    wokenCount.subtract(1, ordering: .relaxed)
    return cell
  }

  /// Some of the processes that found no room: one to run at once, a fair share of the others into the worker's own queue.
  func takeReady(for worker: Worker) -> UInt? {
    guard readyCount.load(ordering: .relaxed) > 0 else { return nil }
    let taken = shared.withLock { $0.ready.popShare(of: size) }
    readyCount.subtract(taken.count, ordering: .relaxed)
    let leftOver = taken.dropFirst().filter { !worker.ready.push($0) }
    if !leftOver.isEmpty { takeOver(ready: leftOver) }
    return taken.first
  }

  func takeWaiting(for worker: Worker) -> UInt? {
    guard waitingCount.load(ordering: .relaxed) > 0 else { return nil }
    let taken = shared.withLock { $0.waiting.popShare(of: size) }
    waitingCount.subtract(taken.count, ordering: .relaxed)
    let leftOver = taken.dropFirst().filter { !worker.waiting.push($0) }
    if !leftOver.isEmpty { takeOver(waiting: leftOver) }
    return taken.first
  }

  func steal(for thief: Worker) -> UInt? {
    let all = all
    for includingWarm in [false, true] {
      for offset in 1..<max(1, all.count) {
        let victim = all[(thief.index + offset) % all.count]
        // The warm process of a worker that is just about to run it stays there.
        if includingWarm, !victim.isStuck { continue }
        if let cell = victim.giveAway(to: thief, includingWarm: includingWarm) { return cell }
      }
    }
    return nil
  }

  // MARK: Sleeping and waking

  /// Wakes one sleeping worker, unless one is looking for work already.
  func wakeOne() {
    guard sleepingCount.load(ordering: .sequentiallyConsistent) > 0,
      searching.load(ordering: .sequentiallyConsistent) == 0
    else { return }
    guard searching.compareExchange(expected: 0, desired: 1, ordering: .sequentiallyConsistent).exchanged else {
      return
    }
    guard let index = shared.withLock({ $0.sleeping.popLast() }) else {
      searching.subtract(1, ordering: .sequentiallyConsistent)
      return
    }
    sleepingCount.subtract(1, ordering: .sequentiallyConsistent)
    wake(index)
  }

  /// Wakes all that sleep, to look for work.
  func wakeAll() {
    let indices = shared.withLock { shared in
      defer { shared.sleeping = [] }
      return shared.sleeping
    }
    sleepingCount.subtract(indices.count, ordering: .sequentiallyConsistent)
    searching.add(indices.count, ordering: .sequentiallyConsistent)
    for index in indices { wake(index) }
  }

  /// How many processes wait for a worker, for who only wants to know.
  var queueLength: Int {
    wokenCount.load(ordering: .relaxed) + readyCount.load(ordering: .relaxed) + waitingCount.load(ordering: .relaxed)
      + all.reduce(0) { $0 + $1.queueLength }
  }

  var anyWork: Bool {
    wokenCount.load(ordering: .sequentiallyConsistent) > 0 || readyCount.load(ordering: .sequentiallyConsistent) > 0
      || waitingCount.load(ordering: .sequentiallyConsistent) > 0
      || all.contains { $0.hasSpareWork || ($0.isStuck && $0.hasWork) }
  }

  /// What a worker's thread does, for ever.
  ///
  /// `isSearching` says whether it has been counted among those that look for work, `hasHeardOfFault` whether it has told of
  /// a fault and the fault monitor is to see to the rest.
  func run(_ worker: Worker, isSearching: Bool = false, hasHeardOfFault: Bool = false) {
    worker.attach()
    names.readers?.join(worker.index)
    var isSearching = isSearching
    var hasHeardOfFault = hasHeardOfFault
    while true {
      if FaultBarrier.hasFault, FaultMonitor.shared.hear() { hasHeardOfFault = true }
      if worker.isSpare {
        if worker.hasPutOff { worker.carryOutPutOff() }
        if rest(worker, isSearching) { isSearching = true }
      }
      if let cell = worker.findWork(self) {
        if isSearching {
          isSearching = false
          endSearch()
        }
        worker.beginTurn()
        cell._withUnsafeGuaranteedRef { $0.takeTurn(on: worker) }
        worker.endTurn()
        if worker.batch.isOn { worker.lookAtBatch(self) }
        if hasHeardOfFault { leaveFaultToMonitor(&hasHeardOfFault) }
        if worker.isDemoted.load(ordering: .relaxed), !worker.comeBack() {
          if worker.hasPutOff { worker.carryOutPutOff() }
          stopsLooking(worker)
          // Only a thread that another one starts has the old priority.
          Worker.detach()
          worker.needsThread.store(true, ordering: .releasing)
          return
        }
        // Not by a thread that stands back: others would wait for it.
        if worker.hasPutOff { worker.carryOutIfDue(self) }
        lookIfDue(worker)
        continue
      }
      if worker.hasPutOff {
        worker.carryOutPutOff()
        continue
      }
      if hasHeardOfFault { leaveFaultToMonitor(&hasHeardOfFault) }
      if isSearching || searching.compareExchange(expected: 0, desired: 1, ordering: .sequentiallyConsistent).exchanged
      {
        isSearching = true
        if watch(worker, &isSearching) { continue }
      }
      isSearching = sleep(worker, isSearching)
    }
  }

  /// After the news of a fault, which may have been the turn before: what is left to do is for the monitor.
  @inline(never)
  private func leaveFaultToMonitor(_ hasHeardOfFault: inout Bool) {
    hasHeardOfFault = false
    FaultBarrier.wakeUp()
  }

  /// Watches for work for a while: to sleep and to be woken costs more than most turns.
  ///
  /// One worker at a time does, and as long as it does nobody is woken.
  private func watch(_ worker: Worker, _ isSearching: inout Bool) -> Bool {
    let looks = beginsToLook(worker)
    for count in 0..<(looks ? Self.looksAtSocketsBeforeSleep : Self.looksBeforeSleep) {
      // It has other things to do then: others are woken meanwhile.
      if looks, count % 4 == 0,
        look(
          worker,
          {
            isSearching = false; endSearch()
          })
      {
        return true
      }
      for _ in 0..<16 { FaultBarrier.pause() }
      if looks, count % 4 == 3, !giveWay(&isSearching) { return anyWork }
      if anyWork || FaultBarrier.hasFault { return true }
    }
    return false
  }

  /// Whoever is to answer may want this core.
  ///
  /// It may be long before it is given back: until then this worker is not one that looks for work. False if another one is.
  private func giveWay(_ isSearching: inout Bool) -> Bool {
    isSearching = false
    endSearch()
    SpinLock.giveWay()
    isSearching = searching.compareExchange(expected: 0, desired: 1, ordering: .sequentiallyConsistent).exchanged
    return isSearching
  }

  /// The last one that looks for work has found some: there may be more, for another one.
  func endSearch() {
    if searching.subtract(1, ordering: .sequentiallyConsistent).newValue == 0, anyWork { wakeOne() }
  }

  /// True if it was woken to look for work.
  ///
  /// Who wakes it has counted it among those that do.
  private func sleep(_ worker: Worker, _ isSearching: Bool) -> Bool {
    worker.batch.end()
    let looks = shared.withLock { shared in
      shared.sleeping.append(worker.index)
      let looks = beginsToLook(worker)
      worker.isAtPoller.store(looks, ordering: .relaxed)
      return looks
    }
    sleepingCount.add(1, ordering: .sequentiallyConsistent)
    if isSearching { searching.subtract(1, ordering: .sequentiallyConsistent) }
    // Something may have come between the last look and the entry in the list.
    if anyWork, takeOffList(worker) { return false }
    if looks, worker.isAtPoller.load(ordering: .relaxed) { return sleepAtPoller(worker) }
    parkers[worker.index].park()
    return true
  }

  /// False if another one has done so, and wakes it.
  func takeOffList(_ worker: Worker) -> Bool {
    let wasListed = shared.withLock { shared in
      worker.isAtPoller.store(false, ordering: .relaxed)
      guard let position = shared.sleeping.firstIndex(of: worker.index) else { return false }
      shared.sleeping.remove(at: position)
      return true
    }
    if wasListed { sleepingCount.subtract(1, ordering: .sequentiallyConsistent) }
    return wasListed
  }

  // MARK: Threads

  func start() {
    guard !started.load(ordering: .acquiring) else { return }
    let isFirst = shared.withLock { shared in
      defer { shared.isStarted = true }
      return !shared.isStarted
    }
    guard isFirst else { return }
    FaultMonitor.start()
    for worker in all { startThread(for: worker) }
    started.store(true, ordering: .releasing)
    TurnMonitor.start(self)
    // Not here: a log handler may take its time, and this is somebody's first message.
    let problems = SettingReport.problems
    if !problems.isEmpty {
      Thread.start(named: "settings") { for problem in problems { Node.shared.reports(problem) } }
    }
  }

  /// A new thread for a worker: its first, or the one after a trap.
  func startThread(for worker: Worker, isSearching: Bool = false) {
    let isStarted = Thread.start(named: "process-\(worker.index)") { self.run(worker, isSearching: isSearching) }
    // Without its workers a program would stand still, and nobody would start it again.
    if !isStarted { Thread.giveUp("supervision: the system has no thread for a worker; see FaultBudget\n") }
  }
}

/// Filled once, before any thread runs.
private final class WorkerList: @unchecked Sendable {
  private(set) var all: [Worker] = []
  func fill(_ workers: [Worker]) { all = workers }
}
