@_spi(Runtime) internal import ProcessRuntime

/// One key, without its type: who has it.
@usableFromInline
class RegistrySlot: @unchecked Sendable {
  final let hash: Int
  /// The number of the node that it belongs to.
  final let node: UInt64
  // Its shard's lock guards these.
  @exclusivity(unchecked) final var entries = RecordBag()
  /// It is in the table, or was: one that has gone does not come back.
  @exclusivity(unchecked) final var wasUsed = false
  /// Another key with the same hash.
  @exclusivity(unchecked) final var next: RegistrySlot?

  @usableFromInline
  init(hash: Int, node: UInt64) {
    self.hash = hash
    self.node = node
  }

  /// This one and those that hang on it.
  final var chain: [RegistrySlot] { Array(sequence(first: self) { $0.next }) }

  final func chainContains(_ other: RegistrySlot) -> Bool {
    self === other || next != nil && chain.contains { $0 === other }
  }

  /// Whether `key`, which is of the type of this table's keys, is this one; never called under a lock.
  func has(_ key: UnsafeRawPointer) -> Bool { false }

  /// Whether another slot of the same table has the same key; never called under a lock.
  func isSame(as other: RegistrySlot) -> Bool { false }
}

/// One key.
@usableFromInline
final class KeySlot<Key: Hashable & Sendable>: RegistrySlot, @unchecked Sendable {
  let key: Key

  @usableFromInline
  init(_ key: Key, hash: Int, node: UInt64) {
    self.key = key
    super.init(hash: hash, node: node)
  }

  override func has(_ key: UnsafeRawPointer) -> Bool { key.assumingMemoryBound(to: Key.self).pointee == self.key }

  override func isSame(as other: RegistrySlot) -> Bool {
    other.node == node && unsafeDowncast(other, to: KeySlot<Key>.self).key == key
  }
}

/// One entry, without the type of its value: a process has a key.
@usableFromInline
class RegistryRecord: @unchecked Sendable {
  /// Another one only before it is in the table.
  @exclusivity(unchecked) final var slot: RegistrySlot
  final let cell: ProcessCell
  final let number: UInt64
  /// Where in the slot it stands: its shard's lock guards this.
  @exclusivity(unchecked) final var place = 0
  /// Where among those of its process: that one's lock guards this.
  @exclusivity(unchecked) final var placeInHolding = 0

  @usableFromInline
  init(_ slot: RegistrySlot, _ process: ProcessID) {
    self.slot = slot
    cell = process.cell
    number = cell.node.nextReference()
  }

  /// Who has the key; nil if that one has ended.
  @usableFromInline final var livingProcess: ProcessID? { cell.isDead ? nil : cell.id }

  /// Under the shard's lock.
  final func isIn(_ slot: RegistrySlot) -> Bool { slot.entries.has(self, at: place) }
}

/// One entry.
@usableFromInline
final class ValueRecord<Value: Sendable>: RegistryRecord, @unchecked Sendable {
  @usableFromInline let value: Value

  @usableFromInline
  init(_ slot: RegistrySlot, _ process: ProcessID, _ value: Value) {
    self.value = value
    super.init(slot, process)
  }
}

/// What one process has in one registry; its process's lock guards it.
final class RegistryHolding: ProcessHolding, @unchecked Sendable {
  private let table: RegistryTable
  @exclusivity(unchecked) private(set) var records = RecordBag()

  init(_ table: RegistryTable) { self.table = table }

  func add(_ record: RegistryRecord) { record.placeInHolding = records.append(record) }

  func remove(_ record: RegistryRecord) {
    guard records.has(record, at: record.placeInHolding) else { return }
    records.remove(at: record.placeInHolding)?.placeInHolding = record.placeInHolding
  }

  func release(from cell: ProcessCell) {
    table.ending(table, records.all.sorted { $0.number < $1.number })
    records = RecordBag()
    cell.node.viaChanged()
  }
}
