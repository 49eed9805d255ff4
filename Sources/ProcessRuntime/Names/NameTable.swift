import Synchronization

/// The registered names of a node (rules NAM): a name has one process, a process one name.
final class NameTable: @unchecked Sendable {
  enum Failure { case taken(ProcessID), alreadyNamed(String), dead }

  /// For changes, and for looks of who is no worker of the node; there are many, each with a cache line of its own.
  private struct Lock: ~Copyable {
    let lock = SpinLock()
    private let padding: (UInt, UInt, UInt, UInt, UInt, UInt, UInt) = (0, 0, 0, 0, 0, 0, 0)
  }

  private static let shardBits = 6
  private let locks: UnsafeMutablePointer<Lock>
  /// Changed behind the lock of the same number.
  private let indices: UnsafeMutablePointer<NameIndex>
  /// Those who look without a lock; nil on a node that is driven by hand.
  let readers: NameReaders?
  /// What may be freed when the looks are over that were on when it was taken out.
  private let retired = Mutex(RetiredNames())
  private let retiredCount = Atomic<Int>(0)
  /// Who waits for a change of some name.
  private let waiters = Mutex<[String: [UInt64: @Sendable () -> Void]]>([:])
  private let waiterCount = Atomic<Int>(0)

  init(readers: NameReaders? = nil) {
    self.readers = readers
    let count = 1 << Self.shardBits
    locks = .allocate(capacity: count)
    indices = .allocate(capacity: count)
    for shard in 0..<count {
      (locks + shard).initialize(to: Lock())
      (indices + shard).initialize(to: NameIndex())
    }
  }

  deinit {
    for item in retired.withLock({ $0.takeAll() }) { indices[item.shard].free(item.retired) }
    locks.deinitialize(count: 1 << Self.shardBits)
    locks.deallocate()
    indices.deinitialize(count: 1 << Self.shardBits)
    indices.deallocate()
  }

  @inline(__always)
  private static func shard(_ hash: UInt) -> Int {
    Int(truncatingIfNeeded: hash >> (UInt(UInt.bitWidth) - UInt(shardBits)))
  }

  /// Runs `body` under the lock of the name's shard, and frees without it what `body` has taken out, now or later.
  @inline(__always)
  private func withShard<Result>(
    _ hash: UInt, _ body: (borrowing NameIndex, inout NameIndex.Retired?) -> Result
  ) -> Result {
    let shard = Self.shard(hash)
    var retired: NameIndex.Retired?
    locks[shard].lock.lock()
    let result = body(indices[shard], &retired)
    locks[shard].lock.unlock()
    if let retired { free(retired, shard) }
    return result
  }

  private func free(_ retired: NameIndex.Retired, _ shard: Int) {
    if let looks = readers?.looksThatAreOn() {
      retiredCount.add(1, ordering: .relaxed)
      self.retired.withLock { $0.append(RetiredNames.Item(shard: shard, retired: retired), until: looks) }
    } else {
      indices[shard].free(retired)
    }
    if retiredCount.load(ordering: .relaxed) > 0 { freeRetired() }
  }

  /// Frees what was taken out earlier and nobody can stand on any more.
  func freeRetired() {
    guard let readers, retiredCount.load(ordering: .relaxed) > 0 else { return }
    let free = retired.withLock { $0.takeFree(readers) }
    retiredCount.subtract(free.count, ordering: .relaxed)
    for item in free { indices[item.shard].free(item.retired) }
  }

  func whereis(_ name: String) -> ProcessCell? { retained(name)?.takeRetainedValue() }

  /// The same, and the caller lets go of it by himself.
  func retained(_ name: String) -> Unmanaged<ProcessCell>? {
    let hash = NameIndex.hash(name)
    let shard = Self.shard(hash)
    locks[shard].lock.lock()
    let found = find(name, hash)
    locks[shard].lock.unlock()
    return found
  }

  /// The same without a lock, for a worker whose place among the ``readers`` that is.
  @inline(__always)
  func retained(_ name: String, at place: UnsafeMutablePointer<NameReaders.Place>) -> Unmanaged<ProcessCell>? {
    let hash = NameIndex.hash(name)
    place.pointee.begin()
    let found = find(name, hash)
    place.pointee.end()
    return found
  }

  /// Within a look or under the lock; retained.
  @inline(__always)
  private func find(_ name: String, _ hash: UInt) -> Unmanaged<ProcessCell>? {
    guard let cell = indices[Self.shard(hash)].entry(name, hash)?.pointee.cell,
      !cell._withUnsafeGuaranteedRef({ $0.isDead })
    else { return nil }
    return cell.retain()
  }

  /// Whether nobody has the name, and whoever had it last has told its links and monitors of its end.
  func isReleased(_ name: String) -> Bool {
    let hash = NameIndex.hash(name)
    return withShard(hash) { names, _ in names.entry(name, hash) == nil }
  }

  /// Nil if the process has the name now.
  func register(_ name: String, _ cell: ProcessCell) -> Failure? {
    let hash = NameIndex.hash(name)
    let failure: Failure? = withShard(hash) { names, retired in
      if let holder = names.find(name, hash), !holder.isDead { return .taken(holder.id) }
      // The name's lock, then the process's, always in this order.
      let failure: Failure? = cell.lock.withLock {
        if cell.reason != nil { return .dead }
        if let other = cell.extras?.registeredName { return .alreadyNamed(other) }
        cell.sureExtras.registeredName = name
        return nil
      }
      if failure == nil { retired = names.set(cell, name, hash) }
      return failure
    }
    if failure == nil { changed(name) }
    return failure
  }

  /// False if nobody has the name.
  func unregister(_ name: String) -> Bool {
    let hash = NameIndex.hash(name)
    let wasAlive = withShard(hash) { names, retired in
      guard let entry = names.entry(name, hash) else { return false }
      retired = names.remove(entry)
      return entry.pointee.cell._withUnsafeGuaranteedRef { cell in
        cell.lock.withLock { if cell.extras?.registeredName == name { cell.extras?.registeredName = nil } }
        return !cell.isDead
      }
    }
    changed(name)
    return wasAlive
  }

  /// The name of a process that has just ended.
  ///
  /// Somebody else may have it already.
  func release(_ name: String, from cell: ProcessCell) {
    let hash = NameIndex.hash(name)
    withShard(hash) { names, retired in
      guard let entry = names.entry(name, hash),
        entry.pointee.cell.toOpaque() == Unmanaged.passUnretained(cell).toOpaque()
      else { return }
      retired = names.remove(entry)
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
