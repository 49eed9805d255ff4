public import Logging

/// The program has contained more faults than it may: see ``FaultBudget``.
public struct FaultBudgetReport: Report {
  /// How many there have been.
  public let faults: Int

  /// `critical`.
  public var level: Logger.Level { .critical }

  /// The report in one line.
  public var text: String {
    "The budget of faults is spent: \(faults) have been contained, each at the cost of a thread; the program should be started anew"
  }

  /// What there is to filter by.
  public var metadata: Logger.Metadata { ["faults": "\(faults)"] }
}
