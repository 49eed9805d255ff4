/// Processes in line, by address.
///
/// Belongs to its pool's lock.
struct CellQueue {
  private var cells: [UInt] = []
  private var first = 0

  var count: Int { cells.count - first }

  mutating func append(contentsOf more: [UInt]) { cells.append(contentsOf: more) }

  mutating func popFirst() -> UInt? {
    guard first < cells.count else { return nil }
    let cell = cells[first]
    drop(1)
    return cell
  }

  /// What one of so many workers takes at once.
  mutating func popShare(of workers: Int) -> [UInt] {
    let share = min(count, max(1, min(64, count / workers)))
    // Copied: a slice would share the buffer, which then had to be allocated anew to be emptied.
    let taken = Array(cells[first..<first + share])
    drop(taken.count)
    return taken
  }

  private mutating func drop(_ number: Int) {
    first += number
    if first == cells.count {
      cells.removeAll(keepingCapacity: true)
      first = 0
    } else if first > 4_096, first > cells.count / 2 {
      cells.removeFirst(first)
      first = 0
    }
  }
}
