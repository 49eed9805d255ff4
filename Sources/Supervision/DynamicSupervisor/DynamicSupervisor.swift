@_spi(Runtime) public import ProcessRuntime

/// A supervisor whose children are started on demand (Elixir's `DynamicSupervisor`, OTP's `simple_one_for_one`): each is
/// restarted alone, all are stopped at the same time.
///
///     let matches = try await DynamicSupervisor.start(name: "matches", maxChildren: 10_000)
///     let match = try await matches.startChild { FootballMatchTracker() }
///
/// The value is a handle to a process, or to whoever has a name. Calls wait, without limit, until the supervisor has answered.
public struct DynamicSupervisor: Sendable {
  private enum Target: Sendable {
    case process(ProcessRef<DynamicSupervisorProcess.Message>)
    case name(ProcessName<DynamicSupervisorProcess.Message>)
  }

  private let target: Target

  private init(_ target: Target) { self.target = target }

  init(_ process: ProcessRef<DynamicSupervisorProcess.Message>) { target = .process(process) }

  init(named name: NameTarget) { target = .name(ProcessName(target: name)) }

  /// The supervisor's process; nil if nobody has its name now.
  public var process: ProcessID? {
    switch target {
    case .process(let process): process.id
    case .name(let name): name.whereis
    }
  }

  /// The dynamic supervisor that has the name, looked up at each call.
  public static func named(_ name: String) -> DynamicSupervisor {
    DynamicSupervisor(.name(ProcessName(name)))
  }

  /// Starts one; linked to nobody.
  ///
  /// - Parameters:
  ///   - name: a name to register it under.
  ///   - maxChildren: how many children it may have, running or being restarted; nil: no limit.
  ///   - intensity: how many restarts within what time are too many.
  /// - Returns: the supervisor, without children.
  /// - Throws: ``StartError``, if the name is taken.
  public static func start(
    name: String? = nil, maxChildren: Int? = nil, intensity: Supervisor.Intensity = .restarts(3, within: .seconds(5))
  ) async throws(StartError) -> DynamicSupervisor {
    let settings = DynamicSupervisorSettings(intensity: intensity, maxChildren: maxChildren)
    return DynamicSupervisor(
      .process(
        try await DynamicSupervisorProcess.start(name.map { ProcessName($0) }) {
          try DynamicSupervisorProcess(settings)
        }))
  }

  /// Starts one that is linked to the calling process, its parent (`DynamicSupervisor.start_link/1`).
  public static func startLink(
    name: String? = nil, maxChildren: Int? = nil, intensity: Supervisor.Intensity = .restarts(3, within: .seconds(5))
  ) async throws(StartError) -> DynamicSupervisor {
    let settings = DynamicSupervisorSettings(intensity: intensity, maxChildren: maxChildren)
    return DynamicSupervisor(
      .process(
        try await DynamicSupervisorProcess.startLink(name.map { ProcessName($0) }) {
          try DynamicSupervisorProcess(settings)
        }))
  }

  /// One as a child of another supervisor; its id is its name.
  public static func child(
    name: String, maxChildren: Int? = nil, intensity: Supervisor.Intensity = .restarts(3, within: .seconds(5)),
    restart: ChildSpec.Restart = .permanent
  ) -> ChildSpec {
    let settings = DynamicSupervisorSettings(intensity: intensity, maxChildren: maxChildren)
    return ChildSpec(id: ChildSpec.ID(name), restart: restart, kind: .supervisor) {
      try await DynamicSupervisorProcess.startLink(ProcessName(name)) { try DynamicSupervisorProcess(settings) }.id
    }.of(.tree(ChildTree(settings, name: name)))
  }
}

