/// How often one child may fail before it is put into quarantine: its supervisor goes on without it, and its siblings stay.
///
/// A child with a budget of its own does not use up its supervisor's ``Supervisor/Intensity``. In quarantine it has no
/// process; that is reported once. After ``retriesAfter`` it is started on trial: if it fails again within ``period``, it is
/// in quarantine again, else it is like any other.
///
///     ChildSpec(.feed) { Feed() }
///       .budget(.restarts(5, within: .seconds(60), retryAfter: .seconds(300)))
public struct RestartBudget: Hashable, Sendable, CustomStringConvertible {
  /// How many restarts are accepted.
  public let restarts: Int
  /// The time within which they count.
  public let period: Duration
  /// How long a quarantine lasts; `nil`: until somebody calls `restartChild`.
  public let retriesAfter: Duration?

  /// At most `count` restarts within `period`, counted as those of ``Supervisor/Intensity``; one more is a quarantine.
  public static func restarts(_ count: Int, within period: Duration, retryAfter: Duration? = nil) -> Self {
    Self(restarts: count, period: period, retriesAfter: retryAfter)
  }

  var intensity: Supervisor.Intensity { .restarts(restarts, within: period) }

  /// What is wrong with these values; `nil` if nothing is.
  var problem: String? {
    if restarts < 0 { return "\(restarts) restarts; use zero or more" }
    if period <= .zero { return "restarts counted within \(period); use more than zero" }
    if let retriesAfter, retriesAfter <= .zero { return "another try after \(retriesAfter); use more than zero" }
    return nil
  }

  /// `5 restarts within 60.0 seconds, another try after 300.0 seconds`.
  public var description: String {
    "\(intensity)" + (retriesAfter.map { ", another try after \($0)" } ?? ", no other try")
  }
}
