/// Who is told when a process ends.
struct Watcher {
  /// The monitor's number, among those of the watching process's node.
  let ref: UInt64
  let cell: ProcessCell

  func fire(_ id: ProcessID, _ reason: ExitReason) {
    cell.receiveDown(ref, id, reason)
  }
}

/// The monitors on a process: few for most, very many for a server that everybody watches.
struct WatcherSet {
  private struct Key: Hashable {
    let ref: UInt64
    let cell: ObjectIdentifier

    init(_ ref: UInt64, _ cell: ProcessCell) {
      self.ref = ref
      self.cell = ObjectIdentifier(cell)
    }
  }

  /// Above this a dictionary finds them faster than a look at each.
  private static var fewest: Int { 16 }

  private enum Storage {
    case none
    case few([Watcher])
    case many([Key: Watcher])
  }

  private var storage = Storage.none

  mutating func insert(_ watcher: Watcher) {
    switch storage {
    case .none: storage = .few([watcher])
    case .few(var few):
      // Let go of before it is changed, so that it is not copied.
      storage = .none
      if few.count < Self.fewest {
        few.append(watcher)
        storage = .few(few)
        return
      }
      var many: [Key: Watcher] = [:]
      for watcher in few + [watcher] { many[Key(watcher.ref, watcher.cell)] = watcher }
      storage = .many(many)
    case .many(var many):
      storage = .none
      many[Key(watcher.ref, watcher.cell)] = watcher
      storage = .many(many)
    }
  }

  mutating func remove(_ ref: UInt64, of cell: ProcessCell) {
    switch storage {
    case .none: break
    case .few(var few):
      storage = .none
      // By index: a closure would hold each of them while it looks.
      for index in few.indices.reversed() where few[index].ref == ref && few[index].cell === cell {
        few.swapAt(index, few.count - 1)
        few.removeLast()
      }
      storage = few.isEmpty ? .none : .few(few)
    case .many(var many):
      storage = .none
      many[Key(ref, cell)] = nil
      storage = .many(many)
    }
  }

  /// In the order of their numbers, so that a seeded run is the same each time.
  var sorted: [Watcher] {
    switch storage {
    case .none: []
    case .few(let few): few
    case .many(let many): many.values.sorted { ($0.ref, $0.cell.number) < ($1.ref, $1.cell.number) }
    }
  }
}
