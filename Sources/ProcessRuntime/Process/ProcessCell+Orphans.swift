/// What becomes of a supervisor's children when a fault ends it: it cannot stop them any more.
extension ProcessCell {
  /// As long as children have by default to end when they are told to.
  private static var patience: Int64 { 5_000_000_000 }

  /// This process's: if a fault ends it, those whom it has started and is linked to are to end too.
  package final func endOrphansAfterFault() {
    lock.withLock { if reason == nil { sureExtras.endsOrphans = true } }
  }

  /// Kills those that have trapped the exit signal of this process and live on.
  final func endOrphans(_ links: LinkSet) {
    for link in links.sorted {
      let orphan = link.cell
      let isChild = orphan.lock.withLock { orphan.reason == nil && orphan.ancestry?.parent == id }
      guard isChild else { continue }
      _ = node.timers.start(at: node.clock.now().after(.nanoseconds(Self.patience)), for: orphan) { _ in
        orphan.receiveExit(from: orphan, .kill, isLink: false)
      }
    }
  }
}
