import Synchronization

/// The registered names of a node (rules NAM): a name has one process, a process one name.
final class NameTable: Sendable {
  enum Failure: Error { case taken(ProcessID), alreadyNamed(String), dead }

  private final class Shard: Sendable {
    let names = Mutex<[String: ProcessCell]>([:])
  }

  private let shards = (0..<16).map { _ in Shard() }
  /// Who waits for a change of some name.
  private let waiters = Mutex<[String: [UInt64: @Sendable () -> Void]]>([:])
  private let waiterCount = Atomic<Int>(0)

  private func shard(_ name: String) -> Shard {
    shards[name.utf8.reduce(5) { ($0 &* 31) &+ Int($1) } & 15]
  }

  func whereis(_ name: String) -> ProcessCell? {
    let cell = shard(name).names.withLock { $0[name] }
    guard let cell, !cell.isDead else { return nil }
    return cell
  }

  /// Whether nobody has the name, and whoever had it last has told its links and monitors of its end.
  func isReleased(_ name: String) -> Bool {
    shard(name).names.withLock { $0[name] == nil }
  }

  func register(_ name: String, _ cell: ProcessCell) throws(Failure) {
    let failure: Failure? = shard(name).names.withLock { names in
      if let holder = names[name], !holder.isDead { return .taken(holder.id) }
      // The name's lock, then the process's, always in this order.
      let failure: Failure? = cell.lock.withLock {
        if cell.reason != nil { return .dead }
        if let other = cell.extras?.registeredName { return .alreadyNamed(other) }
        cell.sureExtras.registeredName = name
        return nil
      }
      if failure == nil { names[name] = cell }
      return failure
    }
    if let failure { throw failure }
    changed(name)
  }

  /// False if nobody has the name.
  func unregister(_ name: String) -> Bool {
    let removed = shard(name).names.withLock { names in
      guard let cell = names.removeValue(forKey: name) else { return false }
      cell.lock.withLock { if cell.extras?.registeredName == name { cell.extras?.registeredName = nil } }
      return !cell.isDead
    }
    changed(name)
    return removed
  }

  /// The name of a process that has just ended.
  ///
  /// Somebody else may have it already.
  func release(_ name: String, from cell: ProcessCell) {
    shard(name).names.withLock { names in
      if names[name] === cell { names[name] = nil }
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

  private func changed(_ name: String) {
    guard waiterCount.load(ordering: .sequentiallyConsistent) > 0 else { return }
    let tell = waiters.withLock { $0[name].map { Array($0.values) } ?? [] }
    for tell in tell { tell() }
  }
}
