package import ProcessRuntime

/// How often a supervisor has started children again: for those who look at it.
package struct RestartTally: Sendable {
  package private(set) var count = 0
  /// By the node's clock.
  package private(set) var last: Duration?
  /// The latest successors, the newest last: of a dynamic supervisor alone, whose children have nothing to count with.
  package private(set) var successors: [(process: ProcessID, at: Duration)] = []

  private static var mostSuccessors: Int { 8 }

  mutating func note(at now: Duration, _ successor: ProcessID? = nil) {
    count += 1
    last = now
    guard let successor else { return }
    if successors.count == Self.mostSuccessors { successors.removeFirst() }
    successors.append((successor, now))
  }
}
