/// A process, as those that it has started know it: one object for all of them.
final class Ancestry: Sendable {
  let parent: ProcessID
  private let elders: Ancestry?

  init(_ parent: ProcessID, _ elders: Ancestry?) {
    self.parent = parent
    self.elders = elders
  }

  /// The parent first; as many as a report is to show.
  var ancestors: [ProcessID] {
    var found: [ProcessID] = []
    var next: Ancestry? = self
    while let ancestry = next, found.count < 32 {
      found.append(ancestry.parent)
      next = ancestry.elders
    }
    return found
  }
}

extension ProcessCell {
  /// Before it begins.
  final func inherit(from parent: ProcessCell) {
    let (ancestry, settings) = parent.lock.withLock { () -> (Ancestry, ProcessSettings?) in
      // A dead parent's extras are gone, and stay so.
      guard parent.reason == nil else { return (Ancestry(parent.id, nil), nil) }
      let extras = parent.sureExtras
      if let known = extras.ancestryOfChildren { return (known, extras.settingsOfChildren) }
      let new = Ancestry(parent.id, parent.ancestry)
      extras.ancestryOfChildren = new
      return (new, extras.settingsOfChildren)
    }
    lock.withLock {
      guard reason == nil else { return }
      self.ancestry = ancestry
      if let settings { take(settings) }
    }
  }
}

extension ProcessCell {
  /// On whose behalf it works, the nearest first; none once it is dead.
  final var callers: [ProcessID] { lock.withLock { extras?.callers ?? [] } }

  /// Before it begins: it works on behalf of that process.
  package final func work(for caller: ProcessCell) {
    // Those of a chain of tasks that start the next would be more with each.
    let callers = [caller.id] + caller.callers.prefix(31)
    lock.withLock { if reason == nil { sureExtras.callers = callers } }
  }
}
