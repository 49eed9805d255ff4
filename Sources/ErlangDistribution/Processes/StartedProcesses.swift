package import ProcessRuntime

/// The processes that a peer has started here, as far as they must be counted.
///
/// Those that have ended are let go of when there are twice as many as lived last time: so nothing is done at their end.
package struct StartedProcesses: Sendable {
  private var all: [ProcessID] = []
  private var nextLook = 64

  package init() {}

  package mutating func add(_ process: ProcessID) {
    if all.count >= nextLook { forgetDead() }
    all.append(process)
  }

  /// Whether there are less than so many that live.
  package mutating func hasRoom(for limit: Int) -> Bool {
    if all.count < limit { return true }
    forgetDead()
    return all.count < limit
  }

  private mutating func forgetDead() {
    all.removeAll { !$0.isAlive }
    nextLook = max(64, all.count * 2)
  }
}
