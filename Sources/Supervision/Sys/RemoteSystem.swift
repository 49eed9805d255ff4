@_spi(Runtime) package import ProcessRuntime

/// Another node, whose servers ``Sys`` can ask: whoever speaks with it says there what ``Sys`` does here.
///
/// Each function suspends until the server has answered, its connection is lost, or the timeout, and throws what ``Sys`` throws.
package protocol RemoteSystem: RemotePeer {
  func perform(_ command: RemoteCommand, on target: RemoteProcess, timeout: Duration?) async throws(SysError)
  func status(of target: RemoteProcess, timeout: Duration?) async throws(SysError) -> SystemStatus
  func statistics(of target: RemoteProcess, timeout: Duration?) async throws(SysError) -> SystemStatistics?
  func log(of target: RemoteProcess, timeout: Duration?) async throws(SysError) -> [SystemEvent]
  func state(of target: RemoteProcess, timeout: Duration?) async throws(SysError) -> any RemoteState
  /// Has `change` make the next state, in a process of its own, while the server waits for it.
  func replaceState<Value: Sendable>(
    of target: RemoteProcess, timeout: Duration?,
    _ change: @escaping @Sendable (any RemoteState) throws -> (any RemoteState, Value)
  ) async throws(SysError) -> Value
}

/// What is answered with nothing but that it is done.
package enum RemoteCommand: Sendable {
  case suspend
  case resume
  case terminate(ExitReason)
  case startStatistics
  case stopStatistics
  case startLog(last: Int)
  case stopLog
  case noDebug
}

/// The state of a server of another node, as it has come.
package protocol RemoteState: Sendable {
  /// Throws ``SysError``, `wrongState`, if it is no such value.
  func value<Value>(of type: Value.Type) throws -> Value
  /// Of a state machine: its state, and its data.
  func parts() throws -> (state: any RemoteState, data: any RemoteState)
  /// What these values are to that node: the state; or state and data.
  func made(of values: [Any]) throws -> any RemoteState
}

extension RemoteState {
  func machine<Machine: StateMachine>(_: Machine.Type) throws -> (state: Machine.State, data: Machine) {
    let (state, data) = try parts()
    return (try state.value(of: Machine.State.self), try data.value(of: Machine.self))
  }
}

/// A server of another node.
package struct RemoteServer: Sendable {
  package let system: any RemoteSystem
  package let process: RemoteProcess

  /// A part of its state, which `read` takes of it in a process of its own.
  package func state<Part: Sendable>(
    _ timeout: Duration?, _ read: @escaping @Sendable (any RemoteState) throws -> Part
  ) async throws(SysError) -> Part {
    let state = try await system.state(of: process, timeout: timeout)
    return try await Sys.apart("get_state") { try read(state) }
  }
}

extension SystemTarget {
  /// Nil for what is no process of another node.
  package var remoteServer: RemoteServer? {
    guard let remote = systemTarget?.remote, let system = remote.peer as? any RemoteSystem else { return nil }
    return RemoteServer(system: system, process: remote)
  }
}

extension Sys {
  /// Runs the user's code in a process of its own, on a value that has come from another node: a trap ends that one.
  package static func apart<Value: Sendable>(
    _ what: String, _ body: @escaping @Sendable () throws -> Value
  ) async throws(SysError) -> Value {
    let work = WorkApart(body)
    let helper = spawn(on: .current) {
      CurrentProcess.label = what
      work.run()
    }
    let reason = await helper.exited()
    switch work.result ?? .failure(reason) {
    case .success(let value): return value
    case .failure(let reason): throw SysError(ofClosure: reason)
    }
  }
}

extension SysError {
  /// A closure has ended with that reason.
  package init(ofClosure reason: ExitReason) {
    self = reason.error as? SysError ?? SysError(.callbackFailed(reason))
  }
}
