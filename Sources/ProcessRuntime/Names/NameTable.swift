import Synchronization

/// The registered names of a node (rules NAM): a name has one process, a process one name.
final class NameTable: @unchecked Sendable {
  enum Failure: Error { case taken(ProcessID), alreadyNamed(String), dead }

  /// Names are looked up at every message to one, so the lock is a small one, and there are many; each has a cache line of
  /// its own.
  private struct Lock: ~Copyable {
    let lock = SpinLock()
    private let padding: (UInt, UInt, UInt, UInt, UInt, UInt, UInt) = (0, 0, 0, 0, 0, 0, 0)
  }

  private static let shardBits = 6
  private let locks: UnsafeMutablePointer<Lock>
  /// Behind the lock of the same number.
  private let indices: UnsafeMutablePointer<NameIndex>
  /// Who waits for a change of some name.
  private let waiters = Mutex<[String: [UInt64: @Sendable () -> Void]]>([:])
  private let waiterCount = Atomic<Int>(0)

  init() {
    let count = 1 << Self.shardBits
    locks = .allocate(capacity: count)
    indices = .allocate(capacity: count)
    for shard in 0..<count {
      (locks + shard).initialize(to: Lock())
      (indices + shard).initialize(to: NameIndex())
    }
  }

  deinit {
    locks.deinitialize(count: 1 << Self.shardBits)
    locks.deallocate()
    indices.deinitialize(count: 1 << Self.shardBits)
    indices.deallocate()
  }

  @inline(__always)
  private func withShard<Result>(_ hash: UInt, _ body: (inout NameIndex) -> Result) -> Result {
    let shard = Int(truncatingIfNeeded: hash >> (UInt(UInt.bitWidth) - UInt(Self.shardBits)))
    locks[shard].lock.lock()
    defer { locks[shard].lock.unlock() }
    return body(&indices[shard])
  }

  func whereis(_ name: String) -> ProcessCell? {
    let hash = NameIndex.hash(name)
    guard let cell = withShard(hash, { $0.find(name, hash) }), !cell.isDead else { return nil }
    return cell
  }

  /// Whether nobody has the name, and whoever had it last has told its links and monitors of its end.
  func isReleased(_ name: String) -> Bool {
    let hash = NameIndex.hash(name)
    return withShard(hash) { $0.find(name, hash) == nil }
  }

  func register(_ name: String, _ cell: ProcessCell) throws(Failure) {
    let hash = NameIndex.hash(name)
    // Let go of outside of the lock: with the last reference goes the process.
    var previous: ProcessCell?
    let failure: Failure? = withShard(hash) { names in
      previous = names.find(name, hash)
      if let previous, !previous.isDead { return .taken(previous.id) }
      // The name's lock, then the process's, always in this order.
      let failure: Failure? = cell.lock.withLock {
        if cell.reason != nil { return .dead }
        if let other = cell.extras?.registeredName { return .alreadyNamed(other) }
        cell.sureExtras.registeredName = name
        return nil
      }
      if failure == nil { names.set(cell, name, hash) }
      return failure
    }
    if let failure { throw failure }
    changed(name)
  }

  /// False if nobody has the name.
  func unregister(_ name: String) -> Bool {
    let hash = NameIndex.hash(name)
    var removed: ProcessCell?
    withShard(hash) { names in
      guard let cell = names.find(name, hash) else { return }
      removed = cell
      names.remove(name, hash)
      cell.lock.withLock { if cell.extras?.registeredName == name { cell.extras?.registeredName = nil } }
    }
    changed(name)
    return removed.map { !$0.isDead } ?? false
  }

  /// The name of a process that has just ended.
  ///
  /// Somebody else may have it already.
  func release(_ name: String, from cell: ProcessCell) {
    let hash = NameIndex.hash(name)
    withShard(hash) { names in
      if names.find(name, hash) === cell { names.remove(name, hash) }
    }
    changed(name)
  }

  // MARK: Waiting for a change

  func watch(_ name: String, _ key: UInt64, _ tell: @escaping @Sendable () -> Void) {
    waiterCount.add(1, ordering: .sequentiallyConsistent)
    waiters.withLock { $0[name, default: [:]][key] = tell }
  }

  func unwatch(_ name: String, _ key: UInt64) {
    let removed = waiters.withLock { waiters in
      let removed = waiters[name]?.removeValue(forKey: key) != nil
      if waiters[name]?.isEmpty == true { waiters[name] = nil }
      return removed
    }
    if removed { waiterCount.subtract(1, ordering: .relaxed) }
  }

  /// Somebody has, or has lost, a name that a ``NameRegistry`` keeps.
  func viaChanged() { changed(Self.via) }

  /// What those watch who wait for a change of such a name.
  static let via = "\u{0}via"

  private func changed(_ name: String) {
    guard waiterCount.load(ordering: .sequentiallyConsistent) > 0 else { return }
    let tell = waiters.withLock { $0[name].map { Array($0.values) } ?? [] }
    for tell in tell { tell() }
  }
}
