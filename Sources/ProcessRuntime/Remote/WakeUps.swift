import Synchronization

/// The processes that are woken by messages which have come together: one look for a worker instead of one each.
package final class WakeUps: Sendable {
  private struct State {
    var isOn = false
    var cells: [ProcessCell] = []
  }

  private let state = Mutex(State())

  package init() {}

  /// From now on processes are kept back until ``end()``, which must come soon.
  package func begin() { state.withLock { $0.isOn = true } }

  /// Wakes those that were kept back.
  package func end() {
    let cells = state.withLock { state in
      defer { state = State() }
      return state.cells
    }
    guard let first = cells.first else { return }
    if cells.count == 1 { first.node.schedule(first) } else { Node.schedule(cells) }
  }

  /// A process that has mail and is in no run queue.
  func add(_ cell: ProcessCell) {
    let isKept = state.withLock { state in
      if state.isOn { state.cells.append(cell) }
      return state.isOn
    }
    if !isKept { cell.node.schedule(cell) }
  }
}
