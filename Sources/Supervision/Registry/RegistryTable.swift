@_spi(Runtime) internal import ProcessRuntime
import Synchronization

/// Entries by the hashes of their keys, in shards with a lock each.
///
/// What is found is compared outside of the locks: a key's own code never runs under one.
///
/// Not generic: what happens here is the same for all registries. Whoever is generic over keys and values does as little as
/// can be, for in code that is not specialized each mention of a generic type costs several hundred instructions.
@usableFromInline
final class RegistryTable: Sendable {
  @usableFromInline
  enum Claim {
    case done
    /// A living process has the key.
    case taken(ProcessID)
    /// The process that was to have it has ended.
    case dead
    /// The key has come, or has gone, since it was looked for.
    case changed
  }

  /// What is a hash already needs no other one.
  private struct HashKey: Hashable {
    let value: Int

    init(_ value: Int) { self.value = value }
    func hash(into hasher: inout Hasher) { hasher.combine(value) }
    func _rawHashValue(seed: Int) -> Int { value }
  }

  /// The first key of each hash, which nearly always is the only one; the others hang on it.
  private typealias Buckets = [HashKey: RegistrySlot]

  /// One for each lock, without an object around it: all of them are there as long as the table.
  nonisolated(unsafe) private let shards: UnsafeMutableBufferPointer<Mutex<Buckets>>

  /// What becomes of the entries of a process that has ended: they are removed.
  typealias Ending = @Sendable (RegistryTable, [RegistryRecord]) -> Void
  let ending: Ending

  init(
    partitions: Int,
    ending: @escaping Ending = { table, records in for record in records { table.remove(record) } }
  ) {
    self.ending = ending
    // A power of two. Never few: two readers in turn at one lock take longer than one reader.
    var count = 16
    while count < partitions { count *= 2 }
    shards = .allocate(capacity: count)
    for shard in shards.indices { shards.initializeElement(at: shard, to: Mutex([:])) }
  }

  deinit { shards.deinitialize().deallocate() }

  /// The upper bits say which shard, the lower ones where in it.
  @inline(__always)
  private func withShard<Result>(_ hash: Int, _ body: (inout sending Buckets) -> sending Result) -> sending Result {
    shards[hash >> 32 & (shards.count - 1)].withLock(body)
  }

  // MARK: Looking

  /// The number of the node of a process.
  @usableFromInline
  static func node(of process: ProcessID) -> UInt64 { process.cell.node.number }

  /// The number of the current node.
  @usableFromInline
  static func currentNode() -> UInt64 { Node.currentNumber() }

  /// The entry of a key, dead or alive; of several the first.
  @usableFromInline
  func first(_ hash: Int, _ node: UInt64, _ key: UnsafeRawPointer) -> RegistryRecord? {
    var (slot, record): (RegistrySlot?, RegistryRecord?) = (nil, nil)
    withShard(hash) { buckets in
      guard let found = buckets[HashKey(hash)] else { return }
      slot = found
      record = found.entries.first
    }
    guard let slot else { return nil }
    if slot.node == node, slot.has(key) { return record }
    return otherSlot(hash, node, key).flatMap { entries(of: $0).first }
  }

  /// All entries of a key, dead and alive, in no order.
  func records(_ hash: Int, _ node: UInt64, _ key: UnsafeRawPointer) -> [RegistryRecord] {
    let found = withShard(hash) { buckets in
      buckets[HashKey(hash)].map { (slot: $0, entries: $0.entries.all) }
    }
    guard let found else { return [] }
    if found.slot.node == node, found.slot.has(key) { return found.entries }
    return otherSlot(hash, node, key).map { entries(of: $0) } ?? []
  }

  /// One that is not the first of its hash.
  private func otherSlot(_ hash: Int, _ node: UInt64, _ key: UnsafeRawPointer) -> RegistrySlot? {
    slots(hash).dropFirst().first { $0.node == node && $0.has(key) }
  }

  private func slots(_ hash: Int) -> [RegistrySlot] {
    withShard(hash) { $0[HashKey(hash)]?.chain ?? [] }
  }

  /// The entries of all keys of that hash.
  func records(withHash hash: Int) -> [RegistryRecord] {
    withShard(hash) { buckets in
      buckets[HashKey(hash)]?.chain.flatMap(\.entries.all) ?? []
    }
  }

  func entries(of slot: RegistrySlot) -> [RegistryRecord] {
    withShard(slot.hash) { _ in slot.entries.all }
  }

  /// What a process has, the oldest first.
  func records(of cell: ProcessCell) -> [RegistryRecord] {
    var records: [RegistryRecord] = []
    cell.withHolding(of: ObjectIdentifier(self)) { holding in
      if let holding { records = Self.own(holding).records.all }
    }
    return records.sorted { $0.number < $1.number }
  }

  /// What living processes of that node have, the oldest first.
  func records(onNode node: UInt64) -> [RegistryRecord] {
    var found: [RegistryRecord] = []
    for shard in shards.indices {
      shards[shard].withLock { buckets in
        for first in buckets.values {
          for slot in first.chain where slot.node == node { found += slot.entries.all }
        }
      }
    }
    return found.filter { !$0.cell.isDead }.sorted { $0.number < $1.number }
  }

