@_spi(Runtime) package import ProcessRuntime
import Supervision

/// What somebody who looks at a node can do to it.
package enum Action: Sendable, Equatable {
  case kill(ProcessID)
  case suspend(ProcessID)
  case resume(ProcessID)
  case restart(ProcessID, child: String)
  case garbage
  /// Of a process that has ended meanwhile.
  case tooLate(String)

  package struct Failure: Error {
    package let text: String

    package init(text: String) { self.text = text }
  }

  /// Waits five seconds at most.
  package func perform() async -> Result<String, Failure> {
    do {
      switch self {
      case .tooLate(let number): return .failure(Failure(text: "<0.\(number).0> has ended meanwhile."))
      case .kill(let process):
        process.exit(.kill)
        return .success("\(process) is killed.")
      case .suspend(let process):
        try await Sys.suspend(process)
        return .success("\(process) is suspended.")
      case .resume(let process):
        try await Sys.resume(process)
        return .success("\(process) goes on.")
      case .restart(let supervisor, let child): return try await restart(child, of: supervisor)
      case .garbage:
        return ProgramMemory.giveBack()
          ? .success("Free memory is given back.") : .failure(Failure(text: "This system has no call for that."))
      }
    } catch {
      return .failure(Failure(text: "\(error)"))
    }
  }

  private func restart(_ child: String, of process: ProcessID) async throws -> Result<String, Failure> {
    guard process.supervisorKind == "Supervisor" else {
      return .failure(Failure(text: "\(process) is no supervisor that starts single children again."))
    }
    let supervisor = Supervisor(id: process)
    // By others, so that who asks need not wait for a child that takes its time to stop.
    let restart = Task {
      try await supervisor.terminateChild(ChildSpec.ID(child))
      return try await supervisor.restartChild(ChildSpec.ID(child))
    }
    let limit = Task {
      try await Task.sleep(for: .seconds(5))
      restart.cancel()
    }
    defer { limit.cancel() }
    let successor = try await restart.value
    return .success("\(child) runs again: \(successor).")
  }
}
