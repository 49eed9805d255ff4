import Supervision
import SupervisionTesting

/// What came of asking a task, in a word or two.
func taskOutcome<Value>(_ ask: () async throws(TaskError) -> Value) async -> String {
  do {
    return "\(try await ask())"
  } catch {
    switch error.kind {
    case .exited(let reason): return "exited(\(reason))"
    case .notOwner: return "notOwner"
    default: return "\(error.kind)"
    }
  }
}

extension Result where Failure == ExitReason {
  var text: String {
    switch self {
    case .success(let value): "ok \(value)"
    case .failure(let reason): "exit \(reason)"
    }
  }
}

extension Optional {
  func text<Value>() -> String where Wrapped == Result<Value, ExitReason> { self?.text ?? "nil" }
}

/// Runs `body` as a process that traps exits, and waits for what it makes.
func trapping<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
  let task = try SupervisedTask.async {
    CurrentProcess.trapsExits = true
    return try await body()
  }
  return try await task.await(timeout: nil)
}

/// A task that never ends by itself.
func endless() -> @Sendable () async throws -> Int {
  { try await suspendForever() }
}

/// Traps exits, and ends only when it is killed.
func stubborn() -> @Sendable () async throws -> Int {
  {
    CurrentProcess.trapsExits = true
    try await suspendForever()
  }
}
