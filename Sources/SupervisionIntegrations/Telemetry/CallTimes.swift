#if Metrics
  import Metrics
  @_spi(Runtime) import ProcessRuntime
  import Synchronization

  /// How long the calls of a node take, by the type of the server.
  final class CallTimes: Sendable {
    private struct Timers: Sendable {
      let answered: Timer
      let failed: Timer
    }

    /// So many types have a value of the label each; what comes later shares one.
    ///
    /// A generic server has a type for each argument.
    private static let mostTypes = 200

    private let factory: any MetricsFactory
    private let timers = Mutex<[ObjectIdentifier: Timers]>([:])

    init(_ factory: any MetricsFactory) { self.factory = factory }

    /// Measures from now on, until the process ends.
    func start(for process: ProcessCell) {
      let observers = process.node.observers
      process.withHolding(of: ObjectIdentifier(self)) { holding in
        guard holding == nil else { return }
        holding = Measuring(observers, observers.add { [self] in note($0, nanoseconds: $1, isAnswered: $2) })
      }
    }

    private func note(_ server: ProcessCell, nanoseconds: Int64, isAnswered: Bool) {
      let timers = timers(of: server)
      (isAnswered ? timers.answered : timers.failed).recordNanoseconds(nanoseconds)
    }

    private func timers(of server: ProcessCell) -> Timers {
      let type = ObjectIdentifier(Swift.type(of: server))
      if let known = timers.withLock({ $0[type] }) { return known }
      let name = server.kindName
      return timers.withLock { timers in
        if let known = timers[type] { return known }
        let new = make(timers.count < Self.mostTypes ? name : "other")
        timers[type] = new
        return new
      }
    }

    private func make(_ server: String) -> Timers {
      func timer(_ result: String) -> Timer {
        Timer(
          label: "supervision_call_duration_seconds", dimensions: [("server", server), ("result", result)],
          preferredDisplayUnit: .seconds, factory: factory)
      }
      return Timers(answered: timer("answered"), failed: timer("failed"))
    }
  }

  /// Ends the measuring with the process that it was begun for.
  private final class Measuring: ProcessHolding {
    private let observers: NodeObservers
    private let key: UInt64

    init(_ observers: NodeObservers, _ key: UInt64) {
      self.observers = observers
      self.key = key
    }

    func release(from cell: ProcessCell) { observers.remove(key) }
  }
#endif
