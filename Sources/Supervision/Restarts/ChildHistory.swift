/// What is remembered of the failures of a child that has a backoff or a budget.
///
/// A machine: it knows no clock and no supervisor.
struct ChildHistory: Sendable {
  /// What is to be done about a failure.
  enum Verdict: Hashable, Sendable {
    case restart
    case restartAfter(Backoff.Wait)
    /// `nil`: until somebody asks for a restart.
    case quarantine(Duration?)
  }

  private let backoff: Backoff?
  private let budget: RestartBudget?
  private var window: RestartWindow?
  /// Failures in a row.
  private var failures = 0
  private var startedAt: Duration?
  /// Since when it runs on trial, after a quarantine.
  private var onTrialSince: Duration?

  init(_ care: ChildCare) {
    backoff = care.backoff
    budget = care.budget
    window = care.budget.map { RestartWindow($0.intensity) }
  }

  mutating func started(at now: Duration) {
    startedAt = now
  }

  /// It leaves its quarantine, to be tried once more.
  mutating func beginTrial(at now: Duration) {
    onTrialSince = now
    failures = 0
  }

  /// It has ended, or has not started, and is to be started again.
  mutating func failed(at now: Duration) -> Verdict {
    if let backoff, let startedAt, now - startedAt >= backoff.forgetsAfter { failures = 0 }
    startedAt = nil
    failures += 1
    if let budget {
      if let since = onTrialSince {
        if now - since <= budget.period { return .quarantine(budget.retriesAfter) }
        onTrialSince = nil
        window = RestartWindow(budget.intensity)
      }
      if window?.allowsRestart(at: now) == false { return .quarantine(budget.retriesAfter) }
    }
    guard let wait = backoff?.wait(afterFailures: failures), wait.whole > .zero else { return .restart }
    return .restartAfter(wait)
  }
}
