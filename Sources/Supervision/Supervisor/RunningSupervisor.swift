@_spi(Runtime) package import ProcessRuntime

/// A supervisor, found by its process: whoever has an id of another node's choosing asks so.
package enum RunningSupervisor: Sendable {
  case fixed(Supervisor)
  case dynamic(DynamicSupervisor)

  /// Nil if the process is no supervisor.
  package init?(_ process: ProcessCell) {
    if process.messageType == SupervisorProcess.Message.self {
      self = .fixed(Supervisor(id: process.id))
    } else if process.messageType == DynamicSupervisorProcess.Message.self {
      self = .dynamic(DynamicSupervisor(ProcessRef(unchecked: process)))
    } else {
      return nil
    }
  }
}
