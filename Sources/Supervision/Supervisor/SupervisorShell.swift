@_spi(Runtime) import ProcessRuntime

/// What both kinds of supervisor do in the same way: starting a child, stopping one, reports.
struct SupervisorShell: Sendable {
  private let cell: ProcessCell

  /// Of the current process.
  init() throws {
    guard let cell = ProcessCell.current else { throw StartError(.outsideProcess) }
    self.cell = cell
  }

  /// The node's clock.
  var now: Duration { .nanoseconds(cell.node.clock.now()) }

  /// The supervisor's own process, for sending itself a message.
  func own<Message: Sendable>(_: Message.Type) -> ProcessRef<Message> {
    ProcessRef(unchecked: cell)
  }

  func start(_ spec: ChildSpec) async -> StartOutcome {
    do {
      guard let process = try await spec.start() else { return .ignored }
      return .started(process)
    } catch let error as StartError {
      switch error.kind {
      case .alreadyStarted(let process): return .alreadyStarted(process)
      case .ignored: return .ignored
      default: return .failed(error.reason)
      }
    } catch {
      return .failed(.failure(error))
    }
  }

  /// Stops a child and waits until it is down (rules SUP-50 to SUP-53). The link stays until then, so that the child would not
  /// be left behind if the supervisor were killed meanwhile. Answers with what the child really ended of.
  func stop(_ process: ProcessID, _ shutdown: ChildSpec.Shutdown) async -> ExitReason {
    let reason: ExitReason
    switch shutdown {
    case .brutalKill:
      process.exit(.kill)
      reason = await process.exited()
    case .infinity:
      process.exit(.shutdown)
      reason = await process.exited()
    case .timeout(let limit):
      process.exit(.shutdown)
      do {
        reason = try await process.exited(within: limit) {}
      } catch {
        process.exit(.kill)
        reason = await process.exited()
      }
    }
    forget(process)
    return reason
  }

  /// Removes the link to a process that is down, and its exit from the mailbox.
  func forget(_ process: ProcessID) {
    CurrentProcess.unlink(process, flush: true)
  }

  /// The supervisor's name for reports: registered name, or id.
  private var name: String {
    cell.id.registeredName ?? cell.id.description
  }

  func report(_ report: SupervisorReport) {
    cell.node.reports(SupervisorErrorReport(supervisor: name, process: cell.id, report: report))
  }

  func report(_ child: ChildSnapshot, requested: Bool) {
    let level: ProgressReport.Level = requested ? .requested : .byItself
    guard cell.node.reports.wants(level.logLevel) else { return }
    cell.node.reports(ProgressReport(supervisor: name, child: child, cause: level))
  }
}
