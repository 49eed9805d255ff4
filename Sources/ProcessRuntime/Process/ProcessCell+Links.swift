/// Links (rules LNK). Both ends change under both locks, so that there is one order of link, unlink and death for the pair.
extension ProcessCell {
  /// False if the other is dead: then there is no link.
  package final func link(to other: ProcessCell) -> Bool {
    guard other !== self else { return true }
    let isDone = withBothLocks(other) {
      guard reason == nil else { return true }  // a dead process's links do nothing
      guard other.reason == nil else { return false }
      links.insert(other)
      other.links.insert(self)
      return true
    }
    if !isDone, let remote = other.remote { return remote.peer.link(self, to: remote) }
    return isDone
  }

  package final func unlink(from other: ProcessCell) {
    guard other !== self else { return }
    withBothLocks(other) {
      _ = links.remove(other)
      _ = other.links.remove(self)
    }
    if other.isDead, let remote = other.remote { remote.peer.unlink(self, from: remote) }
  }

  final func withBothLocks<Result>(_ other: ProcessCell, _ body: () -> Result) -> Result {
    // By address: processes of two nodes may have the same number.
    let (first, second) = ObjectIdentifier(self) < ObjectIdentifier(other) ? (self, other) : (other, self)
    first.lock.lock()
    second.lock.lock()
    defer {
      second.lock.unlock()
      first.lock.unlock()
    }
    return body()
  }
}
