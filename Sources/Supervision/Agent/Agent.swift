@_spi(Runtime) public import ProcessRuntime

/// A process that keeps a value for others (Elixir's `Agent`).
///
///     let counter = try await Agent.start { 0 }
///     try await counter.update { $0 += 1 }
///     print(try await counter.get { $0 })  // 1
///
/// What is done with the value is a closure, which runs in the agent's process: one at a time, and the caller waits for as
/// long as the others take. For anything with rules of its own write a ``GenServer``.
///
/// A closure that throws, or traps, ends the agent; its caller gets that as the error `exited`. Catch what may go wrong in the
/// closure and return it. The value need not be `Sendable`; what comes out of it must be.
public struct Agent<State>: Sendable {
  /// What an agent is sent: for the type of its name.
  ///
  ///     extension ProcessName where Message == Agent<Int>.Message { static var counter: Self { "counter" } }
  public struct Message: Sendable {
    let work: @Sendable (inout State) throws -> Void
  }

  private enum Target: Sendable {
    case process(ProcessRef<Message>)
    case name(ProcessName<Message>)
  }

  private let target: Target

  /// The agent that this process is.
  public init(_ process: ProcessRef<Message>) { target = .process(process) }

  /// The agent that has the name, looked up at each use.
  public static func named(_ name: ProcessName<Message>) -> Agent { Agent(.name(name)) }

  private init(_ target: Target) { self.target = target }

  /// The agent's process; nil if nobody has its name now.
  public var process: ProcessID? {
    switch target {
    case .process(let process): process.id
    case .name(let name): name.whereis
    }
  }

  /// Starts an agent that is linked to nobody (`Agent.start/2`).
  ///
  /// Suspends until the closure has made the value.
  ///
  /// - Parameters:
  ///   - name: registered before the closure runs.
  ///   - timeout: how long the closure may take before the new process is killed; nil: no limit.
  ///   - make: makes the value, inside the new process.
  /// - Returns: the agent, ready.
  /// - Throws: ``StartError``, as a ``GenServer``'s start.
  public static func start(
    _ name: ProcessName<Message>? = nil, timeout: Duration? = nil, _ make: @escaping @Sendable () throws -> State
  ) async throws(StartError) -> Agent {
    Agent(try await AgentServer<State>.start(name, timeout: timeout) { AgentServer(state: try make()) })
  }

  /// Starts an agent that is linked to the calling process, its parent (`Agent.start_link/2`).
  public static func startLink(
    _ name: ProcessName<Message>? = nil, timeout: Duration? = nil, _ make: @escaping @Sendable () throws -> State
  ) async throws(StartError) -> Agent {
    Agent(try await AgentServer<State>.startLink(name, timeout: timeout) { AgentServer(state: try make()) })
  }

  /// An agent as a child of a supervisor (`Agent.child_spec/1`).
  ///
  /// - Parameters:
  ///   - name: a name to register it under.
  ///   - id: its place in the supervisor; if not given, its name, or else `Agent`.
  ///   - restart: always, if not given; the value is made anew.
  ///   - shutdown: how it is stopped.
  ///   - make: makes the value, inside its process, at each start.
  /// - Returns: the specification.
  public static func child(
    _ name: ProcessName<Message>? = nil, id: ChildSpec.ID? = nil, restart: ChildSpec.Restart = .permanent,
    shutdown: ChildSpec.Shutdown = .timeout(.seconds(5)), _ make: @escaping @Sendable () throws -> State
  ) -> ChildSpec {
    ChildSpec(name, id: id ?? (name == nil ? "Agent" : nil), restart: restart, shutdown: shutdown) {
      AgentServer(state: try make())
    }
  }
}

extension Agent {
  /// What `body` makes of the value (`Agent.get/3`).
  ///
  /// Suspends until the agent has run `body`.
  ///
  /// - Parameters:
  ///   - timeout: how long to wait; nil waits for ever. The closure runs even if the wait has ended.
  ///   - body: runs in the agent's process.
  /// - Returns: what `body` returns.
  /// - Throws: ``CallError``: `exited` if `body` throws or traps, or the agent ends otherwise; `noProcess`, `timeout`.
  public func get<Value: Sendable>(
    timeout: Duration? = .seconds(5), _ body: @escaping @Sendable (State) throws -> Value
  ) async throws(CallError) -> Value {
    try await ask(timeout) { try body($0) }
  }

  /// Changes the value (`Agent.update/3`).
  ///
  /// Suspends until the agent has run `body`.
  public func update(
    timeout: Duration? = .seconds(5), _ body: @escaping @Sendable (inout State) throws -> Void
  ) async throws(CallError) {
    try await ask(timeout, body)
  }

  /// Changes the value, and answers with what `body` returns, in one step (`Agent.get_and_update/3`).
  ///
  /// Suspends until the agent has run `body`.
  public func getAndUpdate<Value: Sendable>(
    timeout: Duration? = .seconds(5), _ body: @escaping @Sendable (inout State) throws -> Value
  ) async throws(CallError) -> Value {
    try await ask(timeout, body)
  }

  /// Changes the value some time later (`Agent.cast/2`).
  ///
  /// Does not suspend. Nothing happens if the agent is dead.
  public func cast(_ body: @escaping @Sendable (inout State) throws -> Void) {
    let message = Message(work: body)
    switch target {
    case .process(let process): process.send(message)
    case .name(let name): name.send(message)
    }
  }

  /// Orders the agent to end, and waits until it has (`Agent.stop/3`): see ``ProcessRef/stop(reason:timeout:)``.
  public func stop(reason: ExitReason = .normal, timeout: Duration? = nil) async throws(CallError) {
    switch target {
    case .process(let process): try await process.stop(reason: reason, timeout: timeout)
    case .name(let name): try await name.stop(reason: reason, timeout: timeout)
    }
  }

  private func ask<Value: Sendable>(
    _ timeout: Duration?, _ body: @escaping @Sendable (inout State) throws -> Value
  ) async throws(CallError) -> Value {
    let make: (ReplyTo<Value>) -> Message = { reply in Message { reply(try body(&$0)) } }
    switch target {
    case .process(let process): return try await process.call(timeout: timeout, make)
    case .name(let name): return try await name.call(timeout: timeout, make)
    }
  }
}

extension Agent: CustomStringConvertible {
  /// `Agent(<0.119.0>)`, or `Agent("counter")` for one that is looked up.
  public var description: String {
    switch target {
    case .process(let process): "Agent(\(process))"
    case .name(let name): "Agent(\"\(name)\")"
    }
  }
}

/// The process of an agent.
struct AgentServer<State>: GenServer {
  typealias Message = Agent<State>.Message

  var state: State

  mutating func handle(_ message: Message) throws { try message.work(&state) }
}

extension AgentServer: CustomStringConvertible {
  /// For crash reports: what it keeps.
  var description: String { "Agent(\(state))" }
}

extension Agent.Message: CustomStringConvertible {
  /// For crash reports: closures have no names.
  public var description: String { "closure" }
}
