@_spi(Runtime) import ProcessRuntime
import Synchronization

/// What both kinds of registry share: entries with their types, listeners, metadata and locks.
final class RegistryCore<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  typealias Slot = KeySlot<Key>
  typealias Record = ValueRecord<Value>
  typealias Listener = @Sendable (RegistryEvent<Key, Value>) -> Void

  let isUnique: Bool
  let table: RegistryTable
  let metadata = Mutex<[String: any Sendable]>([:])
  let locks: KeyLocks
  private let listeners: [Listener]

  init(isUnique: Bool, partitions: Int, _ listeners: [Listener]) {
    self.isUnique = isUnique
    self.listeners = listeners
    table = RegistryTable(partitions: partitions)
    locks = KeyLocks(partitions: partitions)
  }

  /// For who sees to the entries of ended processes himself.
  init(isUnique: Bool, _ table: RegistryTable) {
    self.isUnique = isUnique
    self.table = table
    listeners = []
    locks = KeyLocks(partitions: 1)
  }

  // MARK: Looking

  /// The same key has another hash on another node, as a name has another process there.
  static func hash(_ key: Key, _ node: UInt64) -> Int {
    var hasher = Hasher()
    hasher.combine(node)
    hasher.combine(key)
    return hasher.finalize()
  }

  static func slot(_ slot: RegistrySlot, with key: Key, _ node: UInt64) -> Slot? {
    let slot = unsafeDowncast(slot, to: Slot.self)
    return slot.node == node && slot.key == key ? slot : nil
  }

  /// The slot among those of one hash that has the key.
  static func slot(in bucket: RegistryTable.Bucket?, with key: Key, _ node: UInt64) -> Slot? {
    guard let bucket else { return nil }
    if let slot = slot(bucket.slot, with: key, node) { return slot }
    for other in bucket.others { if let slot = slot(other, with: key, node) { return slot } }
    return nil
  }

  /// Who has the key, dead or alive, in no order.
  func records(_ key: Key, node: UInt64 = Node.currentNumber()) -> [RegistryRecord] {
    guard let found = table.look(Self.hash(key, node)) else { return [] }
    if Self.slot(found.bucket.slot, with: key, node) != nil { return found.entries }
    guard let slot = Self.slot(in: found.bucket, with: key, node) else { return [] }
    return table.entries(of: slot)
  }

  /// The entries of a key, in no order.
  func entries(_ key: Key) -> [RegistryEntry<Value>] {
    records(key).compactMap { $0.cell.isDead ? nil : RegistryEntry(Self.typed($0)) }
  }

  static func typed(_ record: RegistryRecord) -> Record { unsafeDowncast(record, to: Record.self) }

  func items() -> [RegistryItem<Key, Value>] {
    table.records(onNode: Node.currentNumber()).map { RegistryItem($0) }
  }

  var count: Int { table.count(onNode: Node.currentNumber()) }

  /// The records of the current process under a key, the oldest first.
  func ownRecords(_ key: Key) -> [Record] {
    guard let cell = ProcessCell.current else { return [] }
    return records(key, node: cell.node.number).filter { $0.cell === cell }.map { Self.typed($0) }
      .sorted { $0.number < $1.number }
  }

  func keys(of process: ProcessID) -> [Key] {
    table.records(of: process.cell).map { unsafeDowncast($0.slot, to: Slot.self).key }
  }

  func values(_ key: Key, of process: ProcessID) -> [Value] {
    records(key, node: process.cell.node.number).filter { $0.cell === process.cell && !$0.cell.isDead }
      .sorted { $0.number < $1.number }.map { Self.typed($0).value }
  }

  // MARK: Changing

  /// Enters a process under a key.
  func register(_ cell: ProcessCell, _ key: Key, _ value: Value) -> RegistryTable.Claim {
    let claim = enter(cell, key, value) { table.insert($0, seen: $1, isUnique: isUnique) }
    if case .done = claim {
      cell.node.viaChanged()
      tell(.registered(key, cell.id, value))
    }
    return claim
  }

  /// Tries to insert a record until nobody is in between.
  func enter(
    _ cell: ProcessCell, _ key: Key, _ value: Value, _ insert: (Record, RegistryTable.Bucket?) -> RegistryTable.Claim
  ) -> RegistryTable.Claim {
    let node = cell.node.number
    let hash = Self.hash(key, node)
    while true {
      let bucket = table.look(hash)?.bucket
      let slot = Self.slot(in: bucket, with: key, node) ?? Slot(key, hash: hash, node: node)
      let claim = insert(Record(slot, cell, value), bucket)
      if case .changed = claim { continue }
      return claim
    }
  }

  func registerCurrent(_ key: Key, _ value: Value) throws(RegistryError) {
    guard let cell = ProcessCell.current else { throw RegistryError(.outsideProcess) }
    switch register(cell, key, value) {
    case .done: return
    case .taken(let holder): throw RegistryError(.alreadyRegistered(holder.id))
    case .dead, .changed: throw RegistryError(.noProcess(cell.id))
    }
  }

  /// Removes the current process's entries under a key.
  func unregister(_ key: Key, _ wanted: (Value) throws -> Bool) rethrows {
    var isGone = false
    for record in try ownRecords(key).filter({ try wanted($0.value) }) where table.remove(record) { isGone = true }
    if isGone, let cell = ProcessCell.current {
      cell.node.viaChanged()
      tell(.unregistered(key, cell.id))
    }
  }

  /// Another value for the current process's own entry.
  func update(_ key: Key, _ change: (Value) throws -> Value) rethrows -> (new: Value, old: Value)? {
    while let record = ownRecords(key).first {
      let new = Record(record.slot, record.cell, try change(record.value))
      if table.replace(record, with: new) { return (new.value, record.value) }
      if record.cell.isDead { return nil }
    }
    return nil
  }

  private func tell(_ event: RegistryEvent<Key, Value>) {
    for listener in listeners { listener(event) }
  }
}
