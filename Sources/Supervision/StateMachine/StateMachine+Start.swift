@_spi(Runtime) public import ProcessRuntime

extension StateMachine {
  /// Starts a machine that is linked to nobody (`gen_statem:start/3`).
  ///
  /// Suspends until the closure has made it. The initial state is entered afterwards, before the first event.
  ///
  /// - Parameters:
  ///   - name: registered before the closure runs.
  ///   - timeout: how long the closure may take before the new process is killed; nil: no limit.
  ///   - make: makes the machine, inside the new process (`init/1`). To give up, throw.
  /// - Returns: the machine, ready.
  /// - Throws: ``StartError``: `alreadyStarted` if the name is taken, `timeout`, or what the closure has thrown.
  public static func start(
    _ name: ProcessName<Message>? = nil, timeout: Duration? = nil, _ make: @escaping @Sendable () throws -> Self
  ) async throws(StartError) -> ProcessRef<Message> {
    try await StateMachineServer.start(name, timeout: timeout) { StateMachineServer(try make()) }
  }

  /// The same, for a machine whose making suspends.
  public static func start(
    _ name: ProcessName<Message>? = nil, timeout: Duration? = nil, _ make: @escaping @Sendable () async throws -> Self
  ) async throws(StartError) -> ProcessRef<Message> {
    try await StateMachineServer.start(name, timeout: timeout) { StateMachineServer(try await make()) }
  }

  /// Starts a machine that is linked to the calling process, its parent, from its first instant
  /// (`gen_statem:start_link/3`).
  ///
  /// Suspends until the closure has made it.
  ///
  /// - Throws: ``StartError``, `outsideProcess` if there is no process to link to.
  public static func startLink(
    _ name: ProcessName<Message>? = nil, timeout: Duration? = nil, _ make: @escaping @Sendable () throws -> Self
  ) async throws(StartError) -> ProcessRef<Message> {
    try await StateMachineServer.startLink(name, timeout: timeout) { StateMachineServer(try make()) }
  }

  /// The same, for a machine whose making suspends.
  public static func startLink(
    _ name: ProcessName<Message>? = nil, timeout: Duration? = nil, _ make: @escaping @Sendable () async throws -> Self
  ) async throws(StartError) -> ProcessRef<Message> {
    try await StateMachineServer.startLink(name, timeout: timeout) { StateMachineServer(try await make()) }
  }

  /// Starts a machine that the calling process monitors from its first instant (`gen_statem:start_monitor/3`).
  ///
  /// Suspends until the closure has made it. If the start fails there is no down signal: the error tells.
  public static func startMonitor(
    _ name: ProcessName<Message>? = nil, timeout: Duration? = nil, _ make: @escaping @Sendable () throws -> Self
  ) async throws(StartError) -> (process: ProcessRef<Message>, monitor: MonitorRef) {
    try await StateMachineServer.startMonitor(name, timeout: timeout) { StateMachineServer(try make()) }
  }

  /// The same, for a machine whose making suspends.
  public static func startMonitor(
    _ name: ProcessName<Message>? = nil, timeout: Duration? = nil, _ make: @escaping @Sendable () async throws -> Self
  ) async throws(StartError) -> (process: ProcessRef<Message>, monitor: MonitorRef) {
    try await StateMachineServer.startMonitor(name, timeout: timeout) { StateMachineServer(try await make()) }
  }
}

extension ChildSpec {
  /// A state machine as a child, as a GenServer is one.
  ///
  ///     ChildSpec(.door) { Door(code: [1, 2, 3]) }
  ///
  /// - Parameters:
  ///   - name: a name to register it under.
  ///   - id: its place in the supervisor; if not given, its name, or else its type's name.
  ///   - restart: if not given, the type's own ``StateMachine/restart``.
  ///   - shutdown: how it is stopped; five seconds for it to end by itself if not given.
  ///   - significant: whether its end can end the supervisor.
  ///   - make: makes the machine, inside its process, at each start.
  public init<Machine: StateMachine>(
    _ name: ProcessName<Machine.Message>? = nil, id: ID? = nil, restart: Restart? = nil,
    shutdown: Shutdown = .timeout(.seconds(5)), significant: Bool = false,
    _ make: @escaping @Sendable () throws -> Machine
  ) {
    self.init(
      name, id: id ?? name.map { ID($0.rawValue) } ?? ID("\(Machine.self)"), restart: restart, shutdown: shutdown,
      significant: significant
    ) {
      StateMachineServer(try make())
    }
  }

  /// The same, for a machine whose making suspends.
  public init<Machine: StateMachine>(
    _ name: ProcessName<Machine.Message>? = nil, id: ID? = nil, restart: Restart? = nil,
    shutdown: Shutdown = .timeout(.seconds(5)), significant: Bool = false,
    _ make: @escaping @Sendable () async throws -> Machine
  ) {
    self.init(
      name, id: id ?? name.map { ID($0.rawValue) } ?? ID("\(Machine.self)"), restart: restart, shutdown: shutdown,
      significant: significant
    ) {
      StateMachineServer(try await make())
    }
  }
}

extension DynamicSupervisor {
  /// Starts a state machine as a child: as `startChild` does with a server.
  public func startChild<Machine: StateMachine>(
    _ name: ProcessName<Machine.Message>? = nil, restart: ChildSpec.Restart? = nil,
    shutdown: ChildSpec.Shutdown = .timeout(.seconds(5)), _ make: @escaping @Sendable () throws -> Machine
  ) async throws(SupervisorError) -> ProcessRef<Machine.Message> {
    ProcessRef(unsafelyTyped: try await startChild(ChildSpec(name, restart: restart, shutdown: shutdown, make)))
  }

  /// The same, for a machine whose making suspends.
  public func startChild<Machine: StateMachine>(
    _ name: ProcessName<Machine.Message>? = nil, restart: ChildSpec.Restart? = nil,
    shutdown: ChildSpec.Shutdown = .timeout(.seconds(5)), _ make: @escaping @Sendable () async throws -> Machine
  ) async throws(SupervisorError) -> ProcessRef<Machine.Message> {
    ProcessRef(unsafelyTyped: try await startChild(ChildSpec(name, restart: restart, shutdown: shutdown, make)))
  }
}
