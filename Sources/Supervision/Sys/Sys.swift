@_spi(Runtime) public import ProcessRuntime

/// System operations: what every GenServer, state machine and supervisor can be asked from outside, for debugging and for
/// tools (OTP's `sys`).
///
///     let cache = try await Sys.getState(of: ref, as: Cache.self)
///     try await Sys.suspend(ref)
///     print(try await Sys.getStatus(of: ref).state)
///     try await Sys.resume(ref)
///
/// Each suspends until the server has answered; five seconds if nothing else is said, nil for ever. The order stands in the
/// server's mailbox, behind what came before: so a state that is asked for shows what the caller has sent; and it stands even if
/// the wait has ended. A process that is dead, ends meanwhile, or is the caller itself, is an error at once, as with `call`. A
/// server from which nothing was asked pays nothing.
///
/// Processes of other nodes are asked in the same way, whatever they are written in: what the module ErlangDistribution connects to,
/// a server of Erlang or Elixir or one of this library there, answers `sys`. A lost connection is the error
/// `exited(.noConnection)`. States cross as terms: `as:` needs a `Codable` type, and there are `Sys.getState(of:)` and
/// `getState(of:decoding:)` for servers without a type here. ``trace(_:timeout:to:)``, ``install(_:in:state:timeout:_:)`` and
/// ``remove(_:from:timeout:)`` are for this node only.
public enum Sys {
  /// The state of a server (`sys:get_state/2`).
  ///
  /// Works while it is suspended.
  ///
  /// - Throws: ``SysError``: `wrongServer` if it is of another type.
  public static func getState<Server: GenServer & Sendable>(
    of target: some SystemTarget, as type: Server.Type, timeout: Duration? = .seconds(5)
  ) async throws(SysError) -> Server {
    if let remote = target.remoteServer { return try await remote.state(timeout) { try $0.value(of: type) } }
    return try await ask(target, "get_state", timeout) { cell in
      server(cell, type).map { $0.state.pointee }
    }
  }

  /// A part of the state of a server that need not be `Sendable`.
  ///
  ///     let count = try await Sys.getState(of: ref, as: Counter.self) { $0.count }
  ///
  /// The closure runs on a copy, in a process of its own. If it throws or traps, the server is unharmed.
  ///
  /// - Throws: ``SysError``: `callbackFailed`, `wrongServer`.
  public static func getState<Server: GenServer, Part: Sendable>(
    of target: some SystemTarget, as type: Server.Type, timeout: Duration? = .seconds(5),
    _ body: @escaping @Sendable (Server) throws -> Part
  ) async throws(SysError) -> Part {
    if let remote = target.remoteServer { return try await remote.state(timeout) { try body(try $0.value(of: type)) } }
    return try await ask(target, "get_state", timeout) { cell in
      switch server(cell, type) {
      case .failure(let error): return .failure(error)
      case .success(let server):
        let state = server.state.pointee
        return await apart(from: cell, "get_state") { try body(state) }.mapError { SysError(.callbackFailed($0)) }
      }
    }
  }

  /// Changes the state of a server (`sys:replace_state/3`).
  ///
  ///     try await Sys.replaceState(of: ref, as: Counter.self) { $0.count = 0 }
  ///
  /// The closure runs on a copy, in a process of its own, while the server waits. If it throws or traps, the server keeps the
  /// state that it had. Works while it is suspended.
  ///
  /// - Returns: what the closure returns.
  /// - Throws: ``SysError``: `callbackFailed`, `wrongServer`.
  @discardableResult
  public static func replaceState<Server: GenServer, Value: Sendable>(
    of target: some SystemTarget, as type: Server.Type, timeout: Duration? = .seconds(5),
    _ body: @escaping @Sendable (inout Server) throws -> Value
  ) async throws(SysError) -> Value {
    if let remote = target.remoteServer {
      return try await remote.system.replaceState(of: remote.process, timeout: timeout) { shown in
        var state = try shown.value(of: type)
        let value = try body(&state)
        return (try shown.made(of: [state]), value)
      }
    }
    return try await ask(target, "replace_state", timeout) { cell in
      switch server(cell, type) {
      case .failure(let error): return .failure(error)
      case .success(let server):
        let old = server.state.pointee
        let outcome = await apart(from: cell, "replace_state") { () throws -> (Server, Value) in
          var new = old
          let result = try body(&new)
          return (new, result)
        }
        switch outcome {
        case .failure(let reason): return .failure(SysError(.callbackFailed(reason)))
        case .success(let (new, result)):
          if !cell.isDead { server.setState(new) }
          return .success(result)
        }
      }
    }
  }

