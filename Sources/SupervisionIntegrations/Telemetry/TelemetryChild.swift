#if Metrics
  public import Metrics
  public import Supervision

  extension ChildSpec {
    /// A child that tells swift-metrics about its node: processes, run queue, restarts, faults, mailboxes and so on.
    ///
    ///     struct Store: SupervisedApplication {
    ///       var children: [ChildSpec] {
    ///         ChildSpec.telemetry(every: .seconds(10))
    ///         ChildSpec(.cache) { Cache() }
    ///       }
    ///     }
    ///
    /// The names stand in <doc:Telemetry>. What changes all the time is read once in `interval`, the first time at the start; what
    /// happens seldom is counted as it happens. One is enough for a node. Without it, nothing is measured.
    ///
    /// - Parameters:
    ///   - id: its place in the supervisor. Before the children whose first restarts should be seen.
    ///   - interval: how often the numbers are read; longer than zero.
    ///   - factory: where the metrics go; where `MetricsSystem` was bootstrapped to, if not given.
    ///   - readsMailboxes: whether all processes are asked for the length of their mailbox each time, which takes about a tenth of a
    ///     microsecond for each process, and as long again for each message that has come since it last looked.
    ///   - measuresCalls: whether each call between processes is measured, on the caller's side: two looks at the clock and what
    ///     the factory's timer takes. While it is, other messages cost a little more too.
    /// - Returns: the specification.
    public static func telemetry(
      _ id: ID = "telemetry", every interval: Duration = .seconds(10), to factory: (any MetricsFactory)? = nil,
      readsMailboxes: Bool = true, measuresCalls: Bool = false
    ) -> ChildSpec {
      let reported = ReportedFaults()
      let interval = max(interval, .milliseconds(1))
      return ChildSpec(id: id) {
        let factory = factory ?? MetricsSystem.factory
        return TelemetryReporter(
          NodeMetrics(factory), every: interval, readsMailboxes: readsMailboxes, reported,
          measuring: measuresCalls ? CallTimes(factory) : nil)
      }
    }
  }
#endif
