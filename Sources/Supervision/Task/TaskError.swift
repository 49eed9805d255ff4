public import ProcessRuntime

/// Why there is no result of a task (the exits of `Task.await/2`), or no task.
public struct TaskError: Error, Sendable, CustomStringConvertible {
  /// What went wrong.
  public enum Kind: Sendable {
    /// The task ended, with this reason, without a result.
    case exited(ExitReason)
    /// It has not ended in time.
    ///
    /// It goes on, but nobody will get its result any more.
    case timeout
    /// Its result has been had, or is not wanted any more.
    case handled
    /// Another process than the task's owner has asked: who owns it, and who has asked.
    case notOwner(ProcessID?, ProcessID?)
    /// The task supervisor has as many tasks as it may have.
    case maxChildren
    /// There is no such task supervisor.
    case noProcess
    /// The task supervisor has not started it.
    case notStarted(SupervisorError)
    /// Only a process can be linked to.
    case outsideProcess
    /// The calling task was cancelled.
    case cancelled
    /// An argument that makes no sense.
    case invalid(String)
  }

  /// What went wrong.
  public let kind: Kind
  /// The task's process, if it has one.
  public let process: ProcessID?

  init(_ kind: Kind, _ process: ProcessID? = nil) {
    self.kind = kind
    self.process = process
  }

  /// What a wait has thrown.
  init(waiting error: any Error, _ process: ProcessID?) {
    self.init((error as? ExitReason).map { .exited($0) } ?? .cancelled, process)
  }

  /// The exit reason that stands for this error.
  public var reason: ExitReason {
    switch kind {
    case .exited(let reason): reason
    case .timeout: .timeout
    case .handled, .noProcess: .noProcess
    default: .failure(self)
    }
  }

  public var description: String {
    let who = process.map { "task \($0)" } ?? "task"
    switch kind {
    case .exited(let reason): return "\(who): it ended without a result: \(reason)"
    case .timeout: return "\(who): no result in time; give a longer timeout, or yield and look again"
    case .handled: return "\(who): its result has been taken already, or was given up; keep what await returns"
    case .notOwner(let owner, let asker):
      return "\(who) must be queried from the owner \(Self.name(owner)) but was queried from \(Self.name(asker))"
    case .maxChildren:
      return "reached the maximum number of tasks for this task supervisor; raise maxChildren, or start fewer at a time"
    case .noProcess: return "no process: the task supervisor is not alive, or nobody has its name"
    case .notStarted(let error): return "the task was not started: \(error)"
    case .outsideProcess:
      return
        "async links the task to its owner, which must be a process; call it within spawn { } or a GenServer, or use asyncNoLink"
    case .cancelled: return "\(who): the calling task was cancelled"
    case .invalid(let what): return what
    }
  }

  private static func name(_ process: ProcessID?) -> String { process?.description ?? "outside of processes" }
}