  /// The server handles no message any more until it is resumed (`sys:suspend/2`).
  ///
  /// Messages, signals and timeouts wait in order; callers wait for their timeout. System operations, `stop` and the exit of the
  /// parent are handled. To suspend it twice is as good as once.
  public static func suspend(_ target: some SystemTarget, timeout: Duration? = .seconds(5)) async throws(SysError) {
    try await change(target, "suspend", timeout, .suspend) { $0.isSuspended = true }
  }

  /// The server goes on with what waits, in order (`sys:resume/2`).
  ///
  /// Nothing happens if it is not suspended.
  public static func resume(_ target: some SystemTarget, timeout: Duration? = .seconds(5)) async throws(SysError) {
    try await change(target, "resume", timeout, .resume) { $0.isSuspended = false }
  }

  /// Orders the server to end with `reason`, and does not wait until it has (`sys:terminate/3`).
  ///
  /// Returns before its `terminate` runs. ``ProcessRef/stop(reason:timeout:)`` waits for the end.
  public static func terminate(
    _ target: some SystemTarget, reason: ExitReason, timeout: Duration? = .seconds(5)
  ) async throws(SysError) {
    if let remote = target.remoteServer {
      return try await remote.system.perform(.terminate(reason), on: remote.process, timeout: timeout)
    }
    try await ask(target, "terminate", timeout, end: reason) { _ in .success(()) }
  }

  /// What can be told of a server of any type (`sys:get_status/2`): for tools.
  ///
  /// State and details are printed on a copy, in a process of their own: one that throws or traps while it prints is shown as
  /// such. Works while it is suspended.
  public static func getStatus(
    of target: some SystemTarget, timeout: Duration? = .seconds(5)
  ) async throws(SysError) -> SystemStatus {
    if let remote = target.remoteServer { return try await remote.system.status(of: remote.process, timeout: timeout) }
    return try await ask(target, "get_status", timeout) { cell in
      .success(await status(of: cell))
    }
  }

  private static func server<Server>(
    _ cell: ServerCell, _: Server.Type
  ) -> Result<ServerProcess<Server>, SysError> {
    guard let server = cell as? ServerProcess<Server>, server.hasState else {
      return .failure(SysError(.wrongServer(cell.kindName)))
    }
    return .success(server)
  }

  static func status(of cell: ServerCell) async -> SystemStatus {
    let process = cell.id
    let server = cell as? any SystemServer
    let texts = server?.makeStatusTexts(cell.redaction) ?? { ("", []) }
    let (state, details): (String, [ReportDetail])
    switch await apart(from: cell, "get_status", texts) {
    case .success(let made): (state, details) = made
    case .failure: (state, details) = ("\(cell.kindName)'s description crashed", [])
    }
    let system = cell.system
    return SystemStatus(
      process: process, name: cell.name, behaviour: cell.behaviourName, kind: cell.kindName,
      activity: system?.isSuspended == true ? .suspended : .running, parent: server?.parent,
      ancestors: process.info?.ancestors ?? [], installed: system?.listeners.map(\.id) ?? [],
      statistics: system?.statistics(of: cell), log: system?.log ?? [], state: state, details: details)
  }
}
