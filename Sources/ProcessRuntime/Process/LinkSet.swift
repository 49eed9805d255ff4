/// The processes that one is linked to: none or one for most, very many for a supervisor.
struct LinkSet {
  private enum Storage {
    case none
    case one(ProcessCell)
    case many(Set<ProcessID>)
  }

  private var storage = Storage.none

  func contains(_ cell: ProcessCell) -> Bool {
    switch storage {
    case .none: false
    case .one(let other): other === cell
    case .many(let set): set.contains(ProcessID(cell))
    }
  }

  mutating func insert(_ cell: ProcessCell) {
    switch storage {
    case .none: storage = .one(cell)
    case .one(let other):
      if other !== cell { storage = .many([ProcessID(other), ProcessID(cell)]) }
    case .many(var set):
      storage = .none
      set.insert(ProcessID(cell))
      storage = .many(set)
    }
  }

  /// False if it was not there.
  mutating func remove(_ cell: ProcessCell) -> Bool {
    switch storage {
    case .none: return false
    case .one(let other):
      guard other === cell else { return false }
      storage = .none
      return true
    case .many(var set):
      storage = .none
      let removed = set.remove(ProcessID(cell)) != nil
      storage = set.isEmpty ? .none : .many(set)
      return removed
    }
  }

  var count: Int {
    switch storage {
    case .none: 0
    case .one: 1
    case .many(let set): set.count
    }
  }

  /// In the order of their numbers, so that a seeded run is the same each time.
  var sorted: [ProcessID] {
    switch storage {
    case .none: []
    case .one(let cell): [ProcessID(cell)]
    case .many(let set): set.sorted { $0.cell.number < $1.cell.number }
    }
  }
}
