@_spi(Runtime) import ProcessRuntime
import Supervision
import Synchronization

/// Work in a process of its own, for so long at most.
enum Apart {
  private final class Outcome<Value: Sendable>: Sendable {
    let result = Mutex<Result<Value, ControlFailure>?>(nil)
  }

  static func run<Value: Sendable>(
    _ what: String, on node: Node, within limit: Duration,
    _ body: @escaping @Sendable () async throws(ControlFailure) -> Value
  ) async throws(ControlFailure) -> Value {
    let outcome = Outcome<Value>()
    let process = spawn(on: node) {
      CurrentProcess.label = what
      let result: Result<Value, ControlFailure>
      do throws(ControlFailure) {
        result = .success(try await body())
      } catch {
        result = .failure(error)
      }
      outcome.result.withLock { $0 = result }
    }
    let reason: ExitReason
    do {
      reason = try await process.exited(within: limit) {}
    } catch {
      process.exit(.kill)
      throw ControlFailure(
        .timeout, "it was not done within \(limit): the node is busy, or what was asked for is; try again")
    }
    guard let result = outcome.result.withLock({ $0 }) else {
      throw ControlFailure(.failed, "what was asked for has crashed, and nothing else: \(reason)")
    }
    return try result.get()
  }
}
