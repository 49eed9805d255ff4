#if Metrics
  import Metrics
  @_spi(Runtime) import ProcessRuntime
  import Supervision
  import Synchronization

  /// Reads a node's numbers now and then, and hands them to swift-metrics.
  struct TelemetryReporter: GenServer {
    enum Message: Sendable {
      case sample
    }

    /// So many processes are asked in one go: others shall have their turn between.
    private static let stride = 1_000

    private let metrics: NodeMetrics
    private let interval: Duration
    private let readsMailboxes: Bool
    private let reported: ReportedFaults
    private var last: NodeStatistics

    init(
      _ metrics: NodeMetrics, every interval: Duration, readsMailboxes: Bool, _ reported: ReportedFaults,
      measuring calls: CallTimes?
    ) {
      self.metrics = metrics
      self.interval = interval
      self.readsMailboxes = readsMailboxes
      self.reported = reported
      last = .current
      // They end with this process, so that a successor does not count twice.
      ChildRestarts.monitor { metrics.note($0) }
      DeadLetters.monitor { metrics.note($0) }
      MailboxAlarms.monitor { metrics.note($0) }
      if let cell = ProcessCell.current { calls?.start(for: cell) }
    }

    mutating func handleContinue() async throws { try await sample() }

    mutating func handle(_ message: Message) async throws { try await sample() }

    private mutating func sample() async throws {
      let now = NodeStatistics.current
      metrics.record(now)
      for (kind, count) in reported.new(now.faults) { metrics.note(kind, count) }
      if let utilisation = now.utilisation(since: last) { metrics.utilisation.set(utilisation) }
      last = now
      if readsMailboxes { await readMailboxes() }
      guard let cell = ProcessCell.current else { return }
      ProcessRef<Message>(unchecked: cell).send(.sample, after: interval)
    }

    private func readMailboxes() async {
      var (longest, sum) = (0, 0)
      let processes = ProcessID.all
      for (index, process) in processes.enumerated() {
        if index % Self.stride == Self.stride - 1 { await Task.yield() }
        let length = process.mailboxLength ?? 0
        longest = max(longest, length)
        sum += length
      }
      metrics.longestMailbox.set(longest)
      metrics.messages.set(sum)
    }
  }

  extension TelemetryReporter: CustomStringConvertible {
    /// For crash reports.
    var description: String { "TelemetryReporter every \(interval)" }
  }

  /// How many faults of each kind have been counted: over the restarts of the reporter.
  final class ReportedFaults: Sendable {
    private let counts = Mutex<[Fault.Kind: Int]>([:])

    /// Those that have come since the last time.
    func new(_ faults: [Fault.Kind: Int]) -> [(Fault.Kind, Int)] {
      counts.withLock { counts in
        defer { counts = faults }
        return faults.map { ($0, $1 - (counts[$0] ?? 0)) }
      }
    }
  }
#endif