  func count(onNode node: UInt64) -> Int {
    var count = 0
    for shard in shards.indices {
      shards[shard].withLock { buckets in
        for first in buckets.values {
          for slot in first.chain where slot.node == node {
            for record in slot.entries.all where !record.cell.isDead { count += 1 }
          }
        }
      }
    }
    return count
  }
}

extension RegistryTable {
  // MARK: Changing

  /// Enters a record, whose slot is new; if its key has one already, the record gets that.
  ///
  /// Never returns `changed`.
  @usableFromInline
  func enter(_ record: RegistryRecord, isUnique: Bool) -> Claim {
    let claim = enter(record) { insert($0, seen: $1, isUnique: isUnique) }
    if case .done = claim { record.cell.node.viaChanged() }
    return claim
  }

  /// `step` calls ``insert(_:seen:isUnique:)``.
  func enter(_ record: RegistryRecord, by step: (RegistryRecord, [RegistrySlot]) -> Claim) -> Claim {
    let own = record.slot
    // Most keys are new ones: nothing is looked for before somebody is in the way.
    var seen: [RegistrySlot] = []
    while true {
      let claim = step(record, seen)
      guard case .changed = claim else { return claim }
      seen = slots(own.hash)
      record.slot = seen.first { own.isSame(as: $0) } ?? own
    }
  }

  /// Enters a record for its process.
  ///
  /// `seen` is what was found for the hash before: none of it has the key but the record's slot.
  func insert(_ record: RegistryRecord, seen: [RegistrySlot], isUnique: Bool) -> Claim {
    let slot = record.slot
    // Let go of outside of the lock.
    var replaced: RegistryRecord?
    defer { withExtendedLifetime(replaced) {} }
    return withShard(slot.hash) { buckets in
      let first = buckets[HashKey(slot.hash)]
      let isThere = first?.chainContains(slot) ?? false
      if !isThere {
        if slot.wasUsed { return .changed }
        if let first, !first.chain.allSatisfy({ slot in seen.contains { $0 === slot } }) { return .changed }
      }
      if isUnique, let holder = slot.entries.first {
        if !holder.cell.isDead { return .taken(holder.cell.id) }
        replaced = holder
      }
      // The shard's lock, then the process's, always in this order.
      let isHeld = record.cell.withHolding(of: ObjectIdentifier(self)) { holding in
        let own = holding.map(Self.own) ?? RegistryHolding(self)
        own.add(record)
        holding = own
      }
      guard isHeld else { return .dead }
      if replaced != nil { slot.entries = RecordBag() }
      record.place = slot.entries.append(record)
      if !isThere {
        slot.wasUsed = true
        slot.next = first
        buckets[HashKey(slot.hash)] = slot
      }
      return .done
    }
  }

  /// Removes what the current process has under a key; false if there is nothing.
  @usableFromInline
  func removeOwn(_ hash: Int, _ node: UInt64, _ key: UnsafeRawPointer) -> Bool {
    guard let cell = ProcessCell.current, cell.node.number == node else { return false }
    var isGone = false
    for record in records(hash, node, key) where record.cell === cell && remove(record) { isGone = true }
    if isGone { cell.node.viaChanged() }
    return isGone
  }

  /// False if the record had gone already.
  @discardableResult
  func remove(_ record: RegistryRecord) -> Bool {
    let slot = record.slot
    return withShard(slot.hash) { buckets in
      guard record.isIn(slot) else { return false }
      drop(record)
      slot.entries.remove(at: record.place)?.place = record.place
      if slot.entries.isEmpty { remove(slot, from: &buckets) }
      return true
    }
  }

  private func remove(_ slot: RegistrySlot, from buckets: inout Buckets) {
    let first = buckets[HashKey(slot.hash)]
    if first === slot {
      buckets[HashKey(slot.hash)] = slot.next
    } else {
      first?.chain.first { $0.next === slot }?.next = slot.next
    }
    slot.next = nil
  }

  /// Puts one record in another's place; false if that had gone already.
  func replace(_ old: RegistryRecord, with new: RegistryRecord) -> Bool {
    let slot = old.slot
    return withShard(slot.hash) { _ in
      guard old.isIn(slot), slot === new.slot, old.cell === new.cell else { return false }
      let isHeld = new.cell.withHolding(of: ObjectIdentifier(self)) { holding in
        guard let own = holding.map(Self.own) else { return }
        own.remove(old)
        own.add(new)
      }
      guard isHeld else { return false }
      new.place = old.place
      slot.entries.replace(at: old.place, with: new)
      return true
    }
  }

  /// Takes a record from its process's own list.
  private func drop(_ record: RegistryRecord) {
    record.cell.withHolding(of: ObjectIdentifier(self)) { holding in
      guard let own = holding.map(Self.own) else { return }
      own.remove(record)
      if own.records.isEmpty { holding = nil }
    }
  }

  /// What a table keeps with a process is of this class.
  private static func own(_ holding: any ProcessHolding) -> RegistryHolding {
    unsafeDowncast(holding, to: RegistryHolding.self)
  }
}
