import Synchronization

/// The living processes of a node, in shards, so that starting and ending them does not meet at one lock.
final class ProcessTable: Sendable {
  private final class Shard: Sendable {
    let cells = Mutex(CellTable())
  }

  private static let shardBits: UInt64 = 4
  private let shards = (0..<1 << ProcessTable.shardBits).map { _ in Shard() }

  private func shard(_ number: UInt64) -> Shard { shards[Int(truncatingIfNeeded: number) & (shards.count - 1)] }

  func insert(_ cell: ProcessCell) {
    shard(cell.number).cells.withLock { $0.insert(cell, shifted: Self.shardBits) }
  }

  func remove(_ cell: ProcessCell) {
    // Destroyed without the lock, if this was the last that held it.
    let removed = shard(cell.number).cells.withLock { $0.remove(cell.number, shifted: Self.shardBits) }
    _ = removed
  }

  subscript(number: UInt64) -> ProcessCell? {
    shard(number).cells.withLock { $0.find(number, shifted: Self.shardBits) }
  }

  /// How many there are.
  var count: Int { shards.reduce(0) { $0 + $1.cells.withLock { $0.count } } }

  /// All of them, in no order: for those who look at very many.
  var unsorted: [ProcessID] {
    var all: [ProcessID] = []
    for shard in shards { all += shard.cells.withLock { $0.all.map(ProcessID.init) } }
    return all
  }

  /// All of them, the oldest first.
  var all: [ProcessID] {
    shards.flatMap { $0.cells.withLock { $0.all.map(ProcessID.init) } }
      .sorted { $0.cell.number < $1.cell.number }
  }
}

/// Processes by number, with open addressing.
///
/// Numbers are given out one after the other. Their places are not: those of the long-lived would stand in one row, and each
/// new process whose number has come round to it would have to pass them all. Multiplied by the golden ratio, numbers that
/// follow one another lie far apart, and evenly. Those that collide stand in the order of their places (Robin Hood hashing).
struct CellTable {
  private var cells: [ProcessCell?] = []
  private(set) var count = 0

  var all: [ProcessCell] { cells.compactMap { $0 } }

  private func home(_ number: UInt64, _ shift: UInt64) -> Int {
    // The upper bits of the product, as many as a place has.
    Int(truncatingIfNeeded: ((number >> shift) &* 0x9E37_79B9_7F4A_7C15) >> 32) & (cells.count - 1)
  }

  mutating func insert(_ cell: ProcessCell, shifted shift: UInt64) {
    if (count + 1) * 4 > cells.count * 3 { resize(max(16, cells.count * 2), shift) }
    place(cell, shift)
    count += 1
  }

  private mutating func place(_ cell: ProcessCell, _ shift: UInt64) {
    var cell = cell
    var index = home(cell.number, shift)
    var distance = 0
    while let other = cells[index] {
      let others = (index - home(other.number, shift)) & (cells.count - 1)
      if others < distance {
        cells[index] = cell
        (cell, distance) = (other, others)
      }
      index = (index + 1) & (cells.count - 1)
      distance += 1
    }
    cells[index] = cell
  }

  func find(_ number: UInt64, shifted shift: UInt64) -> ProcessCell? {
    index(of: number, shift).flatMap { cells[$0] }
  }

  private func index(of number: UInt64, _ shift: UInt64) -> Int? {
    if count == 0 { return nil }
    var index = home(number, shift)
    while let cell = cells[index] {
      if cell.number == number { return index }
      index = (index + 1) & (cells.count - 1)
    }
    return nil
  }

  mutating func remove(_ number: UInt64, shifted shift: UInt64) -> ProcessCell? {
    guard var hole = index(of: number, shift) else { return nil }
    let removed = cells[hole]
    cells[hole] = nil
    count -= 1
    // Whoever stands behind the hole because of a collision moves up, so that a search never ends too early.
    while true {
      let next = (hole + 1) & (cells.count - 1)
      guard let cell = cells[next], home(cell.number, shift) != next else { break }
      cells[hole] = cell
      cells[next] = nil
      hole = next
    }
    // Not for a few kilobytes, which processes that come and go in batches would want again at once.
    if cells.count > 1_024, count * 8 < cells.count { resize(cells.count / 2, shift) }
    return removed
  }

  private mutating func resize(_ capacity: Int, _ shift: UInt64) {
    let old = cells
    cells = Array(repeating: nil, count: capacity)
    for case let cell? in old { place(cell, shift) }
  }
}
