import ProcessRuntime

/// What is told to those who look.
extension DynamicSupervisorMachine {
  /// With so many children at most, in no order: those that do not run, and were started again lately, before others.
  func snapshot(of most: Int) -> SupervisorSnapshot {
    var listed: [ProcessID: Duration?] = [:]
    for (process, at) in restarts.successors.suffix(most) where entries[process] != nil { listed[process] = at }
    if restarting > 0 {
      for (process, entry) in entries where entry.attempt != nil && listed.count < most { listed[process] = .some(nil) }
    }
    for process in entries.keys {
      if listed.count >= most { break }
      if listed[process] == nil { listed[process] = .some(nil) }
    }
    let children = listed.compactMap { process, restartedAt in
      entries[process].map { entry in
        SupervisorSnapshot.Child(
          spec: entry.spec, entry: entry.child(process), restarts: restartedAt == nil ? 0 : 1, restartedAt: restartedAt)
      }
    }
    var snapshot = SupervisorSnapshot(
      kind: .dynamicSupervisor, settings: SupervisorSettings(intensity: settings.intensity),
      maxChildren: settings.maxChildren, children: children, others: entries.count - children.count)
    snapshot.restarts = restarts
    snapshot.restartsLeft = window.left(at: now)
    snapshot.takenAt = now
    return snapshot
  }
}
