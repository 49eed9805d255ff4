@_spi(Runtime) public import ProcessRuntime

/// Work that another process does, and whose result its owner gets (Elixir's `Task`).
///
///     let page = try await tasks.async { try await fetch(url) }
///     let menu = try await tasks.async { try await render() }
///     return try await page.await() + menu.await()
///
/// A process of its own, where an `async let` is a part of the same process: a trap in it ends the task, not the owner's
/// code; it can be waited for with a timeout, killed, and supervised. ``TaskSupervisor`` starts tasks; without a supervisor
/// ``async(file:line:_:)`` does.
///
/// Only its owner, the process that has asked for it, may ask for the result, and gets it once.
public struct SupervisedTask<Success: Sendable>: Sendable {
  /// The task's process; nil for a task that was made ``completed(_:)``.
  public let process: ProcessID?
  /// Who has asked for it and may have its result; nil if that was no process.
  public let owner: ProcessID?
  let outcome: TaskOutcome<Success>

  init(process: ProcessID?, owner: ProcessCell?, _ outcome: TaskOutcome<Success>) {
    self.process = process
    self.owner = owner?.id
    self.outcome = outcome
  }

  /// Starts a task that is linked to the calling process, its owner, and supervised by nobody (`Task.async/1`).
  ///
  /// Does not suspend. If the task fails, so does an owner that does not trap exits; and the other way round.
  ///
  /// - Throws: ``TaskError``, `outsideProcess`.
  public static func async(
    file: StaticString = #fileID, line: UInt = #line, _ body: @escaping @Sendable () async throws -> Success
  ) throws(TaskError) -> SupervisedTask {
    guard let owner = ProcessCell.current else { throw TaskError(.outsideProcess) }
    let outcome = TaskOutcome<Success>()
    let start = TaskStart(owner: owner, tie: .link, CodePlace(file, line), outcome, body)
    do {
      return SupervisedTask(process: try start.begin(underSupervisor: false), owner: owner, outcome)
    } catch {
      throw TaskError(.outsideProcess)
    }
  }

  /// A task that is done already, without a process (`Task.completed/1`).
  public static func completed(_ value: Success) -> SupervisedTask {
    let outcome = TaskOutcome<Success>()
    outcome.succeed(value)
    outcome.end(.normal)
    return SupervisedTask(process: nil, owner: .current, outcome)
  }
}

extension SupervisedTask: CustomStringConvertible {
  /// `SupervisedTask(<0.119.0>, owner: <0.118.0>)`.
  public var description: String {
    "SupervisedTask(\(process?.description ?? "completed"), owner: \(owner?.description ?? "none"))"
  }
}

extension TaskStart {
  /// A task whose result is wanted.
  init<Success>(
    owner: ProcessCell?, tie: Tie, _ place: CodePlace, _ outcome: TaskOutcome<Success>,
    _ body: @escaping @Sendable () async throws -> Success
  ) {
    self.init(owner: owner, tie: tie, place, onEnd: { outcome.end($0) }) {
      outcome.succeed(try await body())
    }
  }
}
