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

  private var few: [Watcher] = []
  private var many: [Key: Watcher] = [:]

  mutating func insert(_ watcher: Watcher) {
    if few.count < Self.fewest, many.isEmpty {
      few.append(watcher)
      return
    }
    for watcher in few { many[Key(watcher.ref, watcher.cell)] = watcher }
    few = []
    many[Key(watcher.ref, watcher.cell)] = watcher
  }

  mutating func remove(_ ref: UInt64, of cell: ProcessCell) {
    if many.isEmpty {
      few.removeAll { $0.ref == ref && $0.cell === cell }
    } else {
      many[Key(ref, cell)] = nil
    }
  }

  /// In the order of their numbers, so that a seeded run is the same each time.
  var sorted: [Watcher] {
    many.isEmpty ? few : many.values.sorted { ($0.ref, $0.cell.number) < ($1.ref, $1.cell.number) }
  }
}
