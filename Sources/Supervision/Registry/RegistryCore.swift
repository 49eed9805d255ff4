@_spi(Runtime) public import ProcessRuntime
import Synchronization

/// What both kinds of registry share: entries with their types, listeners, metadata and locks.
@usableFromInline
final class RegistryCore<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  typealias Slot = KeySlot<Key>
  typealias Record = ValueRecord<Value>
  typealias Listener = @Sendable (RegistryEvent<Key, Value>) -> Void

  @usableFromInline let isUnique: Bool
  @usableFromInline let table: RegistryTable
  @usableFromInline let hasListeners: Bool
  let metadata = Mutex<[String: any Sendable]>([:])
  let locks: KeyLocks
  private let listeners: [Listener]

  init(isUnique: Bool, partitions: Int, _ listeners: [Listener]) {
    self.isUnique = isUnique
    self.listeners = listeners
    hasListeners = !listeners.isEmpty
    table = RegistryTable(partitions: partitions)
    locks = KeyLocks(partitions: partitions)
  }

  /// For who sees to the entries of ended processes himself.
  init(isUnique: Bool, _ table: RegistryTable) {
    self.isUnique = isUnique
    self.table = table
    listeners = []
    hasListeners = false
    locks = KeyLocks(partitions: 1)
  }

  // MARK: Looking

  /// The same key has another hash on another node, as a name has another process there.
  @inlinable
  static func hash(_ key: Key, _ node: UInt64) -> Int {
    var hasher = Hasher()
    hasher.combine(node)
    hasher.combine(key)
    return hasher.finalize()
  }

  /// Who has the key, dead or alive, in no order.
  func records(_ key: Key, node: UInt64 = Node.currentNumber()) -> [RegistryRecord] {
    withUnsafePointer(to: key) { table.records(Self.hash(key, node), node, $0) }
  }

  /// Who has the key, dead or alive; of several the first.
  func first(_ key: Key, node: UInt64 = Node.currentNumber()) -> RegistryRecord? {
    withUnsafePointer(to: key) { table.first(Self.hash(key, node), node, $0) }
  }

  /// The entries of a key, in no order.
  func entries(_ key: Key) -> [RegistryEntry<Value>] {
    records(key).compactMap { $0.cell.isDead ? nil : RegistryEntry(Self.typed($0)) }
  }

  /// The entry of a key; of several the first.
  @inlinable
  func entry(_ key: Key) -> RegistryEntry<Value>? {
    let node = RegistryTable.currentNode()
    let hash = Self.hash(key, node)
    guard let record = withUnsafePointer(to: key, { table.first(hash, node, $0) }), let process = record.livingProcess
    else { return nil }
    return RegistryEntry(process, unsafeDowncast(record, to: ValueRecord<Value>.self).value)
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
    let claim = table.enter(record(cell, key, value), isUnique: isUnique)
    if case .done = claim, hasListeners { tell(.registered(key, cell.id, value)) }
    return claim
  }

  /// A new record with a slot of its own.
  func record(_ cell: ProcessCell, _ key: Key, _ value: Value) -> Record {
    Record(Slot(key, hash: Self.hash(key, cell.node.number), node: cell.node.number), cell.id, value)
  }

  @inlinable
  func registerCurrent(_ key: Key, _ value: Value) throws(RegistryError) {
    guard let process = CurrentProcess.id else { throw RegistryError(.outsideProcess) }
    let node = RegistryTable.node(of: process)
    let slot = KeySlot(key, hash: Self.hash(key, node), node: node)
    switch table.enter(ValueRecord(slot, process, value), isUnique: isUnique) {
    case .done: if hasListeners { tell(.registered(key, process, value)) }
    case .taken(let holder): throw RegistryError(.alreadyRegistered(holder))
    case .dead, .changed: throw RegistryError(.noProcess(process))
    }
  }

  /// Removes the current process's entries under a key.
  @inlinable
  func unregisterCurrent(_ key: Key) {
    let node = RegistryTable.currentNode()
    let hash = Self.hash(key, node)
    let isGone = withUnsafePointer(to: key) { table.removeOwn(hash, node, $0) }
    if isGone, hasListeners, let process = CurrentProcess.id { tell(.unregistered(key, process)) }
  }

  /// Removes those of the current process's entries under a key that have such a value.
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
      let new = Record(record.slot, record.cell.id, try change(record.value))
      if table.replace(record, with: new) { return (new.value, record.value) }
      if record.cell.isDead { return nil }
    }
    return nil
  }

  @usableFromInline
  func tell(_ event: RegistryEvent<Key, Value>) {
    for listener in listeners { listener(event) }
  }
}
