@_spi(Runtime) import ProcessRuntime

/// One key, without its type: who has it.
class RegistrySlot: @unchecked Sendable {
  let hash: Int
  /// The number of the node that it belongs to.
  let node: UInt64
  // Its shard's lock guards these.
  final var entries: [RegistryRecord] = []
  /// It is in the table, or was: one that has gone does not come back.
  final var wasUsed = false

  init(hash: Int, node: UInt64) {
    self.hash = hash
    self.node = node
  }
}

/// One key.
final class KeySlot<Key: Hashable & Sendable>: RegistrySlot, @unchecked Sendable {
  let key: Key

  init(_ key: Key, hash: Int, node: UInt64) {
    self.key = key
    super.init(hash: hash, node: node)
  }
}

/// One entry, without the type of its value: a process has a key.
class RegistryRecord: @unchecked Sendable {
  let slot: RegistrySlot
  let cell: ProcessCell
  let number: UInt64
  /// Where in the slot it stands: its shard's lock guards this.
  final var place = 0

  init(_ slot: RegistrySlot, _ cell: ProcessCell) {
    self.slot = slot
    self.cell = cell
    number = cell.node.nextReference()
  }

  /// Under the shard's lock.
  final func isIn(_ slot: RegistrySlot) -> Bool {
    slot.entries.indices.contains(place) && slot.entries[place] === self
  }
}

/// One entry.
final class ValueRecord<Value: Sendable>: RegistryRecord, @unchecked Sendable {
  let value: Value

  init(_ slot: RegistrySlot, _ cell: ProcessCell, _ value: Value) {
    self.value = value
    super.init(slot, cell)
  }
}

/// What one process has in one registry; its process's lock guards it.
final class RegistryHolding: ProcessHolding, @unchecked Sendable {
  private let table: RegistryTable
  var records: [UInt64: RegistryRecord] = [:]

  init(_ table: RegistryTable) { self.table = table }

  func release(from cell: ProcessCell) {
    table.ending(table, records.values.sorted { $0.number < $1.number })
    records = [:]
    cell.node.viaChanged()
  }
}
