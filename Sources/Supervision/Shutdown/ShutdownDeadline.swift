@_spi(Runtime) public import ProcessRuntime

extension ProcessID {
  /// Orders the top of a tree to end, and kills what has not ended when the time is up.
  func stop(
    as subject: String, reason: ExitReason, deadline: Duration
  ) async throws(CallError) -> ShutdownReport {
    let began = Duration.nanoseconds(cell.node.clock.now())
    do {
      try await stop(reason: reason, timeout: deadline)
      return ShutdownReport(subject: subject, deadline: deadline, stragglers: [])
    } catch {
      guard case .timeout = error.kind else { throw error }
    }
    return killTree(as: subject, asked: began, deadline: deadline)
  }

  /// Kills the tree whose top has not ended in time, and reports what it was that had not.
  ///
  /// The top goes first, so that nobody starts again what has been killed.
  ///
  /// - Parameters:
  ///   - subject: what stands for the top in paths.
  ///   - asked: when it was ordered to end.
  ///   - deadline: how long it had.
  ///   - before: is told the report before anything is killed, and so before anybody hears of an end.
  /// - Returns: the report.
  func killTree(
    as subject: String, asked: Duration, deadline: Duration, before: (ShutdownReport) -> Void = { _ in }
  ) -> ShutdownReport {
    let survey = ShutdownSurvey(self, subject, asked: asked)
    let report = ShutdownReport(subject: subject, deadline: deadline, stragglers: survey.stragglers)
    before(report)
    for process in survey.processes { process.exit(.kill) }
    if !report.isInTime { cell.node.reports(report) }
    return report
  }
}

extension Supervisor {
  /// Ends the supervisor, its children first, within an overall time; what has not ended by then is killed.
  ///
  /// The children have the time that their specifications give them, as in ``stop(reason:timeout:)``; the deadline is for all
  /// of them together, and holds for those that may take as long as they like too. Suspends until the supervisor is gone.
  ///
  /// - Parameters:
  ///   - reason: what the supervisor ends with, if it is in time.
  ///   - deadline: how long all of it may take.
  /// - Returns: what had not stopped in time: where it stands in the tree, and what it was doing. That is logged too.
  /// - Throws: `noProcess`, `callingSelf`, or `exited` if the supervisor ended with another reason.
  @discardableResult
  public func stop(reason: ExitReason = .normal, deadline: Duration) async throws(SupervisorError) -> ShutdownReport {
    try await id.stopSupervisor(reason: reason, deadline: deadline)
  }
}

extension DynamicSupervisor {
  /// Ends the supervisor, its children first, within an overall time: see ``Supervisor/stop(reason:deadline:)``.
  @discardableResult
  public func stop(reason: ExitReason = .normal, deadline: Duration) async throws(SupervisorError) -> ShutdownReport {
    guard let process else { throw .noProcess }
    return try await process.stopSupervisor(reason: reason, deadline: deadline)
  }
}

extension ProcessID {
  fileprivate func stopSupervisor(
    reason: ExitReason, deadline: Duration
  ) async throws(SupervisorError) -> ShutdownReport {
    do {
      return try await stop(as: registeredName ?? "\(self)", reason: reason, deadline: deadline)
    } catch {
      throw SupervisorError(error)
    }
  }
}