extension DynamicSupervisor {
  /// Starts a GenServer as a child (`DynamicSupervisor.start_child/2`).
  ///
  /// Suspends until it is ready.
  ///
  /// - Parameters:
  ///   - name: a name to register it under.
  ///   - restart: if not given, the type's own ``GenServer/restart``.
  ///   - shutdown: how it is stopped.
  ///   - make: makes the server, inside its process, at each start.
  /// - Returns: the server; it is another one after a restart.
  /// - Throws: `maxChildren`, `alreadyStarted` if the name is taken, `startFailed`, `ignored`.
  public func startChild<Server: GenServer>(
    _ name: ProcessName<Server.Message>? = nil, restart: ChildSpec.Restart? = nil,
    shutdown: ChildSpec.Shutdown = .timeout(.seconds(5)), _ make: @escaping @Sendable () throws -> Server
  ) async throws(SupervisorError) -> ProcessRef<Server.Message> {
    ProcessRef(unsafelyTyped: try await startChild(ChildSpec(name, restart: restart, shutdown: shutdown, make)))
  }

  /// The same, for a server whose making suspends.
  public func startChild<Server: GenServer>(
    _ name: ProcessName<Server.Message>? = nil, restart: ChildSpec.Restart? = nil,
    shutdown: ChildSpec.Shutdown = .timeout(.seconds(5)), _ make: @escaping @Sendable () async throws -> Server
  ) async throws(SupervisorError) -> ProcessRef<Server.Message> {
    ProcessRef(unsafelyTyped: try await startChild(ChildSpec(name, restart: restart, shutdown: shutdown, make)))
  }

  /// Starts a child from a specification: a supervisor, a task.
  ///
  /// Its id does not matter.
  @discardableResult
  public func startChild(_ spec: ChildSpec) async throws(SupervisorError) -> ProcessID {
    // Checked here already, so that a wrong specification is told of even if there is no supervisor (rule DYN-3).
    try spec.validateForDynamicSupervisor()
    guard case .process(let process?) = try await ask(.startChild(spec)) else { throw .ignored }
    return process
  }

  /// Stops a child and forgets it (`DynamicSupervisor.terminate_child/2`).
  ///
  /// Suspends until it is down.
  ///
  /// - Throws: `notFound`.
  public func terminateChild(_ process: ProcessID) async throws(SupervisorError) {
    _ = try await ask(.terminateChild(process))
  }

  /// The children, in no particular order (`DynamicSupervisor.which_children/1`).
  public func children() async throws(SupervisorError) -> [Supervisor.Child] {
    guard case .children(let children) = try await ask(.children) else { throw .noProcess }
    return children
  }

  /// How many children there are (`DynamicSupervisor.count_children/1`).
  public func countChildren() async throws(SupervisorError) -> Supervisor.Counts {
    guard case .counts(let counts) = try await ask(.countChildren) else { throw .noProcess }
    return counts
  }

  /// Ends the supervisor, its children first, all at the same time.
  ///
  /// Suspends until it is gone.
  ///
  /// - Throws: `noProcess`, `callingSelf`, `timeout`, or `exited` if it ended with another reason.
  public func stop(reason: ExitReason = .normal, timeout: Duration? = nil) async throws(SupervisorError) {
    guard let process else { throw .noProcess }
    do {
      try await process.stop(reason: reason, timeout: timeout)
    } catch {
      throw SupervisorError(error)
    }
  }

  private func ask(
    _ request: DynamicSupervisorProcess.Machine.Request
  ) async throws(SupervisorError) -> DynamicSupervisorCaller.Answer {
    let result: Result<DynamicSupervisorCaller.Answer, SupervisorError>
    do {
      switch target {
      case .process(let process):
        result = try await process.call(timeout: nil) { .call(DynamicSupervisorCaller(reply: $0), request) }
      case .name(let name):
        result = try await name.call(timeout: nil) { .call(DynamicSupervisorCaller(reply: $0), request) }
      }
    } catch {
      throw SupervisorError(error)
    }
    return try result.get()
  }
}

extension DynamicSupervisor: CustomStringConvertible {
  /// `DynamicSupervisor(id: <0.119.0>)`, or `DynamicSupervisor(name: "matches")` for one that is looked up.
  public var description: String {
    switch target {
    case .process(let process): "DynamicSupervisor(id: \(process))"
    case .name(let name): "DynamicSupervisor(name: \"\(name)\")"
    }
  }
}
