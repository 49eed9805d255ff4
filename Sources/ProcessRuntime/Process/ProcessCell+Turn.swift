import FaultBarrier
import Synchronization

extension ProcessCell {
  /// Whether its tasks take over the task-local values of who drives the node: on a test's node, those of the test.
  @inline(__always)
  package final var inheritsTaskLocals: Bool { !node.hasWorkers }
}

/// A turn: what one worker does for one process before it goes to the next.
extension ProcessCell {
  /// Messages and jobs in a turn.
  ///
  /// Long enough to make switching cheap, short enough for the others to have their turn.
  private static var turnLength: Int { 200 }
  /// As many messages in a turn are a stream.
  private static var streamLength: Int { 32 }
  /// Who has not rested after so many turns is one of those that compute.
  private static var lightTurns: UInt8 { 4 }
  /// As often a process that is alone here goes on at once; then its worker looks elsewhere too.
  private static var mostRounds: Int { 16 }

  final func takeTurn(on worker: Worker) {
    var budget = Self.turnLength
    var rounds = 0
    worker.begin(self)
    if let pendingFault { endAfterFault(pendingFault) }
    resumeYielding()
    while true {
      collectMail()
      runJobs(&budget, on: worker)
      if isDead {
        if reap(on: worker) { return }
      } else {
        wakeForMail()
        serve(&budget, on: worker)
        if isDead { continue }
        if budget > 0, budget <= Self.turnLength - Self.streamLength { linger(on: worker) }
      }
      worker.end()
      if budget <= 0 || isYielding {
        // Nobody waits for this worker: to go through its queue would only wake another one for nothing.
        guard rounds < Self.mostRounds, worker.isFree else { return goOnLater(worker) }
        rounds += 1
        budget = Self.turnLength
        worker.endTurn()
        worker.beginTurn()
        worker.begin(self)
        resumeYielding()
        continue
      }
      turnsInARow = 0
      if mailboxIsHigh { noteMailbox() }
      // Who asks for mail takes the note that something besides mail has come; so look for that too.
      if !mayHaveJobs, inbox.rest() { return }
      worker.begin(self)
    }
  }

  /// After a stream of messages: waits a moment for the next, before the process rests.
  ///
  /// Whoever sends them runs elsewhere, and a process that rests is woken where its sender runs, and waits for that one's turn
  /// to end.
  private final func linger(on worker: Worker) {
    guard worker.pool != nil, !mayHaveJobs else { return }
    for _ in 0..<16 where !inbox.hasNews {
      for _ in 0..<16 { FaultBarrier.pause() }
    }
  }

  /// Puts the process into a run queue again: among those that were woken, or, if it has not rested for some turns, behind
  /// them.
  private final func goOnLater(_ worker: Worker) {
    turnsInARow = worker.hasHadItsTime ? Self.lightTurns : turnsInARow &+ 1
    if turnsInARow < Self.lightTurns { return worker.enqueueAgain(self) }
    turnsInARow = Self.lightTurns
    worker.enqueueLast(self)
  }

  /// Takes what has come in into the process's own queue, in order.
  @inline(__always)
  final func collectMail() {
    guard inbox.hasNews else { return }
    if mailboxIsHigh { noteMailbox() }
    // Under the lock, so that who ends the process sees every message either here or there.
    lock.lock()
    queue.append(newestFirst: inbox.take())
    if isBounded.load(ordering: .relaxed) { extras?.gate?.collect(into: &queue) }
    lock.unlock()
    if hasUnanswered.load(ordering: .relaxed) { tellUnanswered() }
    if queue.count > mailboxPolicy.limit { followMailboxPolicy() }
  }

  @inline(__always)
  private final func runJobs(_ budget: inout Int, on worker: Worker) {
    if isAbandoned { return }
    while mayHaveJobs, budget > 0, let job = nextJob() {
      budget -= 1
      reductions &+= 1
      FaultBarrier.arm(faultPolicy.kinds)
      job.runSynchronously(on: asUnownedTaskExecutor())
      FaultBarrier.disarm()
      // Jobs may be long: two hundred of them are no turn.
      if worker.turnIsOver(), mayHaveJobs || hasMail { budget = 0 }
    }
  }

  private final func nextJob() -> UnownedJob? {
    lock.lock()
    defer { lock.unlock() }
    guard let next = job else { return nil }
    job = moreJobs.isEmpty ? nil : moreJobs.removeFirst()
    if job == nil { hasJobs.store(false, ordering: .relaxed) }
    return next
  }

  /// Without the lock: who adds a job pokes the inbox afterwards, so a look that comes too early is not the last one.
  @inline(__always)
  private final var mayHaveJobs: Bool { hasJobs.load(ordering: .relaxed) }

  /// What is left to do for a dead process.
  ///
  /// True when nothing is, and the cell must not be touched again.
  private final func reap(on worker: Worker) -> Bool {
    FaultBarrier.arm(faultPolicy.kinds)
    drain()
    if task == nil, !isReclaimed, !isAbandoned {
      isReclaimed = true
      reclaim()
    }
    FaultBarrier.disarm()
    guard task == nil || isAbandoned else { return false }
    worker.end()
    if inbox.close() {
      // A task that was abandoned with its thread still names this cell as its executor.
      if task == nil { Unmanaged.passUnretained(self).release() }
      return true
    }
    worker.begin(self)
    return false
  }

  /// Destroys what nobody will handle: the reply tokens in it tell their callers.
  private final func drain() {
    while true {
      collectMail()
      lock.lock()
      // Senders that waited for a place were let in by the end, and that was not announced.
      if isBounded.load(ordering: .relaxed) { extras?.gate?.collect(into: &queue) }
      var rest = queue.takeAll()
      let last = task == nil ? current : nil
      if last != nil { current = nil }
      lock.unlock()
      if let last { destroy(last) }
      if rest.isEmpty { return }
      if node.deadLetters.isListenedTo { tellOfDeadLetters(rest) }
      while let envelope = rest.popFirst() { destroy(envelope) }
    }
  }
}
