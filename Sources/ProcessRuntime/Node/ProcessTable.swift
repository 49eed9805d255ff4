import Synchronization

/// The living processes of a node, in shards, so that starting and ending them does not meet at one lock.
final class ProcessTable: Sendable {
  private struct Shard: Sendable {
    var cells: [UInt64: ProcessCell] = [:]
  }

  private final class Locked: Sendable {
    let shard = Mutex(Shard())
  }

  private let shards = (0..<16).map { _ in Locked() }

  private func shard(_ number: UInt64) -> Locked { shards[Int(number & 15)] }

  func insert(_ cell: ProcessCell) {
    shard(cell.number).shard.withLock { $0.cells[cell.number] = cell }
  }

  func remove(_ cell: ProcessCell) {
    let number = cell.number
    _ = shard(number).shard.withLock { $0.cells.removeValue(forKey: number) }
  }

  subscript(number: UInt64) -> ProcessCell? {
    shard(number).shard.withLock { $0.cells[number] }
  }

  /// All of them, the oldest first.
  var all: [ProcessID] {
    shards.flatMap { $0.shard.withLock { $0.cells.values.map(ProcessID.init) } }
      .sorted { $0.cell.number < $1.cell.number }
  }

  var count: Int {
    shards.reduce(0) { $0 + $1.shard.withLock { $0.cells.count } }
  }
}
