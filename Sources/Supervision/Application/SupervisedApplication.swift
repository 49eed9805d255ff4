@_spi(Runtime) import ProcessRuntime
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A program that is a supervision tree (the top of an OTP application).
///
///     @main
///     struct Store: SupervisedApplication {
///       var children: [ChildSpec] {
///         ChildSpec(.cache) { Cache() }
///         DynamicSupervisor.child(name: "workers")
///       }
///     }
///
/// The program starts the tree and waits. On SIGTERM or SIGINT the tree is shut down in order and the program exits with
/// status 0; a second signal ends it at once. When the tree ends by itself it has given up, and the status is 1, so that
/// whatever started the program (systemd, Kubernetes) starts it again; unless its significant children ended and it was told
/// to end with them (``SupervisorBehaviour/autoShutdown``), which is status 0. When the ``FaultBudget`` is spent, the tree is
/// shut down in order, and the status is 75.
///
/// It is an application: what it needs, its settings, and what it does before and after are those of ``ApplicationBehaviour``.
/// The applications that it needs are started before it and stopped after it, and the program ends if one of them ends.
///
/// Where nothing else starts it again, a program can have a parent of its own that does: ``programRestart``.
public protocol SupervisedApplication: ApplicationBehaviour {
  /// Makes the tree's description. Starts nothing.
  init()
  /// Whether a parent of the program's own starts it again when it fails; ``ProgramRestart/never`` unless said otherwise.
  static var programRestart: ProgramRestart { get }
  /// How long it may take to stop the program; what is left then is killed, and named in a report.
  ///
  /// Nil, unless said otherwise: as long as it takes.
  static var shutdownDeadline: Duration? { get }
}

extension SupervisedApplication {
  /// Never: whatever has started the program looks after it.
  public static var programRestart: ProgramRestart { .never }

  /// None, as in OTP: each child has its own.
  public static var shutdownDeadline: Duration? { nil }

  /// Runs the program: see ``SupervisedApplication``.
  ///
  /// Does not return.
  @MainActor public static func main() async {
    Supervisor.keepProgram(programRestart)
    // What went wrong has been reported.
    let end = try? await Applications.run(Self(), shutdownDeadline: shutdownDeadline)
    let status = end?.exitStatus ?? ApplicationEnd.failure
    exit(status)
  }
}

extension Supervisor {
  /// Starts a tree, waits until the program is told to stop (SIGTERM, SIGINT) or the tree ends by itself, and shuts the
  /// tree down in order.
  ///
  /// For a program of one tree with a `main` of its own; ``Applications/run(_:type:shutdownDeadline:)`` is for applications.
  ///
  /// Suspends until the tree is gone. A signal that comes while the tree starts counts once it has started. If the calling
  /// task is cancelled, the tree is shut down as after a signal. When this returns the signals mean again what they did.
  ///
  /// - Parameters:
  ///   - tree: what the program is.
  ///   - name: a registered name for the supervisor.
  ///   - shutdownDeadline: how long it may take to stop the tree; what is left then is killed and named in
  ///     ``ApplicationEnd/stragglers``. Nil: as long as it takes, as in OTP.
  /// - Returns: why it has ended; its ``ApplicationEnd/exitStatus`` is for `exit`.
  /// - Throws: ``StartError`` if the tree does not start.
  public static func run(
    _ tree: some SupervisorBehaviour, name: String? = nil, shutdownDeadline: Duration? = nil
  ) async throws(StartError) -> ApplicationEnd {
    try await run(tree, name: name, shutdownDeadline: shutdownDeadline, orders: .signals)
  }

  /// The same, told to stop by others than signals.
  package static func run(
    _ tree: some SupervisorBehaviour, name: String?, shutdownDeadline: Duration?, orders: StopOrders
  ) async throws(StartError) -> ApplicationEnd {
    let reports = Node.current.reports
    let title = name ?? "\(type(of: tree))"
    let run = ApplicationRun(title, shutdownDeadline)
    let unlisten = orders.listen { run.stop($0.kind) }
    defer { unlisten() }
    let faults = FaultLedger.shared.listen { run.stop(.tooManyFaults) }
    defer { FaultLedger.shared.unlisten(faults) }
    let supervisor: Supervisor
    do {
      supervisor = try await start(tree, name: name) { run.giveUp() }
    } catch {
      reports(ApplicationReport(name: title, end: ApplicationEnd(.notStarted(error))))
      throw error
    }
    reports(ApplicationReport(name: title, end: nil))
    run.begin(supervisor)
    var reason = await withTaskCancellationHandler {
      await supervisor.id.exited()
    } onCancel: {
      run.stop(.cancelled)
    }
    if supervisor.id.isAlive {
      // The wait was cancelled. The tree may take its time all the same: wait in a task that nobody cancels.
      reason = await Task.detached { await supervisor.id.exited() }.value
    }
    let end = Node.current.reportingDisowned(run.end(reason))
    reports(ApplicationReport(name: title, end: end))
    return end
  }
}

/// What happens to a running tree from outside, in whatever order.
private final class ApplicationRun: Sendable {
  private struct State: Sendable {
    var supervisor: Supervisor?
    var order: ApplicationEnd.Kind?
    var hasGivenUp = false
    var report: ShutdownReport?
  }

  private let title: String
  private let deadline: Duration?
  private let state = Mutex(State())

  init(_ title: String, _ deadline: Duration?) {
    self.title = title
    self.deadline = deadline
  }

  func begin(_ supervisor: Supervisor) {
    let isOrdered = state.withLock { state in
      state.supervisor = supervisor
      return state.order != nil
    }
    if isOrdered { tell(supervisor) }
  }

  func stop(_ order: ApplicationEnd.Kind) {
    let supervisor = state.withLock { state -> Supervisor? in
      if state.order == nil { state.order = order }
      return state.supervisor
    }
    if let supervisor { tell(supervisor) }
  }

  /// Does not wait.
  private func tell(_ supervisor: Supervisor) {
    supervisor.orderToStop()
    guard let deadline else { return }
    let title = title
    let node = supervisor.id.cell.node
    let began = Duration.nanoseconds(node.clock.now())
    _ = spawn(on: node) {
      do {
        _ = try await supervisor.id.exited(within: deadline) {}
      } catch {
        _ = supervisor.id.killTree(as: title, asked: began, deadline: deadline) { report in
          self.state.withLock { $0.report = report }
        }
      }
    }
  }

  func giveUp() {
    state.withLock { $0.hasGivenUp = true }
  }

  func end(_ reason: ExitReason) -> ApplicationEnd {
    state.withLock { state in
      // Who was killed at the deadline has ended on an order all the same.
      let isFailure = state.hasGivenUp || (!reason.isClean && state.report == nil)
      var end = ApplicationEnd(isFailure ? .gaveUp(reason) : state.order ?? .finished(reason))
      end.stragglers = state.report?.stragglers ?? []
      return end
    }
  }
}

extension Supervisor {
  /// As if its parent told it to: it stops its children and ends with `shutdown`.
  ///
  /// Does not wait.
  fileprivate func orderToStop() {
    id.cell.push(Envelope<SystemMessage>.make(.stop(.shutdown), kind: .system))
  }
}
