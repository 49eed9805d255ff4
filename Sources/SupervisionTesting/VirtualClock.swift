import ProcessRuntime
import Synchronization

/// A clock that stands still until it is moved.
final class VirtualClock: NodeClock {
  private let instant = Atomic<Int64>(1_000_000_000)

  func now() -> Int64 { instant.load(ordering: .sequentiallyConsistent) }

  /// Never backwards.
  func advance(to instant: Int64) {
    _ = self.instant.max(instant, ordering: .sequentiallyConsistent)
  }
}
