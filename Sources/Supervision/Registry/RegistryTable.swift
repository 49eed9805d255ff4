@_spi(Runtime) import ProcessRuntime
import Synchronization

/// Entries by the hashes of their keys, in shards with a lock each.
///
/// What is found is compared by its caller, outside of the locks: a key's own code never runs under one.
///
/// Not generic: what happens under a lock is the same for all registries.
final class RegistryTable: Sendable {
  enum Claim {
    case done
    /// A living process has the key.
    case taken(ProcessCell)
    /// The process that was to have it has ended.
    case dead
    /// The key has come, or has gone, since it was looked for.
    case changed
  }

  /// The keys of one hash: nearly always one.
  struct Bucket {
    var slot: RegistrySlot
    var others: [RegistrySlot] = []

    func contains(_ other: RegistrySlot) -> Bool { slot === other || others.contains { $0 === other } }
  }

  private final class Shard: Sendable {
    let buckets = Mutex<[Int: Bucket]>([:])
  }

  private let shards: [Shard]

  /// What becomes of the entries of a process that has ended: they are removed.
  typealias Ending = @Sendable (RegistryTable, [RegistryRecord]) -> Void
  let ending: Ending

  init(
    partitions: Int,
    ending: @escaping Ending = { table, records in for record in records { table.remove(record) } }
  ) {
    self.ending = ending
    shards = (0..<max(1, partitions)).map { _ in Shard() }
  }

  @inline(__always)
  private func shard(_ hash: Int) -> Shard { shards[Int(UInt(bitPattern: hash) % UInt(shards.count))] }

  /// The keys of that hash, and the entries of the first of them.
  func look(_ hash: Int) -> (bucket: Bucket, entries: [RegistryRecord])? {
    shard(hash).buckets.withLock { buckets in
      guard let bucket = buckets[hash] else { return nil }
      return (bucket, bucket.slot.entries)
    }
  }

  /// The entries of all keys of that hash.
  func records(withHash hash: Int) -> [RegistryRecord] {
    shard(hash).buckets.withLock { buckets in
      guard let bucket = buckets[hash] else { return [] }
      return bucket.others.reduce(bucket.slot.entries) { $0 + $1.entries }
    }
  }

  func entries(of slot: RegistrySlot) -> [RegistryRecord] {
    shard(slot.hash).buckets.withLock { _ in slot.entries }
  }

  /// Enters a record for its process.
  ///
  /// `seen` is what was found for the hash before: none of it has the key but the record's slot.
  func insert(_ record: RegistryRecord, seen: Bucket?, isUnique: Bool) -> Claim {
    let slot = record.slot
    // Let go of outside of the lock.
    var replaced: RegistryRecord?
    return shard(slot.hash).buckets.withLock { buckets in
      let bucket = buckets[slot.hash]
      if let bucket, !bucket.contains(slot), !all(of: bucket, in: seen) { return .changed }
      let isThere = bucket?.contains(slot) ?? false
      if !isThere, slot.wasUsed { return .changed }
      if isUnique, let holder = slot.entries.first {
        if !holder.cell.isDead { return .taken(holder.cell) }
        replaced = holder
      }
      // The shard's lock, then the process's, always in this order.
      let isHeld: Void? = record.cell.withHolding(of: ObjectIdentifier(self), RegistryHolding.self) { holding in
        if holding == nil { holding = RegistryHolding(self) }
        holding?.records[record.number] = record
      }
      guard isHeld != nil else { return .dead }
      if replaced != nil { slot.entries.removeAll() }
      record.place = slot.entries.count
      slot.entries.append(record)
      if !isThere {
        slot.wasUsed = true
        if buckets[slot.hash] == nil {
          buckets[slot.hash] = Bucket(slot: slot)
        } else {
          buckets[slot.hash]?.others.append(slot)
        }
      }
      return .done
    }
  }

  private func all(of bucket: Bucket, in seen: Bucket?) -> Bool {
    guard let seen, seen.contains(bucket.slot) else { return false }
    return bucket.others.allSatisfy { seen.contains($0) }
  }

  /// False if the record had gone already.
  @discardableResult
  func remove(_ record: RegistryRecord) -> Bool {
    let slot = record.slot
    return shard(slot.hash).buckets.withLock { buckets in
      guard record.isIn(slot) else { return false }
      drop(record)
      let last = slot.entries.removeLast()
      if last !== record {
        last.place = record.place
        slot.entries[record.place] = last
      }
      if slot.entries.isEmpty { remove(slot, from: &buckets) }
      return true
    }
  }

  private func remove(_ slot: RegistrySlot, from buckets: inout [Int: Bucket]) {
    guard var bucket = buckets.removeValue(forKey: slot.hash) else { return }
    if bucket.slot === slot {
      guard let next = bucket.others.popLast() else { return }
      bucket.slot = next
    } else {
      bucket.others.removeAll { $0 === slot }
    }
    buckets[slot.hash] = bucket
  }

  /// Puts one record in another's place; false if that had gone already.
  func replace(_ old: RegistryRecord, with new: RegistryRecord) -> Bool {
    let slot = old.slot
    return shard(slot.hash).buckets.withLock { _ in
      guard old.isIn(slot), slot === new.slot, old.cell === new.cell else { return false }
      let isHeld: Void? = new.cell.withHolding(of: ObjectIdentifier(self), RegistryHolding.self) { holding in
        holding?.records[old.number] = nil
        holding?.records[new.number] = new
      }
      guard isHeld != nil else { return false }
      new.place = old.place
      slot.entries[old.place] = new
      return true
    }
  }

  /// Takes a record from its process's own list.
  private func drop(_ record: RegistryRecord) {
    record.cell.withHolding(of: ObjectIdentifier(self), RegistryHolding.self) { holding in
      holding?.records[record.number] = nil
      if holding?.records.isEmpty == true { holding = nil }
    }
  }

  /// What a process has, the oldest first.
  func records(of cell: ProcessCell) -> [RegistryRecord] {
    let records = cell.withHolding(of: ObjectIdentifier(self), RegistryHolding.self) { $0?.records ?? [:] } ?? [:]
    return records.values.sorted { $0.number < $1.number }
  }

  /// What living processes of that node have, the oldest first.
  func records(onNode node: UInt64) -> [RegistryRecord] {
    var found: [RegistryRecord] = []
    for shard in shards {
      shard.buckets.withLock { buckets in
        for bucket in buckets.values {
          for slot in [bucket.slot] + bucket.others where slot.node == node { found += slot.entries }
        }
      }
    }
    return found.filter { !$0.cell.isDead }.sorted { $0.number < $1.number }
  }

  func count(onNode node: UInt64) -> Int {
    var count = 0
    for shard in shards {
      shard.buckets.withLock { buckets in
        for bucket in buckets.values {
          for slot in [bucket.slot] + bucket.others where slot.node == node {
            for record in slot.entries where !record.cell.isDead { count += 1 }
          }
        }
      }
    }
    return count
  }
}
