public import ErlangTerms
@_spi(Runtime) public import ProcessRuntime
public import Supervision

/// Functions, and processes that one node starts on another.
extension ErlangNode {
  /// Lets other nodes call a function: `erpc:call(Node, calc, add, [1, 2])`, and `rpc` the same.
  ///
  ///     node.export("calc", "add", arity: 2) { .integer(($0[0].int ?? 0) + ($0[1].int ?? 0)) }
  ///
  /// Each call runs in a process of its own. What is thrown is an error there; a fault ends that process alone.
  public func export(
    _ module: Atom, _ function: Atom, arity: Int, _ body: @escaping @Sendable ([Term]) async throws -> Term
  ) {
    distribution.export(
      { arguments in
        guard arguments.count == arity else { throw UndefinedFunction() }
        return try await body(arguments)
      }, as: FunctionName(module: module, function: function))
  }

  /// Lets other nodes start such children under the supervisors of this one: what they name by module and function in a child
  /// specification, is made here.
  ///
  ///     node.exportChild("Elixir.Counter", "start_link") { arguments in
  ///       ChildSpec { Counter(arguments.first?.int ?? 0) }
  ///     }
  ///
  /// The id, the restart type and the shutdown of the specification that came take the place of those of `make`.
  public func exportChild(_ module: Atom, _ function: Atom, _ make: @escaping @Sendable ([Term]) throws -> ChildSpec) {
    distribution.export(make, as: FunctionName(module: module, function: function))
  }

  /// Lets other nodes start children under a dynamic supervisor by their arguments alone, as under OTP's `simple_one_for_one`.
  ///
  ///     node.exportChildren(of: "matches") { arguments in ChildSpec { Match(arguments) } }
  ///
  /// From Elixir: `Supervisor.start_child({:matches, node}, [:a, 1])`.
  ///
  /// - Parameters:
  ///   - supervisor: the name that it is registered with.
  ///   - make: makes the specification of a child from the list of arguments.
  public func exportChildren(of supervisor: String, _ make: @escaping @Sendable ([Term]) throws -> ChildSpec) {
    distribution.export(make, under: Atom(supervisor))
  }

  /// Calls a function of another node (`erpc:call/5`).
  ///
  /// Suspends until it has returned.
  ///
  /// - Throws: ``ErlangExit`` with what it has thrown or ended with; `CallError`: `timeout`, or `exited(.noConnection)`.
  public func call(
    _ node: String, _ module: Atom, _ function: Atom, _ arguments: [Term], timeout: Duration? = .seconds(5)
  ) async throws -> Term {
    try await distribution.call(node, module, function, arguments, timeout: timeout)
  }

  /// Starts a process on another node (`spawn/4`, `erlang:spawn_request/5`).
  ///
  /// Suspends until the node has answered.
  ///
  /// - Parameters:
  ///   - node: where; the function must be exported there, if it is a node of this library.
  ///   - module: the function's module.
  ///   - function: what the process runs.
  ///   - arguments: the function's arguments.
  ///   - options: as Erlang has them. A link or a monitor is better made afterwards, with the id.
  ///   - timeout: how long to wait for the node's answer; nil for ever.
  /// - Returns: the process.
  /// - Throws: ``ErlangExit`` with the node's reason, such as `notsup` or `badopt`; `CallError`.
  public func spawn(
    on node: String, _ module: Atom, _ function: Atom, _ arguments: [Term], options: [Term] = [],
    timeout: Duration? = .seconds(5)
  ) async throws -> ProcessID {
    let answer = try await distribution.ask(
      node, module, function, arguments, options: options, isCall: false, timeout: timeout)
    switch answer {
    case .spawned(let process): return process
    case .failed(let reason): throw ErlangExit(.atom(reason))
    case .ended(let reason): throw CallError(.exited(reason), target: node)
    }
  }

  func exportBasics() {
    let distribution = distribution
    export("erlang", "node", arity: 0) { _ in .atom(distribution.identity.name) }
    export("erlang", "nodes", arity: 0) { _ in .list(distribution.connectedPeers.map { .atom($0.atom) }) }
    export("erlang", "whereis", arity: 1) { arguments in
      guard let name = arguments[0].atom, let cell = distribution.whereis(name) else { return .atom("undefined") }
      return .pid(distribution.pid(of: cell))
    }
    export("erlang", "registered", arity: 0) { _ in
      .list(distribution.core.allProcesses.compactMap { $0.registeredName.map { .atom(Atom($0)) } })
    }
    export("erlang", "is_process_alive", arity: 1) { arguments in
      .bool(arguments[0].pid.flatMap { distribution.localProcess($0) } != nil)
    }
  }
}

extension Distribution {
  func call(
    _ node: String, _ module: Atom, _ function: Atom, _ arguments: [Term], timeout: Duration?
  ) async throws -> Term {
    let mark = Term.reference(reference(core.nextReference()))
    let parts: [Term] = [mark, .atom(module), .atom(function), .list(arguments)]
    let answer = try await ask(
      node, "erpc", "execute_call", parts, options: [.atom("monitor")], isCall: true, timeout: timeout)
    switch answer {
    case .ended(let reason):
      if reason == .noConnection { throw CallError(.exited(reason), target: node) }
      let term = term(of: reason)
      guard let result = term.elements, result.count >= 3, result[0] == mark else { throw ErlangExit(term) }
      if result[1] == .atom("return") { return result[2] }
      throw ErlangExit(result[2])
    case .failed(let reason): throw ErlangExit(.atom(reason))
    case .spawned: throw CallError(.noReply, target: node)
    }
  }

  fileprivate func ask(
    _ node: String, _ module: Atom, _ function: Atom, _ arguments: [Term], options: [Term], isCall: Bool,
    timeout: Duration?
  ) async throws -> SpawnTable.Answer {
    do {
      return try await spawns.ask(
        peer(Atom(node)), module, function, arguments, options: options, isCall: isCall, timeout: timeout)
    } catch is WaitTimeout {
      throw CallError(.timeout, target: node)
    }
  }
}
