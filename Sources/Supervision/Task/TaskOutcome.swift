@_spi(Runtime) import ProcessRuntime
import Synchronization

/// What came of a task, and who waits for it.
final class TaskOutcome<Success: Sendable>: Sendable {
  private struct State: Sendable {
    var value: Success?
    var reason: ExitReason?
    /// Its owner has had it, or does not want it.
    var isHandled = false
    var waiters: [UInt64: @Sendable (_ hasSucceeded: Bool) -> Void] = [:]

    var result: Result<Success, ExitReason>? {
      guard let reason else { return nil }
      return value.map { .success($0) } ?? .failure(reason)
    }
  }

  private let state = Mutex(State())

  var isHandled: Bool { state.withLock { $0.isHandled } }
  var hasEnded: Bool { state.withLock { $0.reason != nil } }

  /// The task has done its work: its end follows.
  func succeed(_ value: Success) { state.withLock { $0.value = value } }

  func end(_ reason: ExitReason) {
    let (waiters, hasSucceeded) = state.withLock { state in
      state.reason = reason
      defer { state.waiters = [:] }
      return (state.waiters.sorted { $0.key < $1.key }, state.value != nil)
    }
    for waiter in waiters { waiter.value(hasSucceeded) }
  }

  /// What came of it, for its owner, who gets it once; nil while it runs.
  func take() -> Result<Success, ExitReason>? {
    state.withLock { state in
      guard let result = state.result else { return nil }
      state.isHandled = true
      state.value = nil
      return result
    }
  }

  /// Nobody will ask any more.
  func abandon() { state.withLock { $0.isHandled = true } }

  /// Calls `tell` at the end, at once if that has been.
  func watch(_ key: UInt64, _ tell: @escaping @Sendable (_ hasSucceeded: Bool) -> Void) {
    let known = state.withLock { state -> Bool? in
      if state.reason == nil {
        state.waiters[key] = tell
        return nil
      }
      return state.value != nil
    }
    if let known { tell(known) }
  }

  func unwatch(_ key: UInt64) { state.withLock { _ = $0.waiters.removeValue(forKey: key) } }
}

/// Waiting for the ends of several tasks.
struct TaskWait<Success: Sendable> {
  let outcomes: [TaskOutcome<Success>]
  /// How many ends are enough.
  let needed: Int
  /// Whether one failure is enough too.
  let endsAtFailure: Bool

  /// Suspends until enough have ended, or until the deadline.
  ///
  /// - Throws: the owner's exit reason, or `CancellationError`.
  func wait(until deadline: Int64, on node: Node) async throws {
    guard needed > 0 else { return }
    let key = node.nextReference()
    let count = Counter(needed)
    defer { for outcome in outcomes { outcome.unwatch(key) } }
    do {
      try await suspend(until: deadline, on: node) { ticket in
        let endsAtFailure = endsAtFailure
        for outcome in outcomes {
          outcome.watch(key) { hasSucceeded in
            if count.isEnough() || endsAtFailure && !hasSucceeded { ticket.resume(returning: ()) }
          }
        }
      } as Void
    } catch is WaitTimeout {
      return
    }
  }

  private final class Counter: Sendable {
    private let missing: Atomic<Int>
    init(_ needed: Int) { missing = Atomic(needed) }
    func isEnough() -> Bool { missing.subtract(1, ordering: .acquiringAndReleasing).newValue <= 0 }
  }
}
