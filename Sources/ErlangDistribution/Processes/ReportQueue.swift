@_spi(Runtime) import ProcessRuntime
import Synchronization

/// The reports of a node's distribution on their way to the log, in order.
///
/// A process tells them, on a thread for code that blocks: who has something to report reads sockets, perhaps, and a slow log
/// must not hold up all connections. If the log ends that process, what waits is told with the next report.
final class ReportQueue: Sendable {
  private struct State {
    var waiting: [DistributionReport] = []
    /// How many had no place since the last that had one.
    var lost = 0
    /// Who tells them; one that has ended without being done was ended by the log.
    var teller: ProcessID?
  }

  /// So many wait; what is more is counted only.
  static let most = 1_000

  private let state = Mutex(State())

  /// Does not suspend, and runs nobody's code.
  func add(_ report: DistributionReport, on core: Node) {
    state.withLock { state in
      if state.waiting.count < Self.most { state.waiting.append(report) } else { state.lost += 1 }
      guard state.teller?.isAlive != true else { return }
      state.teller = spawn(on: core) { [self] in
        CurrentProcess.label = "reports of \(report.node)"
        try await blocking {
          while let report = self.next(report.node) { core.reports(report) }
        }
      }
    }
  }

  private func next(_ node: String) -> DistributionReport? {
    state.withLock { state in
      if state.waiting.isEmpty, state.lost == 0 {
        state.teller = nil
        return nil
      }
      guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
      defer { state.lost = 0 }
      return DistributionReport(node: node, what: .lostReports(state.lost))
    }
  }
}
