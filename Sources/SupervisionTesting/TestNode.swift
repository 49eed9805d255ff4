@_spi(Runtime) public import ProcessRuntime
import Synchronization

/// A node of a test's own: one thread, a seed that chooses who runs next, and a clock that jumps to the next timer when
/// nobody can run.
///
/// Five seconds of a restart window take no time, and an interleaving is a number.
///
///     try await withTestNode(seed: 7) { node in
///       let cache = try await Cache.start { Cache() }
///       try await CurrentProcess.sleep(for: .seconds(60))   // returns at once
///     }
///
/// What runs on it: processes. What does not: unstructured tasks, `Task.sleep`, other executors: they take real time and are
/// not repeated by the seed.
public struct TestNode: Sendable {
  private let driver: NodeDriver

  fileprivate init(_ driver: NodeDriver) { self.driver = driver }

  /// The virtual time since the node began.
  public var elapsed: Duration { .nanoseconds(driver.clock.now() - driver.began) }

  /// Every report so far, in order.
  public var reports: [any Report] { driver.reports }

  /// The reports of one type so far.
  public func reports<Wanted: Report>(of type: Wanted.Type) -> [Wanted] {
    driver.reports.compactMap { $0 as? Wanted }
  }

  /// The processes that live on this node, the oldest first.
  public var processes: [ProcessID] { driver.node.allProcesses }

  /// Lets every other process run until it waits, without moving the clock.
  public func settle() async throws {
    try await CurrentProcess.sleep(for: .nanoseconds(1))
  }
}

/// What can go wrong with a test node itself.
public struct TestNodeError: Error, Sendable, CustomStringConvertible {
  public let description: String
}

/// Runs `body` as a process of a new ``TestNode`` until it ends; then every process that is left is killed.
///
/// All processes of the node have the task-local values of the caller, so that an expectation that fails in one of them is the
/// running test's. That holds for what they do in child tasks and in `Task {}` too, and not for `Task.detached`.
///
/// - Parameters:
///   - seed: chooses among the processes that could run.
///   - logsReports: whether reports go to swift-log too. They can be read from the node in any case.
///   - body: the test.
/// - Returns: what `body` returns.
/// - Throws: what `body` throws; ``TestNodeError`` when everything waits and no timer is armed, or when the body's process was
///   ended from outside.
public func withTestNode<Result: Sendable>(
  seed: UInt64 = 0, logsReports: Bool = false, _ body: @escaping @Sendable (TestNode) async throws -> Result
) async throws -> Result {
  let driver = NodeDriver(seed: seed, logsReports: logsReports)
  let box = Outcome<Result>()
  let root = spawn(on: driver.node) {
    do {
      let result = try await body(TestNode(driver))
      box.set(.success(result))
    } catch {
      box.set(.failure(error))
      throw error
    }
  }
  return try await withCheckedThrowingContinuation { continuation in
    driver.run(root: root) { stall in
      if let stall {
        continuation.resume(throwing: TestNodeError(description: stall))
      } else if let result = box.get() {
        continuation.resume(with: result)
      } else {
        let text = "the test's body did not finish: its process ended: \(root.reasonIfDead)"
        continuation.resume(throwing: TestNodeError(description: text))
      }
    }
  }
}

/// Runs `body` once for each seed, and says which one failed.
public func withTestNodes<Seeds: Sequence<UInt64>>(
  seeds: Seeds, _ body: @escaping @Sendable (TestNode) async throws -> Void
) async throws {
  for seed in seeds {
    do {
      try await withTestNode(seed: seed, body)
    } catch {
      throw TestNodeError(description: "with seed \(seed): \(error)")
    }
  }
}

private final class Outcome<Value: Sendable>: Sendable {
  private let value = Mutex<Swift.Result<Value, any Error>?>(nil)
  func set(_ new: Swift.Result<Value, any Error>) { value.withLock { $0 = new } }
  func get() -> Swift.Result<Value, any Error>? { value.withLock { $0 } }
}
