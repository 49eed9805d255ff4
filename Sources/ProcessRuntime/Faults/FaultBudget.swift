import Synchronization

/// How many faults a program may contain before it should be started anew.
///
/// Each contained fault costs a thread and what its process owned, for good. When the budget is spent, that is reported, and a
/// program that is a tree (`Supervisor.run`, `SupervisedApplication`) shuts down in order and exits with status 75, so that
/// whatever started it (systemd, Kubernetes, a parent of its own) starts it again.
public struct FaultBudget: Sendable, Hashable {
  /// How many faults, altogether.
  public var total: Int
  /// How many faults within ``window``.
  public var burst: Int
  /// The time that ``burst`` counts.
  public var window: Duration

  /// A budget; without arguments, the default: 8 000 in all, a quarter of what Linux has room for, and 2 000 in a minute.
  public init(total: Int = 8_000, burst: Int = 2_000, window: Duration = .seconds(60)) {
    self.total = total
    self.burst = burst
    self.window = window
  }

  /// No limit: the system's own is about 31 000 lost threads; the next fault after that ends the
  /// program at once, with status 75.
  public static var unlimited: Self { Self(total: .max, burst: .max, window: .zero) }

  /// The budget of the program.
  ///
  /// Does not suspend.
  public static var program: FaultBudget {
    get { FaultLedger.shared.budget }
    set { FaultLedger.shared.budget = newValue }
  }

  /// How many faults the program has contained so far.
  public static var spent: Int { FaultLedger.shared.spent }
}

/// Counts faults against the budget.
///
/// A machine: it knows no clock.
struct FaultCount: Sendable {
  private(set) var total = 0
  /// When the latest faults were, the oldest first; those before `first` are outside of the window.
  private var recent: [Int64] = []
  private var first = 0

  /// True if the budget is spent.
  mutating func note(at now: Int64, _ budget: FaultBudget) -> Bool {
    total += 1
    guard budget.burst < .max else { return total > budget.total }
    let window = budget.window.nanosecondsClamped
    recent.append(now)
    while first < recent.count, now - recent[first] > window { first += 1 }
    if first * 2 > recent.count {
      recent.removeFirst(first)
      first = 0
    }
    return total > budget.total || recent.count - first > budget.burst
  }
}

/// The program's faults, and who is told when there have been too many.
package final class FaultLedger: Sendable {
  package static let shared = FaultLedger()

  private struct State: Sendable {
    var budget = FaultBudget()
    var count = FaultCount()
    var kinds: [Fault.Kind: Int] = [:]
    var listeners: [UInt64: @Sendable () -> Void] = [:]
    var nextKey: UInt64 = 0
    var isSpent = false
  }

  private let state = Mutex(State())

  var budget: FaultBudget {
    get { state.withLock { $0.budget } }
    set {
      state.withLock { state in
        state.budget = newValue
        state.isSpent = false
      }
    }
  }

  var spent: Int { state.withLock { $0.count.total } }

  /// How many faults there have been of each kind.
  ///
  /// Hangs too, which cost no thread and do not count against the budget.
  var kinds: [Fault.Kind: Int] { state.withLock { $0.kinds } }

  /// A turn that does not end has been disowned.
  func noteHang() { state.withLock { $0.kinds[.hang, default: 0] += 1 } }

  /// A fault has been contained.
  func note(_ kind: Fault.Kind, at now: Int64) {
    let (listeners, total) = state.withLock { state -> ([@Sendable () -> Void], Int) in
      state.kinds[kind, default: 0] += 1
      guard state.count.note(at: now, state.budget), !state.isSpent else { return ([], 0) }
      state.isSpent = true
      return (Array(state.listeners.values), state.count.total)
    }
    guard total > 0 else { return }
    // Not on the caller's thread: a log handler may block, and then nobody would see to other faults.
    Thread.start(named: "fault-report") { Node.shared.reports(FaultBudgetReport(faults: total)) }
    for listener in listeners { listener() }
  }

  package func listen(_ body: @escaping @Sendable () -> Void) -> UInt64 {
    state.withLock { state in
      state.nextKey += 1
      state.listeners[state.nextKey] = body
      return state.nextKey
    }
  }

  package func unlisten(_ key: UInt64) {
    state.withLock { $0.listeners[key] = nil }
  }
}

extension Duration {
  fileprivate var nanosecondsClamped: Int64 {
    let (seconds, overflows) = components.seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return overflows ? .max : seconds + components.attoseconds / 1_000_000_000
  }
}
