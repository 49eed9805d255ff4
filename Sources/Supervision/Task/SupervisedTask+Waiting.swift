@_spi(Runtime) public import ProcessRuntime

extension SupervisedTask {
  /// Waits for the result (`Task.await/2`).
  ///
  /// Suspends until the task has ended. After a timeout the task goes on, but its result is lost: to look again later, use
  /// ``yield(timeout:)``. A second `await` of the same task is an error at once.
  ///
  /// - Parameter timeout: how long to wait; nil: without limit. Five seconds if not given.
  /// - Returns: what the task has returned.
  /// - Throws: ``TaskError``: `exited` if it ended without a result, `timeout`, `handled`, `notOwner`.
  public func `await`(timeout: Duration? = .seconds(5)) async throws(TaskError) -> Success {
    try checkOwner()
    if outcome.isHandled { throw TaskError(.handled, process) }
    try await wait(timeout)
    guard let result = outcome.take() else {
      outcome.abandon()
      throw TaskError(.timeout, process)
    }
    return try value(of: result)
  }

  /// Waits for the result, and not for longer than the timeout (`Task.yield/2`).
  ///
  /// - Parameter timeout: how long to wait; zero looks and does not wait.
  /// - Returns: the result, or the reason for which there is none; nil if the task still runs. Then it may be asked again.
  /// - Throws: ``TaskError``: `notOwner`, or `exited` if the owner itself ends meanwhile.
  public func yield(timeout: Duration? = .seconds(5)) async throws(TaskError) -> Result<Success, ExitReason>? {
    try checkOwner()
    if outcome.isHandled { return nil }
    try await wait(timeout)
    return outcome.take()
  }

  /// Ends the task, and waits until it has ended (`Task.shutdown/2`).
  ///
  /// It is no longer linked to its owner then, and nothing of it is left in the owner's mailbox.
  ///
  /// - Parameter shutdown: how it is ended; five seconds to end by itself if not given.
  /// - Returns: nil if it has ended as it was told to; else its result if it had one, or why it ended. For a task whose
  ///   result has been taken: the failure `noProcess`.
  /// - Throws: ``TaskError``: `notOwner`, or `exited` if the owner itself ends meanwhile; the task is told even then.
  @discardableResult
  public func shutdown(
    _ shutdown: ChildSpec.Shutdown = .timeout(.seconds(5))
  ) async throws(TaskError) -> Result<Success, ExitReason>? {
    guard let process else { return try ignore() }
    try checkOwner()
    if outcome.isHandled { return .failure(.noProcess) }
    let sender = ProcessCell.current ?? process.cell
    if sender !== process.cell, let reason = sender.exitReason { throw TaskError(.exited(reason), process) }
    let isBrutal = shutdown == .brutalKill
    // One step, as far as the owner's own end is concerned: it may be dead from here on, and the task still hears.
    unlink()
    process.cell.receiveExit(from: sender, isBrutal ? .kill : .shutdown, isLink: false)
    if case .timeout(let limit) = shutdown {
      try await wait(limit)
      if !outcome.hasEnded {
        process.cell.receiveExit(from: sender, .kill, isLink: false)
        try await wait(nil)
      }
    } else {
      try await wait(nil)
    }
    let result = outcome.take()
    if case .failure(isBrutal ? .killed : .shutdown)? = result { return nil }
    return result
  }

  /// Lets go of the task: it goes on, linked to its owner no more, and nobody gets its result (`Task.ignore/1`).
  ///
  /// Does not suspend.
  ///
  /// - Returns: its result, or why it has failed, if it has ended already; nil otherwise.
  /// - Throws: ``TaskError``, `notOwner`.
  @discardableResult
  public func ignore() throws(TaskError) -> Result<Success, ExitReason>? {
    try checkOwner()
    if outcome.isHandled { return nil }
    unlink()
    let result = outcome.take()
    outcome.abandon()
    return result
  }
}

extension SupervisedTask {
  func checkOwner() throws(TaskError) {
    let asker = ProcessCell.current?.id
    if asker != owner { throw TaskError(.notOwner(owner, asker), process) }
  }

  func value(of result: Result<Success, ExitReason>) throws(TaskError) -> Success {
    switch result {
    case .success(let value): return value
    case .failure(let reason): throw TaskError(.exited(reason), process)
    }
  }

  /// Removes the link to the owner, and an exit of it that has come already.
  func unlink() {
    guard let owner = ProcessCell.current, let process else { return }
    owner.unlink(from: process.cell)
    owner.takeSignal { if case .exit(process, _) = $0 { true } else { false } }
  }

  private func wait(_ timeout: Duration?) async throws(TaskError) {
    if outcome.hasEnded { return }
    do {
      let node = process?.cell.node ?? .current
      let deadline = timeout.map { node.clock.now().after($0) } ?? .max
      try await TaskWait(outcomes: [outcome], needed: 1, endsAtFailure: false).wait(until: deadline, on: node)
    } catch {
      throw TaskError(waiting: error, process)
    }
  }
}
