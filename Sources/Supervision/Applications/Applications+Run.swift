@_spi(Runtime) import ProcessRuntime
import Synchronization

extension Applications {
  /// Starts applications, with all that they need, waits until the program is told to stop (SIGTERM, SIGINT) or the end of
  /// one of them demands it, and stops all applications in the reverse of the order in which they have started.
  ///
  /// For a program with a `main` of its own; ``SupervisedApplication`` does this and exits.
  ///
  /// Suspends until they are stopped. A signal that comes while they start counts when the one that is just starting has
  /// started. If the calling task is cancelled, they are stopped as after a signal.
  ///
  /// - Parameters:
  ///   - applications: what the program is.
  ///   - type: what the end of one of them means; the program ends with it, unless said otherwise.
  ///   - shutdownDeadline: how long it may take to stop all of them; what is left then is killed and named in
  ///     ``ApplicationEnd/stragglers``. Nil: as long as it takes, as in OTP.
  /// - Returns: why they were stopped; its ``ApplicationEnd/exitStatus`` is for `exit`.
  /// - Throws: ``ApplicationError`` if one does not start: then those that have been started are stopped.
  public static func run(
    _ applications: any ApplicationBehaviour..., type: StartType = .permanent, shutdownDeadline: Duration? = nil
  ) async throws(ApplicationError) -> ApplicationEnd {
    try await run(applications, type: type, shutdownDeadline: shutdownDeadline, orders: .signals)
  }

  /// The same, told to stop by others than signals.
  package static func run(
    _ applications: [any ApplicationBehaviour], type: StartType, shutdownDeadline: Duration?, orders: StopOrders
  ) async throws(ApplicationError) -> ApplicationEnd {
    let controller = try await controller()
    let run = ApplicationsRun()
    controller.send(.listen(shutdownDeadline) { run.finish($0) })
    @Sendable func stop(_ kind: ApplicationEnd.Kind) {
      controller.send(.event(.stopAll(nil, ApplicationEnd(kind), shutdownDeadline)))
    }
    let unlisten = orders.listen { stop($0.kind) }
    defer { unlisten() }
    let faults = FaultLedger.shared.listen { stop(.tooManyFaults) }
    defer { FaultLedger.shared.unlisten(faults) }
    do {
      try await ensureAllStarted(applications, type: type)
    } catch {
      // Told to stop while they started: that is no failure.
      var isStopping = run.end != nil
      if case .stopping = error.kind { isStopping = true }
      if case .notStarted = run.end?.kind { isStopping = false }
      guard isStopping else {
        run.token.exit(.kill)
        throw error
      }
    }
    // The order may have been carried out between the starts of two.
    if run.end != nil { _ = try? await stopAll(deadline: shutdownDeadline) }
    await withTaskCancellationHandler {
      _ = await run.token.exited()
    } onCancel: {
      stop(.cancelled)
    }
    if run.token.isAlive {
      // The wait was cancelled. The applications may take their time all the same: wait in a task that nobody cancels.
      let token = run.token
      await Task.detached { _ = await token.exited() }.value
    }
    return Node.current.reportingDisowned(run.end ?? ApplicationEnd(.gaveUp(.noProcess)))
  }
}

/// How the applications were stopped, and a process that lives until then.
private final class ApplicationsRun: Sendable {
  let token = spawn(label: "applications run") { try await suspendForever() }
  private let state = Mutex<ApplicationEnd?>(nil)

  var end: ApplicationEnd? { state.withLock { $0 } }

  func finish(_ end: ApplicationEnd) {
    state.withLock { $0 = end }
    token.exit(.shutdown)
  }
}

extension Node {
  /// A program's end, with the code that does not return; that is reported.
  func reportingDisowned(_ end: ApplicationEnd) -> ApplicationEnd {
    let disowned = disowned.filter { straggler in !end.stragglers.contains { $0.process == straggler.process } }
    guard !disowned.isEmpty else { return end }
    reports(ShutdownReport(subject: end.application?.text ?? "the program", deadline: nil, stragglers: disowned))
    var end = end
    end.stragglers += disowned
    return end
  }
}
