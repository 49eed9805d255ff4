/// What somebody keeps on behalf of a process, and gives up when it ends: entries of a registry, places in groups.
package protocol ProcessHolding: AnyObject, Sendable {
  /// The process has ended, and its links and monitors have been told: until now others could see it there, dead.
  ///
  /// Called once, on the thread that ended it. Must not run the user's code.
  func release(from cell: ProcessCell)
}

extension ProcessCell {
  /// Runs `body`, under the process's lock, with what `owner` keeps for it; what `body` leaves there is kept until the
  /// process ends.
  ///
  /// False, and nothing is run, if the process has ended: then nothing can be kept for it.
  @discardableResult
  package final func withHolding(of owner: ObjectIdentifier, _ body: (inout (any ProcessHolding)?) -> Void) -> Bool {
    return lock.withLock {
      guard reason == nil else { return false }
      let index = extras?.holdings.firstIndex { $0.owner == owner }
      var holding = index.flatMap { extras?.holdings[$0].holding }
      let before = holding
      body(&holding)
      switch (index, holding) {
      case (nil, nil): break
      case (nil, let new?): sureExtras.holdings.append((owner, new))
      case (let index?, nil): extras?.holdings.remove(at: index)
      case (let index?, let new?): if new !== before { extras?.holdings[index].holding = new }
      }
      return true
    }
  }

  /// The same for one kind of holding, with a result; nil if the process has ended.
  ///
  /// For what is done seldom: a cast each time.
  package final func withHolding<Holding: ProcessHolding, Result>(
    of owner: ObjectIdentifier, _: Holding.Type, _ body: (inout Holding?) -> Result
  ) -> Result? {
    var result: Result?
    withHolding(of: owner) { holding in
      var typed = holding as? Holding
      result = body(&typed)
      holding = typed
    }
    return result
  }
}
