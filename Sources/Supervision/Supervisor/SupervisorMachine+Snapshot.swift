import ProcessRuntime

/// What is told to those who look.
extension SupervisorMachine {
  mutating func noteRestart(of slot: ChildTable.Slot) {
    restarts.note(at: now)
    table.noteRestart(of: slot, at: now)
  }

  /// With so many children at most, in start order.
  func snapshot(of most: Int) -> SupervisorSnapshot {
    let listed = table.listed(most, at: now)
    var snapshot = SupervisorSnapshot(
      kind: .supervisor, settings: settings, maxChildren: nil,
      children: listed.map { child in
        SupervisorSnapshot.Child(
          spec: child.spec, entry: child.entry, restarts: child.restarts, restartedAt: child.restartedAt)
      }, others: table.count - listed.count)
    snapshot.restarts = restarts
    snapshot.restartsLeft = window.left(at: now)
    snapshot.takenAt = now
    return snapshot
  }
}

extension ChildTable {
  /// The first children, in start order; where there are more than `most`, those that do not run, or were started again within
  /// the last ten seconds, go before others.
  fileprivate func listed(_ most: Int, at now: Duration) -> [Child] {
    if count <= most { return newestFirst().reversed() }
    var marked: [(place: Int, child: Child)] = []
    var plain: [(place: Int, child: Child)] = []
    var cursor = first
    var place = 0
    while let slot = cursor, marked.count < most {
      let child = self[slot]
      if child.isRemarkable(at: now) {
        marked.append((place, child))
      } else if plain.count < most {
        plain.append((place, child))
      }
      cursor = child.next
      place += 1
    }
    let listed = marked + plain.prefix(most - marked.count)
    return listed.sorted { $0.place < $1.place }.map(\.child)
  }
}

extension ChildTable.Child {
  fileprivate func isRemarkable(at now: Duration) -> Bool {
    if case .running = state { return restartedAt.map { now - $0 <= .seconds(10) } ?? false }
    return true
  }
}
