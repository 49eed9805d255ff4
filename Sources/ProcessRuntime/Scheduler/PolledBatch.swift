/// The processes that one look at the sockets has woken, and whether their turns are worth another worker.
///
/// To wake one takes longer than a few short turns do, and takes a core from the node that is to answer if that is on the same
/// machine. So the worker that has looked begins alone: another one comes when the turns last, or when they did the last time.
struct PolledBatch {
  private(set) var isOn = false
  /// Whether the turns of the last one were long: then others are woken at once.
  private(set) var hasLongTurns = false
  private var began: Int64 = 0
  private var turns: Int64 = 0

  /// In nanoseconds: for so long a worker is alone with what it has woken.
  private static let time: Int64 = 200_000
  /// In nanoseconds: turns from which on they are long.
  private static let longTurn: Int64 = 10_000

  mutating func begin(at now: Int64) {
    isOn = true
    turns = 0
    began = now
  }

  /// Nothing is left of it, or others have taken it.
  mutating func end() { isOn = false }

  /// After a turn: true once, when there has been enough time for it and something is left.
  mutating func isLate(_ hasMore: Bool, at now: Int64) -> Bool {
    turns += 1
    let time = now - began
    let isLate = time > Self.time
    guard isLate || !hasMore else { return false }
    isOn = false
    hasLongTurns = time > turns * Self.longTurn
    return isLate && hasMore
  }
}

extension Worker {
  /// After a turn, while a batch is on.
  @inline(never)
  func lookAtBatch(_ pool: WorkerPool) {
    if batch.isLate(hasSpareWork, at: MonotonicClock().now()) { pool.wakeOne() }
  }
}
