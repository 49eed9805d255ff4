@_spi(Runtime) import ProcessRuntime

extension TaskSupervisor {
  /// A stream of tasks that are linked to the process that goes through it (`Task.Supervisor.async_stream/4`): when one
  /// fails, that process fails with it, unless it traps exits; then the failure is a result.
  ///
  /// Does not suspend, and starts nothing yet.
  ///
  /// - Parameters:
  ///   - inputs: what the tasks are given, taken as they are needed.
  ///   - maxConcurrency: how many tasks run at the same time; as many as there are cores if not given.
  ///   - ordered: whether the results come in the order of the inputs, or as they are ready.
  ///   - timeout: how long each task may take; nil: without limit.
  ///   - onTimeout: what becomes of one that takes longer.
  ///   - shutdown: how tasks are stopped when the supervisor ends.
  ///   - file: where the call stands, for reports.
  ///   - line: where the call stands, for reports.
  ///   - body: the work on one input.
  /// - Returns: the stream, to be gone through as often as you like.
  /// - Throws: ``TaskError``, `invalid` for a limit that makes no sense.
  public func asyncStream<Inputs: Sequence & Sendable, Output: Sendable>(
    _ inputs: Inputs, maxConcurrency: Int? = nil, ordered: Bool = true,
    timeout: Duration? = .seconds(5), onTimeout: TaskStream<Inputs.Element, Output>.TimeoutAction = .exit,
    shutdown: ChildSpec.Shutdown = .timeout(.seconds(5)), file: StaticString = #fileID, line: UInt = #line,
    body: @escaping @Sendable (Inputs.Element) async throws -> Output
  ) throws(TaskError) -> TaskStream<Inputs.Element, Output> where Inputs.Element: Sendable {
    let options = TaskStreamOptions(
      supervisor: self, tie: .link, maxConcurrency: maxConcurrency ?? Node.defaultWorkers, isOrdered: ordered,
      timeout: timeout,
      killsTask: onTimeout == .killTask, shutdown: shutdown, place: CodePlace(file, line))
    return TaskStream(
      options: try options.validated(), makeInputs: { AnyIterator(inputs.makeIterator()) }, body: body)
  }

  /// A stream of tasks that are linked to the supervisor alone (`Task.Supervisor.async_stream_nolink/4`): a failure is a
  /// result.
  ///
  /// Otherwise as ``asyncStream(_:maxConcurrency:ordered:timeout:onTimeout:shutdown:file:line:body:)``.
  public func asyncStreamNoLink<Inputs: Sequence & Sendable, Output: Sendable>(
    _ inputs: Inputs, maxConcurrency: Int? = nil, ordered: Bool = true,
    timeout: Duration? = .seconds(5), onTimeout: TaskStream<Inputs.Element, Output>.TimeoutAction = .exit,
    shutdown: ChildSpec.Shutdown = .timeout(.seconds(5)), file: StaticString = #fileID, line: UInt = #line,
    body: @escaping @Sendable (Inputs.Element) async throws -> Output
  ) throws(TaskError) -> TaskStream<Inputs.Element, Output> where Inputs.Element: Sendable {
    let options = TaskStreamOptions(
      supervisor: self, tie: .monitor, maxConcurrency: maxConcurrency ?? Node.defaultWorkers, isOrdered: ordered,
      timeout: timeout,
      killsTask: onTimeout == .killTask, shutdown: shutdown, place: CodePlace(file, line))
    return TaskStream(
      options: try options.validated(), makeInputs: { AnyIterator(inputs.makeIterator()) }, body: body)
  }
}

extension SupervisedTask {
  /// A stream of tasks without a supervisor, linked to the process that goes through it (`Task.async_stream/3`).
  ///
  /// Otherwise as ``TaskSupervisor/asyncStream(_:maxConcurrency:ordered:timeout:onTimeout:shutdown:file:line:body:)``.
  public static func asyncStream<Inputs: Sequence & Sendable>(
    _ inputs: Inputs, maxConcurrency: Int? = nil, ordered: Bool = true,
    timeout: Duration? = .seconds(5), onTimeout: TaskStream<Inputs.Element, Success>.TimeoutAction = .exit,
    file: StaticString = #fileID, line: UInt = #line,
    body: @escaping @Sendable (Inputs.Element) async throws -> Success
  ) throws(TaskError) -> TaskStream<Inputs.Element, Success> where Inputs.Element: Sendable {
    let options = TaskStreamOptions(
      supervisor: nil, tie: .link, maxConcurrency: maxConcurrency ?? Node.defaultWorkers, isOrdered: ordered,
      timeout: timeout,
      killsTask: onTimeout == .killTask, shutdown: .brutalKill, place: CodePlace(file, line))
    return TaskStream(
      options: try options.validated(), makeInputs: { AnyIterator(inputs.makeIterator()) }, body: body)
  }
}
