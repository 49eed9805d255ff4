@_spi(Runtime) public import ProcessRuntime

/// Whom ``Sys`` can be asked about: a process's id, a reference, a name, a supervisor.
public protocol SystemTarget: Sendable {
  /// The process that it stands for now; nil if nobody has the name.
  var systemTarget: ProcessID? { get }
}

extension ProcessID: SystemTarget {
  /// The process itself.
  public var systemTarget: ProcessID? { self }
}

extension ProcessRef: SystemTarget {
  /// The process that it refers to.
  public var systemTarget: ProcessID? { id }
}

extension ProcessName: SystemTarget {
  /// Whoever has the name now.
  public var systemTarget: ProcessID? { whereis }
}

extension Supervisor: SystemTarget {
  /// The supervisor's own process.
  public var systemTarget: ProcessID? { id }
}

extension DynamicSupervisor: SystemTarget {
  /// The supervisor's own process.
  public var systemTarget: ProcessID? { process }
}

extension TaskSupervisor: SystemTarget {
  /// The supervisor's own process.
  public var systemTarget: ProcessID? { process }
}

extension PartitionSupervisor: SystemTarget {
  /// The supervisor's own process.
  public var systemTarget: ProcessID? { process }
}

extension Agent: SystemTarget {
  /// The agent's process.
  public var systemTarget: ProcessID? { process }
}
