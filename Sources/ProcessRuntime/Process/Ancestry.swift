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

extension Ancestry {
  /// The nearest that `body` has an answer for.
  func nearest<Found>(_ body: (ProcessCell) -> Found?) -> Found? {
    var next: Ancestry? = self
    while let ancestry = next {
      if let found = body(ancestry.parent.cell) { return found }
      next = ancestry.elders
    }
    return nil
  }
}

extension ProcessCell {
  /// The answer for this process, or for the nearest of those who have started it that there is one for.
  ///
  /// Nil for a dead process: it has forgotten who started it.
  package final func nearestElder<Found>(_ body: (ProcessCell) -> Found?) -> Found? {
    body(self) ?? lock.withLock { ancestry }?.nearest(body)
  }

  /// Whether that process has started it, or has started one who did.
  package final func descends(from elder: ProcessCell) -> Bool {
    lock.withLock { ancestry }?.nearest { $0 === elder ? true : nil } ?? false
  }

  /// Those whom it has started and is linked to, in the order of their numbers; none once it is dead.
  package final var linkedChildren: [ProcessID] {
    lock.withLock { links }.sorted.filter { link in
      link.cell.lock.withLock { link.cell.reason == nil && link.cell.ancestry?.parent == id }
    }
  }

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
