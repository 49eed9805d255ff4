@_spi(Runtime) public import ProcessRuntime

/// A supervisor of tasks: work that is started on demand, runs by itself, and ends (Elixir's `Task.Supervisor`).
///
///     let tasks = try await TaskSupervisor.start(name: "tasks")
///
///     let report = try await tasks.async { try await makeReport() }
///     try await tasks.startChild { try await sendMail() }
///     print(try await report.await())
///
/// It is a ``DynamicSupervisor`` whose children are closures. They are not restarted unless that is asked for, all are
/// stopped at the same time when it ends, and each has five seconds for that.
public struct TaskSupervisor: Sendable {
  let supervisor: DynamicSupervisor

  init(_ supervisor: DynamicSupervisor) { self.supervisor = supervisor }

  /// The supervisor's process; nil if nobody has its name now.
  public var process: ProcessID? { supervisor.process }

  /// The task supervisor that has the name, looked up at each call.
  public static func named(_ name: String) -> TaskSupervisor { TaskSupervisor(.named(name)) }

  /// Starts one; linked to nobody.
  ///
  /// - Parameters:
  ///   - name: a name to register it under.
  ///   - maxChildren: how many tasks it may have; nil: no limit.
  ///   - intensity: how many restarts within what time are too many, of tasks that are restarted.
  /// - Returns: the supervisor, without tasks.
  /// - Throws: ``StartError``, if the name is taken.
  public static func start(
    name: String? = nil, maxChildren: Int? = nil, intensity: Supervisor.Intensity = .restarts(3, within: .seconds(5))
  ) async throws(StartError) -> TaskSupervisor {
    TaskSupervisor(try await .start(name: name, maxChildren: maxChildren, intensity: intensity))
  }

  /// Starts one that is linked to the calling process, its parent (`Task.Supervisor.start_link/1`).
  public static func startLink(
    name: String? = nil, maxChildren: Int? = nil, intensity: Supervisor.Intensity = .restarts(3, within: .seconds(5))
  ) async throws(StartError) -> TaskSupervisor {
    TaskSupervisor(try await .startLink(name: name, maxChildren: maxChildren, intensity: intensity))
  }

  /// One as a child of another supervisor; its id is its name.
  public static func child(
    name: String, maxChildren: Int? = nil, intensity: Supervisor.Intensity = .restarts(3, within: .seconds(5)),
    restart: ChildSpec.Restart = .permanent
  ) -> ChildSpec {
    DynamicSupervisor.child(name: name, maxChildren: maxChildren, intensity: intensity, restart: restart)
  }

  /// Starts a task whose result is wanted, as a child of the supervisor, linked to the calling process, its owner
  /// (`Task.Supervisor.async/3`).
  ///
  /// Suspends until it has been started. If it fails, so does an owner that does not trap exits; and the other way round.
  ///
  /// - Parameters:
  ///   - shutdown: how it is stopped when the supervisor ends.
  ///   - file: where the call stands, for reports.
  ///   - line: where the call stands, for reports.
  ///   - body: the work, in a process of its own. Never restarted.
  /// - Returns: the task; ask it with ``SupervisedTask/await(timeout:)``.
  /// - Throws: ``TaskError``: `maxChildren`, `noProcess` if there is no such supervisor, `outsideProcess`.
  public func async<Success: Sendable>(
    shutdown: ChildSpec.Shutdown = .timeout(.seconds(5)), file: StaticString = #fileID, line: UInt = #line,
    _ body: @escaping @Sendable () async throws -> Success
  ) async throws(TaskError) -> SupervisedTask<Success> {
    guard ProcessCell.current != nil else { throw TaskError(.outsideProcess) }
    return try await start(shutdown, tie: .link, CodePlace(file, line), body)
  }

