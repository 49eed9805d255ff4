import Logging
@_spi(Runtime) import ProcessRuntime

/// What both kinds of supervisor do in the same way: starting a child, stopping one, reports.
struct SupervisorShell: Sendable {
  let cell: ProcessCell
  /// What it is called in reports, behind its process, when it has no name.
  private let kind: String
  private let restarts: EventBus<ChildRestart>

  /// Of the current process.
  init(_ kind: String) throws {
    guard let cell = ProcessCell.current else { throw StartError(.outsideProcess) }
    self.cell = cell
    self.kind = kind
    restarts = ChildRestarts.bus(of: cell.node)
    cell.endOrphansAfterFault()
  }

  /// The node's clock.
  var now: Duration { .nanoseconds(cell.node.clock.now()) }

  /// The supervisor's own process, for sending itself a message.
  func own<Message: Sendable>(_: Message.Type) -> ProcessRef<Message> {
    ProcessRef(unchecked: cell)
  }

  /// Sends the supervisor a message: behind what is in the mailbox, or when the wait is over.
  ///
  /// Where the clock is a test's, chance has no part in the wait.
  func send<Message: Sendable>(_ message: Message, after wait: Backoff.Wait?) {
    guard let wait else { return own(Message.self).send(message) }
    own(Message.self).send(message, after: wait.drawn(cell.node.hasWorkers ? .random(in: 0...1) : 0))
  }

  /// Starts a child and waits until it is ready.
  ///
  /// - Throws: the supervisor's exit reason, if it was ended meanwhile: then it decides nothing more.
  func start(_ spec: ChildSpec) async throws -> StartOutcome {
    let outcome: StartOutcome
    let settings = spec.processSettings
    if settings != nil { cell.layDownForChildren(settings) }
    defer { if settings != nil { cell.layDownForChildren(nil) } }
    do {
      outcome = try await spec.start().map { .started($0) } ?? .ignored
    } catch let error as StartError {
      switch error.kind {
      case .alreadyStarted(let process): outcome = .alreadyStarted(process)
      case .ignored: outcome = .ignored
      default: outcome = .failed(error.reason)
      }
    } catch {
      outcome = .failed(.failure(error))
    }
    try checkAlive()
    return outcome
  }

  /// Stops a child and waits until it is down (rules SUP-50 to SUP-53).
  ///
  /// Answers with what the child really ended of.
  ///
  /// `id` is what others are told that the supervisor waits for.
  ///
  /// - Throws: as ``start(_:)``.
  func stop(
    _ process: ProcessID, _ shutdown: ChildSpec.Shutdown, id: ChildSpec.ID? = nil
  ) async throws -> ExitReason {
    let reason: ExitReason
    if let ended = await endAtOnce(process, shutdown == .brutalKill ? .kill : .shutdown) {
      reason = ended
    } else {
      if let id { noteWait(for: id, process) }
      reason = try await order(process, shutdown)
    }
    try checkAlive()
    return reason
  }

  /// Ends a child that does not trap exits: it is down when this returns, without having been waited for.
  ///
  /// Nil, and nothing is done, if it does trap them.
  func endAtOnce(_ process: ProcessID, _ reason: ExitReason) async -> ExitReason? {
    guard let ended = process.cell.endAtOnce(by: cell, reason) else { return nil }
    // There may be many.
    if ProcessCell.turnIsOver() { await cell.yieldTurn() }
    return ended
  }

  /// Asks a child to end, and waits until it has.
  ///
  /// The link stays until then, so that the child would not be left behind if the supervisor were killed meanwhile. The
  /// exit that comes over it is not taken out of the mailbox, which may be long: an exit of what is no child means nothing.
  private func order(_ process: ProcessID, _ shutdown: ChildSpec.Shutdown) async throws -> ExitReason {
    let reason: ExitReason
    // A process of another node must be watched before it is told to end: who comes later hears `noProcess`.
    switch shutdown {
    case .brutalKill:
      reason = try await process.exited(within: nil) { process.exit(.kill) }
    case .infinity:
      reason = try await process.exited(within: nil, by: cell) { process.exit(.shutdown) }
    case .timeout(let limit):
      do {
        reason = try await process.exited(within: limit, by: cell) { process.exit(.shutdown) }
      } catch {
        reason = try await process.exited(within: nil) { process.exit(.kill) }
      }
    }
    return reason == .noProcess ? await exitThatHasCome(from: process) ?? reason : reason
  }

  /// Why a process of another node has ended that was dead before it was watched: its link has told.
  private func exitThatHasCome(from process: ProcessID) async -> ExitReason? {
    guard process.remoteNode != nil else { return nil }
    let wanted = Wanted(
      accepts: { envelope in
        envelope.pointee.kind == .signal
          && Envelope<Signal>.peek(envelope) { if case .exit(process, _) = $0 { true } else { false } }
      }, open: { Envelope<Signal>.open($0) })
    guard case .exit(_, let reason) = try? await cell.receive(until: cell.node.clock.now(), wanted) else { return nil }
    return reason
  }

  private func checkAlive() throws {
    if let reason = cell.exitReason { throw reason }
  }

  // MARK: Reports

  /// The supervisor's name for reports: registered name, or process and type (rule SUP-111).
  private var name: String {
    cell.id.registeredName ?? "\(cell.id) (\(kind))"
  }

  func report(_ report: SupervisorReport) {
    guard cell.node.reports.wants(.error) else { return }
    cell.node.reports(SupervisorErrorReport(supervisor: name, process: cell.id, report: report))
  }

  /// Tells those who listen that a child has been started again.
  func noteRestart(of child: ChildSpec.ID) {
    guard restarts.isListenedTo else { return }
    restarts.post(ChildRestart(supervisor: cell.id.registeredName ?? kind, process: cell.id, child: child))
  }

  func report(_ child: ChildSnapshot, requested: Bool) {
    let cause: ProgressReport.Cause = requested ? .request : .supervisor
    guard cell.node.reports.wants(cause.level) else { return }
    cell.node.reports(ProgressReport(supervisor: name, process: cell.id, child: child, cause: cause))
  }
}
