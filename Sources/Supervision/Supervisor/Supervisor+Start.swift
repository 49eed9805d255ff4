@_spi(Runtime) public import ProcessRuntime

extension Supervisor {
  /// Starts a supervisor and its children, in order; linked to nobody.
  ///
  /// Suspends until the last child is ready.
  ///
  ///     let supervisor = try await Supervisor.start(strategy: .oneForOne) {
  ///       ChildSpec(.cache) { Cache() }
  ///     }
  ///
  /// - Parameters:
  ///   - strategy: which children are started again when one ends.
  ///   - intensity: how many restarts within what time are too many.
  ///   - autoShutdown: whether it ends with its significant children.
  ///   - name: a registered name for the supervisor.
  ///   - children: what to start. Read once: they are also what is started again.
  /// - Returns: the supervisor, its children running.
  /// - Throws: ``StartError``. When a child does not start, those before it are stopped, and the reason names it:
  ///   `shutdown(_:)` of a ``ChildStartFailure``.
  public static func start(
    strategy: Strategy, intensity: Intensity = .restarts(3, within: .seconds(5)), autoShutdown: AutoShutdown = .never,
    name: String? = nil, @ChildSpecBuilder _ children: () -> [ChildSpec]
  ) async throws(StartError) -> Supervisor {
    let settings = SupervisorSettings(strategy: strategy, intensity: intensity, autoShutdown: autoShutdown)
    let children = children()
    return try await start(name) { try await SupervisorProcess(settings, children) }
  }

  /// Starts a supervisor of a type of one's own; linked to nobody.
  public static func start(_ tree: some SupervisorBehaviour, name: String? = nil) async throws(StartError) -> Supervisor
  {
    try await start(tree, name: name) {}
  }

  /// The same; `onGivingUp` is called when it gives up.
  static func start(
    _ tree: some SupervisorBehaviour, name: String?, onGivingUp: @escaping @Sendable () -> Void
  ) async throws(StartError) -> Supervisor {
    try await start(name) {
      try await SupervisorProcess(
        tree.settings, tree.children, kind: "\(type(of: tree))", onGivingUp: onGivingUp)
    }
  }

  /// Starts a supervisor that is linked to the calling process, its parent (`Supervisor.start_link/2`): when that ends, so
  /// does the supervisor, after its children.
  ///
  /// - Throws: ``StartError``, `outsideProcess` if there is no process to link to.
  public static func startLink(
    strategy: Strategy, intensity: Intensity = .restarts(3, within: .seconds(5)), autoShutdown: AutoShutdown = .never,
    name: String? = nil, @ChildSpecBuilder _ children: () -> [ChildSpec]
  ) async throws(StartError) -> Supervisor {
    let settings = SupervisorSettings(strategy: strategy, intensity: intensity, autoShutdown: autoShutdown)
    let children = children()
    return try await startLink(name) { try await SupervisorProcess(settings, children) }
  }

  /// Starts a supervisor of a type of one's own, linked to the calling process, its parent.
  public static func startLink(
    _ tree: some SupervisorBehaviour, name: String? = nil
  ) async throws(StartError) -> Supervisor {
    try await startLink(name) {
      try await SupervisorProcess(tree.settings, tree.children, kind: "\(type(of: tree))")
    }
  }

  /// The same; `onGivingUp` is called when it gives up.
  static func startLink(
    _ tree: some SupervisorBehaviour, onGivingUp: @escaping @Sendable () -> Void
  ) async throws(StartError) -> Supervisor {
    try await startLink(nil) {
      try await SupervisorProcess(
        tree.settings, tree.children, kind: "\(type(of: tree))", onGivingUp: onGivingUp)
    }
  }

  private static func start(
    _ name: String?, _ make: @escaping @Sendable () async throws -> SupervisorProcess
  ) async throws(StartError) -> Supervisor {
    Supervisor(id: try await SupervisorProcess.start(name.map { ProcessName($0) }, make).id)
  }

  private static func startLink(
    _ name: String?, _ make: @escaping @Sendable () async throws -> SupervisorProcess
  ) async throws(StartError) -> Supervisor {
    Supervisor(id: try await SupervisorProcess.startLink(name.map { ProcessName($0) }, make).id)
  }
}

extension ChildSpec {
  /// A GenServer as a child.
  ///
  ///     ChildSpec(.cache) { Cache() }
  ///     ChildSpec(id: "worker-3", restart: .transient) { Worker("3") }
  ///
  /// - Parameters:
  ///   - name: a name to register it under.
  ///   - id: its place in the supervisor; if not given, its name, or else its type's name.
  ///   - restart: if not given, the type's own ``GenServer/restart``.
  ///   - shutdown: how it is stopped; five seconds for it to end by itself if not given.
  ///   - significant: whether its end can end the supervisor.
  ///   - make: makes the server, inside its process, at each start.
  public init<Server: GenServer>(
    _ name: ProcessName<Server.Message>? = nil, id: ID? = nil, restart: Restart? = nil,
    shutdown: Shutdown = .timeout(.seconds(5)), significant: Bool = false,
    _ make: @escaping @Sendable () throws -> Server
  ) {
    self.init(
      id: id ?? name.map { ID($0.rawValue) } ?? ID("\(Server.self)"), restart: restart ?? Server.restart,
      shutdown: shutdown, significant: significant, start: Server.starting(name?.target, .synchronous(make)))
    content = .type(Server.self)
  }

  /// The same, for a server whose making suspends.
  public init<Server: GenServer>(
    _ name: ProcessName<Server.Message>? = nil, id: ID? = nil, restart: Restart? = nil,
    shutdown: Shutdown = .timeout(.seconds(5)), significant: Bool = false,
    _ make: @escaping @Sendable () async throws -> Server
  ) {
    self.init(
      id: id ?? name.map { ID($0.rawValue) } ?? ID("\(Server.self)"), restart: restart ?? Server.restart,
      shutdown: shutdown, significant: significant, start: Server.starting(name?.target, .asynchronous(make)))
    content = .type(Server.self)
  }

  /// A supervisor as a child: stopped without a time limit, since its own children have theirs.
  public init(
    _ supervisor: some SupervisorBehaviour, id: ID? = nil, name: String? = nil, restart: Restart = .permanent,
    significant: Bool = false
  ) {
    self.init(
      id: id ?? name.map { ID($0) } ?? ID("\(type(of: supervisor))"), restart: restart, significant: significant,
      kind: .supervisor
    ) {
      try await Supervisor.startLink(supervisor, name: name).id
    }
    content = .tree(ChildTree(supervisor, name: name))
  }

  /// Work that runs by itself, supervised: an `async` closure as a process (OTP's `Task` under a supervisor).
  ///
  /// A one-off job is `transient` or `temporary`; one that should never end is `permanent`.
  ///
  /// The child counts as started once its process exists: the closure need not have begun. Its id is the process's label.
  public static func task(
    _ id: ID, restart: Restart = .permanent, shutdown: Shutdown = .timeout(.seconds(5)), significant: Bool = false,
    _ body: @escaping @Sendable () async throws -> Void
  ) -> ChildSpec {
    ChildSpec(id: id, restart: restart, shutdown: shutdown, significant: significant) {
      try spawnLink(label: id.text) { try await body() }
    }.of(.task)
  }
}
