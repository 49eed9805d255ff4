extension Sys {
  /// State and data of a state machine (`sys:get_state/2`).
  ///
  /// Works while it is suspended.
  ///
  /// - Throws: ``SysError``: `wrongServer` if it is of another type.
  public static func getState<Machine: StateMachine & Sendable>(
    of target: some SystemTarget, as type: Machine.Type, timeout: Duration? = .seconds(5)
  ) async throws(SysError) -> (state: Machine.State, data: Machine) {
    try await getState(of: target, as: type, timeout: timeout) { ($0, $1) }
  }

  /// A part of state and data of a machine that need not be `Sendable`.
  ///
  /// The closure runs on a copy, in a process of its own. If it throws or traps, the machine is unharmed.
  public static func getState<Machine: StateMachine, Part: Sendable>(
    of target: some SystemTarget, as type: Machine.Type, timeout: Duration? = .seconds(5),
    _ body: @escaping @Sendable (Machine.State, Machine) throws -> Part
  ) async throws(SysError) -> Part {
    if let remote = target.remoteServer {
      return try await remote.state(timeout) { shown in
        let (state, data) = try shown.machine(type)
        return try body(state, data)
      }
    }
    return try await getState(of: target, as: StateMachineServer<Machine>.self, timeout: timeout) {
      try body($0.engine.state, $0.machine)
    }
  }

  /// Changes state and data of a state machine (`sys:replace_state/3`).
  ///
  ///     try await Sys.replaceState(of: door, as: Door.self) { state, door in state = .locked }
  ///
  /// It is no transition: nothing is entered, retried or cancelled. The closure runs on a copy, in a process of its own, while
  /// the machine waits. If it throws or traps, the machine keeps what it had.
  ///
  /// - Returns: what the closure returns.
  @discardableResult
  public static func replaceState<Machine: StateMachine, Value: Sendable>(
    of target: some SystemTarget, as type: Machine.Type, timeout: Duration? = .seconds(5),
    _ body: @escaping @Sendable (inout Machine.State, inout Machine) throws -> Value
  ) async throws(SysError) -> Value {
    if let remote = target.remoteServer {
      return try await remote.system.replaceState(of: remote.process, timeout: timeout) { shown in
        var (state, data) = try shown.machine(type)
        let value = try body(&state, &data)
        return (try shown.made(of: [state, data]), value)
      }
    }
    return try await replaceState(of: target, as: StateMachineServer<Machine>.self, timeout: timeout) {
      try body(&$0.engine.state, &$0.machine)
    }
  }
}
