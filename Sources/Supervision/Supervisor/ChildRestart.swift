@_spi(Runtime) public import ProcessRuntime

/// A supervisor has started a child again.
///
/// Under ``Supervisor/Strategy/oneForAll`` and ``Supervisor/Strategy/restForOne`` there is one for each child that was started
/// again, the one that failed or not.
public struct ChildRestart: Sendable {
  /// The supervisor's registered name, or its type.
  public let supervisor: String
  /// The supervisor's process.
  public let process: ProcessID
  /// The child's id.
  public let child: ChildSpec.ID
}

/// Restarts, as they come about.
///
///     ChildRestarts.monitor { restart in alarms.send(.restarted(restart.supervisor, restart.child)) }
///
/// Costs nothing while nobody listens.
public enum ChildRestarts {
  /// Tells of all restarts by the supervisors of this node from now on: of ``Supervisor``, ``DynamicSupervisor`` and what is
  /// built of them.
  ///
  /// Does not suspend. It is a process of its own that calls `tell`, for one restart after the other; it ends with the process
  /// that has asked.
  @discardableResult
  public static func monitor(_ tell: @escaping @Sendable (ChildRestart) -> Void) -> EventMonitor {
    bus(of: Node.current).monitor(label: "restarts", tell)
  }

  package static func bus(of node: Node) -> EventBus<ChildRestart> {
    node.attachment(EventBus<ChildRestart>.self) { EventBus() }
  }
}
