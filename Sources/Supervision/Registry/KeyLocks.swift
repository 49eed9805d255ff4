@_spi(Runtime) import ProcessRuntime
import Synchronization

/// Locks by key (rule REG-21): a holder is entered in a table as into a registry, and so goes with its process.
final class KeyLocks: Sendable {
  let table: RegistryTable
  private let waiters: Waiters

  /// Who waits, by the hash of the key.
  private final class Waiters: Sendable {
    private let tickets = Mutex<[Int: [WaitTicket]]>([:])

    func add(_ ticket: WaitTicket, _ hash: Int) { tickets.withLock { $0[hash, default: []].append(ticket) } }

    /// All of them: one gets the lock, whoever has ended meanwhile is skipped.
    func wake(_ hash: Int) {
      for ticket in tickets.withLock({ $0.removeValue(forKey: hash) }) ?? [] { ticket.resume(returning: ()) }
    }
  }

  init(partitions: Int) {
    let waiters = Waiters()
    self.waiters = waiters
    table = RegistryTable(partitions: partitions) { table, records in
      for record in records {
        table.remove(record)
        waiters.wake(record.slot.hash)
      }
    }
  }

  func release(_ record: RegistryRecord) {
    table.remove(record)
    waiters.wake(record.slot.hash)
  }

  /// Suspends until something has changed about the hash; not at all if `isFree`.
  func wait(_ hash: Int, on node: Node, unless isFree: () -> Bool) async throws {
    try await suspend(on: node) { ticket in
      waiters.add(ticket, hash)
      if isFree() { waiters.wake(hash) }
    } as Void
  }
}

extension RegistryCore {
  func withLock<Result>(
    _ key: Key, _ body: () async throws -> Result
  ) async throws -> Result {
    guard let cell = ProcessCell.current else { throw RegistryError(.outsideProcess) }
    let record = try await acquire(key, cell)
    defer { locks.release(record) }
    return try await body()
  }

  private func acquire(_ key: Key, _ cell: ProcessCell) async throws -> RegistryRecord {
    let hash = Self.hash(key, cell.node.number)
    while true {
      let record = RegistryRecord(Slot(key, hash: hash, node: cell.node.number), cell.id)
      switch locks.table.enter(record, by: { locks.table.insert($0, seen: $1, isUnique: true) }) {
      case .done: return record
      case .dead, .changed: throw RegistryError(.noProcess(cell.id))
      case .taken(let holder):
        try await locks.wait(hash, on: cell.node) {
          holder.cell.isDead || !locks.table.entries(of: record.slot).contains { $0.cell === holder.cell }
        }
      }
    }
  }
}
