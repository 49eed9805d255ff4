#if ServiceLifecycle
  public import ServiceLifecycle
  public import Supervision
  import Synchronization

  /// A supervision tree as a service of swift-service-lifecycle, to stand in a `ServiceGroup` with others.
  ///
  ///     let group = ServiceGroup(
  ///       services: [telemetry, SupervisorService(Store())], gracefulShutdownSignals: [.sigterm], logger: logger)
  ///     try await group.run()
  ///
  /// The group hears the signals, not the tree. On graceful shutdown the tree is shut down in order, the newest child first, and
  /// `run()` returns when nothing of it is left. When its task is cancelled it is shut down in the same way.
  public struct SupervisorService: Service {
    private let name: String
    private let runTree: @Sendable (StopOrders) async throws -> ApplicationEnd

    /// A tree as a service.
    ///
    /// - Parameters:
    ///   - tree: what to run.
    ///   - name: a registered name for its supervisor.
    ///   - shutdownDeadline: how long it may take to stop the tree; what is left then is killed. Nil: as long as it takes.
    ///     To be shorter than the group's `maximumGracefulShutdownDuration`, which cancels the service and kills nothing.
    @_disfavoredOverload  // What is an application as well is run as one.
    public init(_ tree: some SupervisorBehaviour, name: String? = nil, shutdownDeadline: Duration? = nil) {
      self.name = name ?? "\(type(of: tree))"
      runTree = { orders in
        try await Supervisor.run(tree, name: name, shutdownDeadline: shutdownDeadline, orders: orders)
      }
    }

    /// An application, a `SupervisedApplication` too, with all that it needs, as a service.
    ///
    /// It is run as by `Applications.run(_:type:shutdownDeadline:)`: all applications of the node are stopped at the end. There
    /// is one such service in a program.
    public init(
      _ application: some ApplicationBehaviour, type: Applications.StartType = .permanent,
      shutdownDeadline: Duration? = nil
    ) {
      self.init(applications: [application], type: type, shutdownDeadline: shutdownDeadline)
    }

    /// Several applications, with all that they need, as a service.
    public init(
      applications: [any ApplicationBehaviour], type: Applications.StartType = .permanent,
      shutdownDeadline: Duration? = nil
    ) {
      name = applications.map(\.name.text).joined(separator: ", ")
      runTree = { orders in
        try await Applications.run(applications, type: type, shutdownDeadline: shutdownDeadline, orders: orders)
      }
    }

    /// Starts the tree, and returns when it is gone.
    ///
    /// - Throws: `StartError` or `ApplicationError` if it does not start; ``SupervisorServiceError`` if it ends by itself:
    ///   because it has given up, or because the `FaultBudget` is spent. Nothing if its significant children are done.
    public func run() async throws {
      let orders = ShutdownOrders()
      let end = try await withGracefulShutdownHandler {
        try await runTree(StopOrders { orders.listen($0) })
      } onGracefulShutdown: {
        orders.give()
      }
      guard end.isOrderly else { throw SupervisorServiceError(name: name, end: end) }
    }
  }

  extension SupervisorService: CustomStringConvertible {
    /// `SupervisorService(Store)`.
    public var description: String { "SupervisorService(\(name))" }
  }

  /// A tree that is a service has failed.
  public struct SupervisorServiceError: Error, Sendable, CustomStringConvertible {
    let name: String
    /// How it ended; its `ApplicationEnd.exitStatus` is for `exit`: 1, or 75 when the `FaultBudget` is spent.
    public let end: ApplicationEnd

    /// Such as `Store: gave up: shutdown`.
    public var description: String { "\(name): \(end)" }
  }

  /// The order to stop, whether it comes before or after somebody listens.
  private final class ShutdownOrders: Sendable {
    private struct State {
      var isGiven = false
      var listener: (@Sendable (StopOrders.Order) -> Void)?
    }

    private let state = Mutex(State())

    func give() {
      let listener = state.withLock { state in
        state.isGiven = true
        return state.listener
      }
      listener?(.stop)
    }

    func listen(_ listener: @escaping @Sendable (StopOrders.Order) -> Void) -> @Sendable () -> Void {
      let isGiven = state.withLock { state in
        state.listener = listener
        return state.isGiven
      }
      if isGiven { listener(.stop) }
      return { self.state.withLock { $0.listener = nil } }
    }
  }
#endif
