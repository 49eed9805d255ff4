@_spi(Runtime) public import ProcessRuntime

extension SupervisedTask {
  /// What becomes of the tasks that have not ended in time (the option `on_timeout` of `Task.yield_many/2`).
  public enum TimeoutAction: Sendable {
    /// They go on, and may be asked again.
    case nothing
    /// They go on, and nobody gets their results: see ``SupervisedTask/ignore()``.
    case ignore
    /// They are killed.
    case killTask
  }

  /// Waits for the results of all (`Task.await_many/2`).
  ///
  /// Suspends until all have ended, or one has failed: then the others go on, but their results are lost. One timeout counts
  /// for all.
  ///
  /// - Parameters:
  ///   - tasks: the tasks. Without any the answer is empty, at once.
  ///   - timeout: how long to wait for all together; nil: without limit.
  /// - Returns: the results, in the order of the tasks.
  /// - Throws: ``TaskError``, as ``await(timeout:)``.
  public static func awaitMany(
    _ tasks: [SupervisedTask], timeout: Duration? = .seconds(5)
  ) async throws(TaskError) -> [Success] {
    for task in tasks {
      try task.checkOwner()
      if task.outcome.isHandled { throw TaskError(.handled, task.process) }
    }
    try await wait(for: tasks, timeout, needed: tasks.count, endsAtFailure: true)
    let results = tasks.map { $0.outcome.take() }
    for task in tasks { task.outcome.abandon() }
    // A failure says more than what is missing because of it.
    for case (let task, .failure(let reason)?) in zip(tasks, results) { throw TaskError(.exited(reason), task.process) }
    var values: [Success] = []
    for (task, result) in zip(tasks, results) {
      guard let result else { throw TaskError(.timeout, task.process) }
      values.append(try task.value(of: result))
    }
    return values
  }

  /// Waits for the results of several, and not for longer than the timeout (`Task.yield_many/2`).
  ///
  /// - Parameters:
  ///   - tasks: the tasks.
  ///   - timeout: how long to wait for all together; nil: without limit.
  ///   - limit: how many ends are enough; nil: all of them.
  ///   - onTimeout: what becomes of those that have not ended in time. Does not apply when the limit has been reached.
  /// - Returns: for each task, in their order, its result, or why it has none; nil if it still runs, or was given up.
  /// - Throws: ``TaskError``: `notOwner`, or `exited` if the owner itself ends meanwhile.
  public static func yieldMany(
    _ tasks: [SupervisedTask], timeout: Duration? = .seconds(5), limit: Int? = nil, onTimeout: TimeoutAction = .nothing
  ) async throws(TaskError) -> [Result<Success, ExitReason>?] {
    for task in tasks { try task.checkOwner() }
    let open = tasks.filter { !$0.outcome.isHandled }
    let needed = min(max(0, limit ?? open.count), open.count)
    try await wait(for: open, timeout, needed: needed, endsAtFailure: false)
    var results = tasks.map { $0.outcome.isHandled ? nil : $0.outcome.take() }
    guard results.count(where: { $0 != nil }) < needed else { return results }
    for (index, task) in tasks.enumerated() where results[index] == nil && !task.outcome.isHandled {
      switch onTimeout {
      case .nothing: break
      case .ignore: results[index] = try task.ignore()
      case .killTask: results[index] = try await task.shutdown(.brutalKill)
      }
    }
    return results
  }

  private static func wait(
    for tasks: [SupervisedTask], _ timeout: Duration?, needed: Int, endsAtFailure: Bool
  ) async throws(TaskError) {
    let node = Node.current
    let deadline = timeout.map { node.clock.now().after($0) } ?? .max
    do {
      try await TaskWait(outcomes: tasks.map(\.outcome), needed: needed, endsAtFailure: endsAtFailure)
        .wait(until: deadline, on: node)
    } catch {
      throw TaskError(waiting: error, nil)
    }
  }
}
