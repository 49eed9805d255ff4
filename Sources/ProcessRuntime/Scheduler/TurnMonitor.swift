import Synchronization

/// Looks at the workers a thousand times a second while something runs, and finds turns that do not end: what waits behind
/// such a turn goes to others, and a spare worker runs in its place.
struct TurnMonitor {
  /// How often the same turn is seen before a spare worker comes: the system may have taken the core away for a moment.
  private static let looksBeforeSpare = 3
  /// How often the same turn is seen before its thread has to stand back behind all others.
  private static let looksBeforeDemotion = 20
  /// How many looks later one too many goes: who blocks once blocks again.
  private static let looksBeforeRest = 100

  private let pool: WorkerPool
  private var seen: [UInt64] = []
  /// How many looks ago each worker has begun the turn that it is in.
  private var looks: [Int] = []
  /// The policy of the process whose turn that is, if it has been seen twice.
  private var policies: [HangPolicy] = []
  private var looksWithTooMany = 0
  private var seenLookAtPoller: UInt64 = 0

  static func start(_ pool: WorkerPool) {
    Thread.start(named: "turn-monitor") {
      var monitor = TurnMonitor(pool: pool)
      var idleLooks = 0
      while true {
        Thread.sleep(nanoseconds: idleLooks > 100 ? 10_000_000 : 1_000_000)
        idleLooks = monitor.look() ? 0 : idleLooks + 1
      }
    }
  }

  private init(pool: WorkerPool) {
    self.pool = pool
  }

  /// True if a turn is on anywhere.
  private mutating func look() -> Bool {
    var anyRuns = false
    for (index, worker) in pool.all.enumerated() {
      if worker.needsThread.exchange(false, ordering: .acquiring) { pool.startThread(for: worker) }
      let turns = worker.turns.load(ordering: .relaxed)
      let runs = turns % 2 == 1
      if index == seen.count {
        seen.append(turns)
        looks.append(0)
        policies.append(.off)
      } else {
        looks[index] = runs && turns == seen[index] ? looks[index] + 1 : 0
        seen[index] = turns
      }
      worker.isStuck = looks[index] > 0
      if looks[index] == Self.looksBeforeDemotion { worker.demote() }
      if looks[index] > 0 {
        pool.stopsLooking(worker, rests: true)
        if worker.hasPutOff { worker.takePutOff() }
        lookAtHang(of: worker, index, turns)
      }
      anyRuns = anyRuns || runs
    }
    balance()
    if anyRuns { pool.lookForOthers(&seenLookAtPoller) }
    pool.names.freeRetired()
    if anyRuns, pool.anyWork { pool.wakeOne() }
    return anyRuns
  }

  private mutating func lookAtHang(of worker: Worker, _ index: Int, _ turn: UInt64) {
    if looks[index] == 1 { policies[index] = worker.process(inTurn: turn)?.hangPolicy ?? .off }
    let policy = policies[index]
    if looks[index] == policy.after, policy.action != nil { worker.process(inTurn: turn)?.hangs(policy) }
  }

  /// One spare worker more or less, towards one for each turn that does not end.
  private mutating func balance() {
    let endless = looks.count { $0 >= Self.looksBeforeSpare }
    let wanted = pool.wantedSpares
    looksWithTooMany = wanted > endless ? looksWithTooMany + 1 : 0
    if wanted < endless {
      pool.addSpare()
    } else if looksWithTooMany > Self.looksBeforeRest {
      pool.removeSpare()
      looksWithTooMany = 0
    }
  }
}

extension Worker {
  /// The same turn has been running for two looks of the monitor.
  @inline(__always)
  var isStuck: Bool {
    get { stuckFlag.load(ordering: .relaxed) }
    set { stuckFlag.store(newValue, ordering: .relaxed) }
  }
}
