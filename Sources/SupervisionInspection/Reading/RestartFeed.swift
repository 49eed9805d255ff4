@_spi(Runtime) import ProcessRuntime
package import Supervision
import Synchronization

/// The restarts that have been seen since somebody looks: how many, and the latest.
package final class RestartFeed: Sendable {
  private struct State: Sendable {
    var count = 0
    /// The newest last.
    var latest: [(restart: ChildRestart, at: Instant)] = []
  }

  private static var most: Int { 30 }

  private let state = Mutex(State())

  package func note(_ restart: ChildRestart, at now: Instant) {
    state.withLock { state in
      state.count += 1
      if state.latest.count == Self.most { state.latest.removeFirst() }
      state.latest.append((restart, now))
    }
  }

  package var count: Int { state.withLock { $0.count } }

  package func latest(at now: Instant) -> [RestartEntry] {
    state.withLock { $0.latest }.reversed().map { restart, at in
      RestartEntry(
        supervisor: restart.supervisor, supervisorNumber: restart.process.number, child: restart.child.text,
        ago: now.seconds(since: at))
    }
  }
}
