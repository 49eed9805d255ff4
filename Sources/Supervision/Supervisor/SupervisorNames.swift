@_spi(Runtime) public import ProcessRuntime

/// Supervisors under names of registries: the same as with a `String`, for a ``ProcessName`` such as `.via(registry, key)`.
extension Supervisor {
  /// Starts a supervisor and its children under any name; linked to nobody.
  ///
  /// Suspends until the last child is ready.
  public static func start(
    strategy: Strategy, intensity: Intensity = .restarts(3, within: .seconds(5)), autoShutdown: AutoShutdown = .never,
    name: ProcessName<Never>, @ChildSpecBuilder _ children: () -> [ChildSpec]
  ) async throws(StartError) -> Supervisor {
    let settings = SupervisorSettings(strategy: strategy, intensity: intensity, autoShutdown: autoShutdown)
    let children = children()
    return Supervisor(id: try await SupervisorProcess.start(name.retyped()) { try await .init(settings, children) }.id)
  }

  /// Starts a supervisor of a type of one's own under any name; linked to nobody.
  public static func start(
    _ tree: some SupervisorBehaviour, name: ProcessName<Never>
  ) async throws(StartError) -> Supervisor {
    let process = try await SupervisorProcess.start(name.retyped()) {
      try await SupervisorProcess(tree.settings, tree.children, kind: "\(type(of: tree))")
    }
    return Supervisor(id: process.id)
  }

  /// Starts a supervisor under any name, linked to the calling process, its parent.
  public static func startLink(
    strategy: Strategy, intensity: Intensity = .restarts(3, within: .seconds(5)), autoShutdown: AutoShutdown = .never,
    name: ProcessName<Never>, @ChildSpecBuilder _ children: () -> [ChildSpec]
  ) async throws(StartError) -> Supervisor {
    let settings = SupervisorSettings(strategy: strategy, intensity: intensity, autoShutdown: autoShutdown)
    let children = children()
    return Supervisor(
      id: try await SupervisorProcess.startLink(name.retyped()) { try await .init(settings, children) }.id)
  }

  /// Starts a supervisor of a type of one's own under any name, linked to the calling process, its parent.
  public static func startLink(
    _ tree: some SupervisorBehaviour, name: ProcessName<Never>
  ) async throws(StartError) -> Supervisor {
    let process = try await SupervisorProcess.startLink(name.retyped()) {
      try await SupervisorProcess(tree.settings, tree.children, kind: "\(type(of: tree))")
    }
    return Supervisor(id: process.id)
  }
}

extension ChildSpec {
  /// A supervisor as a child, under any name: see ``init(_:id:name:restart:significant:)``.
  public init(
    _ supervisor: some SupervisorBehaviour, id: ID? = nil, name: ProcessName<Never>, restart: Restart = .permanent,
    significant: Bool = false
  ) {
    self.init(
      id: id ?? ID(name.rawValue), restart: restart, significant: significant, kind: .supervisor
    ) {
      try await Supervisor.startLink(supervisor, name: name).id
    }
    content = .tree(ChildTree(supervisor, name: name.rawValue))
  }
}

extension DynamicSupervisor {
  /// The dynamic supervisor that has the name, looked up at each call.
  public static func named(_ name: ProcessName<Never>) -> DynamicSupervisor { DynamicSupervisor(named: name.target) }

  /// Starts one under any name; linked to nobody.
  public static func start(
    name: ProcessName<Never>, maxChildren: Int? = nil,
    intensity: Supervisor.Intensity = .restarts(3, within: .seconds(5))
  ) async throws(StartError) -> DynamicSupervisor {
    let settings = DynamicSupervisorSettings(intensity: intensity, maxChildren: maxChildren)
    return DynamicSupervisor(try await DynamicSupervisorProcess.start(name.retyped()) { try .init(settings) })
  }

  /// Starts one under any name, linked to the calling process, its parent.
  public static func startLink(
    name: ProcessName<Never>, maxChildren: Int? = nil,
    intensity: Supervisor.Intensity = .restarts(3, within: .seconds(5))
  ) async throws(StartError) -> DynamicSupervisor {
    let settings = DynamicSupervisorSettings(intensity: intensity, maxChildren: maxChildren)
    return DynamicSupervisor(try await DynamicSupervisorProcess.startLink(name.retyped()) { try .init(settings) })
  }

  /// One as a child of another supervisor, under any name; its id is its name.
  public static func child(
    name: ProcessName<Never>, maxChildren: Int? = nil,
    intensity: Supervisor.Intensity = .restarts(3, within: .seconds(5)), restart: ChildSpec.Restart = .permanent
  ) -> ChildSpec {
    ChildSpec(id: ChildSpec.ID(name.rawValue), restart: restart, kind: .supervisor) {
      try await startLink(name: name, maxChildren: maxChildren, intensity: intensity).process
    }.of(
      .tree(ChildTree(DynamicSupervisorSettings(intensity: intensity, maxChildren: maxChildren), name: name.rawValue)))
  }
}

extension TaskSupervisor {
  /// The task supervisor that has the name, looked up at each call.
  public static func named(_ name: ProcessName<Never>) -> TaskSupervisor { TaskSupervisor(.named(name)) }

  /// Starts one under any name; linked to nobody.
  public static func start(
    name: ProcessName<Never>, maxChildren: Int? = nil,
    intensity: Supervisor.Intensity = .restarts(3, within: .seconds(5))
  ) async throws(StartError) -> TaskSupervisor {
    TaskSupervisor(try await .start(name: name, maxChildren: maxChildren, intensity: intensity))
  }

  /// Starts one under any name, linked to the calling process, its parent.
  public static func startLink(
    name: ProcessName<Never>, maxChildren: Int? = nil,
    intensity: Supervisor.Intensity = .restarts(3, within: .seconds(5))
  ) async throws(StartError) -> TaskSupervisor {
    TaskSupervisor(try await .startLink(name: name, maxChildren: maxChildren, intensity: intensity))
  }

  /// One as a child of another supervisor, under any name; its id is its name.
  public static func child(
    name: ProcessName<Never>, maxChildren: Int? = nil,
    intensity: Supervisor.Intensity = .restarts(3, within: .seconds(5)), restart: ChildSpec.Restart = .permanent
  ) -> ChildSpec {
    DynamicSupervisor.child(name: name, maxChildren: maxChildren, intensity: intensity, restart: restart)
  }
}

extension ProcessName where Message == Never {
  /// The same name, for the messages of a supervisor.
  func retyped<Other: Sendable>() -> ProcessName<Other> { ProcessName<Other>(target: target) }
}