  /// Starts a task whose result is wanted, as a child of the supervisor, and not linked to the caller
  /// (`Task.Supervisor.async_nolink/3`): its failure is a result like another.
  ///
  /// Can be called outside of processes: then only what runs outside of processes may ask it.
  public func asyncNoLink<Success: Sendable>(
    shutdown: ChildSpec.Shutdown = .timeout(.seconds(5)), file: StaticString = #fileID, line: UInt = #line,
    _ body: @escaping @Sendable () async throws -> Success
  ) async throws(TaskError) -> SupervisedTask<Success> {
    try await start(shutdown, tie: .monitor, CodePlace(file, line), body)
  }

  /// Starts a task whose result nobody wants (`Task.Supervisor.start_child/3`).
  ///
  /// Suspends until it has been started. Linked to the supervisor alone.
  ///
  /// - Parameters:
  ///   - restart: whether the work is done again when it has failed (`transient`), or ended in whatever way
  ///     (`permanent`). Not, if not given.
  ///   - shutdown: how it is stopped when the supervisor ends.
  ///   - file: where the call stands, for reports.
  ///   - line: where the call stands, for reports.
  ///   - body: the work, in a process of its own.
  /// - Returns: the task's process; another one after a restart.
  /// - Throws: ``TaskError``: `maxChildren`, `noProcess`.
  @discardableResult
  public func startChild(
    restart: ChildSpec.Restart = .temporary, shutdown: ChildSpec.Shutdown = .timeout(.seconds(5)),
    file: StaticString = #fileID, line: UInt = #line, _ body: @escaping @Sendable () async throws -> Void
  ) async throws(TaskError) -> ProcessID {
    let start = TaskStart(owner: .current, tie: .none, CodePlace(file, line), body)
    return try await self.start(start, restart, shutdown)
  }

  /// The tasks that live (`Task.Supervisor.children/1`).
  ///
  /// - Throws: ``SupervisorError``.
  public func children() async throws(SupervisorError) -> [ProcessID] {
    try await supervisor.children().compactMap(\.process)
  }

  /// Stops a task (`Task.Supervisor.terminate_child/2`).
  ///
  /// Suspends until it is down.
  ///
  /// - Throws: ``SupervisorError``, `notFound`.
  public func terminateChild(_ process: ProcessID) async throws(SupervisorError) {
    try await supervisor.terminateChild(process)
  }

  /// Ends the supervisor, its tasks first, all at the same time.
  public func stop(reason: ExitReason = .normal, timeout: Duration? = nil) async throws(SupervisorError) {
    try await supervisor.stop(reason: reason, timeout: timeout)
  }
}

extension TaskSupervisor {
  private func start<Success: Sendable>(
    _ shutdown: ChildSpec.Shutdown, tie: TaskStart.Tie, _ place: CodePlace,
    _ body: @escaping @Sendable () async throws -> Success
  ) async throws(TaskError) -> SupervisedTask<Success> {
    let owner = ProcessCell.current
    let outcome = TaskOutcome<Success>()
    let start = TaskStart(owner: owner, tie: tie, place, outcome, body)
    return SupervisedTask(process: try await self.start(start, .temporary, shutdown), owner: owner, outcome)
  }

  func start(
    _ start: TaskStart, _ restart: ChildSpec.Restart, _ shutdown: ChildSpec.Shutdown
  ) async throws(TaskError) -> ProcessID {
    var spec = ChildSpec(id: "task", restart: restart, shutdown: shutdown) {
      try start.begin(underSupervisor: true)
    }
    spec.content = .task
    do {
      return try await supervisor.startChild(spec)
    } catch {
      if error == .maxChildren { throw TaskError(.maxChildren) }
      if error == .noProcess { throw TaskError(.noProcess) }
      throw TaskError(.notStarted(error))
    }
  }
}

extension TaskSupervisor: CustomStringConvertible {
  /// `TaskSupervisor(id: <0.119.0>)`.
  public var description: String { supervisor.description.replacing("DynamicSupervisor", with: "TaskSupervisor") }
}
