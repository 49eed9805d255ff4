public import ErlangTerms
@_spi(Runtime) import ProcessRuntime
public import Supervision

/// States as terms: of servers of any node of the cluster, written in whatever language.
///
/// The other operations of `Sys` take processes of other nodes as they take those of this one. Where a state has a type of
/// this program, `Sys.getState(of:as:)` makes one of the term that comes.
extension Sys {
  /// The state of a server, as a term (`sys:get_state/2`).
  ///
  ///     let store = ProcessName<ErlangMessage>("store", node: "db@host")
  ///     print(try await Sys.getState(of: store))  // #{<<"tea">> => 3}
  ///
  /// That of a state machine is `{State, Data}`. A server of this library whose state is not `Encodable` shows a map with its
  /// `description`. Suspends until the server has answered; works while it is suspended, and for servers of this node too.
  ///
  /// - Parameters:
  ///   - target: the server.
  ///   - timeout: how long to wait for the answer; nil for ever.
  /// - Returns: the state.
  /// - Throws: `SysError`: `call` with `noProcess`, `exited(.noConnection)` or `timeout`; `refused` by the other node.
  public static func getState(
    of target: some SystemTarget, timeout: Duration? = .seconds(5)
  ) async throws(SysError) -> Term {
    try await getState(of: target, decoding: Term.self, timeout: timeout)
  }

  /// The state of a server, as a value of a type that need not be the server's own.
  ///
  ///     let prices = try await Sys.getState(of: store, decoding: [String: Int].self)
  ///
  /// - Parameters:
  ///   - target: the server.
  ///   - type: what the term is to become.
  ///   - timeout: how long to wait for the answer; nil for ever.
  /// - Returns: the state.
  /// - Throws: `SysError`, as without a type, and `wrongState` if the state is no such value.
  public static func getState<State: Decodable & Sendable>(
    of target: some SystemTarget, decoding type: State.Type, timeout: Duration? = .seconds(5)
  ) async throws(SysError) -> State {
    if let server = target.remoteServer { return try await server.state(timeout) { try $0.value(of: type) } }
    let node = try terms()
    let term = try await perform("get_state", on: target, timeout: timeout) { server in
      .success(await ServerTerms(server, node).state)
    }
    return try await apart("get_state") { try RemoteServerState(term, node).value(of: type) }
  }

  /// Changes the state of a server as a term (`sys:replace_state/3`).
  ///
  ///     try await Sys.replaceState(of: store) { $0 = .map([:]) }
  ///
  /// The closure runs here, in a process of its own, while the server waits for it. If it throws or traps, the server keeps
  /// the state that it had. A server of another node of this library takes a term that is a value of its own type, else it
  /// is `callbackFailed`; one of the BEAM takes any, for which this node has its `erl_eval` make a function. What calls
  /// back needs no permission of this node's.
  ///
  /// - Parameters:
  ///   - target: the server.
  ///   - timeout: how long to wait for the answer; nil for ever. The state may be replaced even if it has passed.
  ///   - body: changes the term.
  /// - Returns: what the closure returns.
  /// - Throws: `SysError`, as ``getState(of:timeout:)``, and `callbackFailed`.
  @discardableResult
  public static func replaceState<Value: Sendable>(
    of target: some SystemTarget, timeout: Duration? = .seconds(5),
    _ body: @escaping @Sendable (inout Term) throws -> Value
  ) async throws(SysError) -> Value {
    try await replaceState(of: target, decoding: Term.self, timeout: timeout, body)
  }

  /// The same, with the state as a value of a type that need not be the server's own.
  @discardableResult
  public static func replaceState<State: Codable & SendableMetatype, Value: Sendable>(
    of target: some SystemTarget, decoding type: State.Type, timeout: Duration? = .seconds(5),
    _ body: @escaping @Sendable (inout State) throws -> Value
  ) async throws(SysError) -> Value {
    let change: @Sendable (any RemoteState) throws -> (any RemoteState, Value) = { shown in
      var state = try shown.value(of: State.self)
      let value = try body(&state)
      return (try shown.made(of: [state]), value)
    }
    if let server = target.remoteServer {
      return try await server.system.replaceState(of: server.process, timeout: timeout, change)
    }
    let node = try terms()
    return try await perform("replace_state", on: target, timeout: timeout) { server in
      var value: Value?
      do {
        _ = try await ServerTerms(server, node).replaceState { old in
          let (new, result) = try await server.apart("replace_state") { try change(RemoteServerState(old, node)) }.get()
          value = result
          return (new as? RemoteServerState)?.term ?? old
        }
      } catch {
        return .failure(SysError(ofClosure: error as? ExitReason ?? .failure(error)))
      }
      return value.map { .success($0) } ?? .failure(SysError(.wrongState("it was not changed")))
    }
  }

  /// Who makes terms of values.
  private static func terms() throws(SysError) -> Distribution {
    guard let node = ErlangNode.current else {
      throw SysError(.wrongState("this program is no node, and has no terms; make an ErlangNode"))
    }
    return node.distribution
  }
}
