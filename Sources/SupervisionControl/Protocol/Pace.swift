/// Says who has to wait, so that no more than so many a second come through, and as many at once.
///
/// A machine: it knows no clock.
package struct Pace: Sendable {
  private let interval: Double
  private let burst: Double
  /// When the next one is due, in seconds of any clock.
  private var due = -Double.infinity

  package init(perSecond: Int) {
    interval = 1 / Double(max(1, perSecond))
    burst = 1
  }

  /// How long the one that comes now has to wait, in seconds.
  package mutating func wait(at now: Double) -> Double {
    due = max(due, now - burst) + interval
    return max(0, due - now)
  }
}
