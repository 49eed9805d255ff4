/// Counts restarts and says when there were too many (OTP's restart intensity).
///
/// Keeps one count for each whole second in the period, so that a restart costs the same however many there are, and memory
/// is bounded by the period and by the limit, whichever is smaller.
struct RestartWindow: Sendable {
  private let limit: Int
  private let period: Int64
  private var seconds: [(second: Int64, count: Int)] = []
  private var oldest = 0
  private var total = 0

  init(_ intensity: Supervisor.Intensity) {
    limit = intensity.restarts
    period = intensity.period.components.seconds
  }

  /// Whether one more restart is within the limit.
  ///
  /// If so it is remembered; a refused one is not. Time is monotonic, since any fixed moment; whole seconds count.
  mutating func allowsRestart(at now: Duration) -> Bool {
    let second = max(now.components.seconds, seconds.last?.second ?? .min)
    forget(before: second)
    guard total < limit else { return false }
    remember(second)
    return true
  }

  /// How many more it would allow now.
  func left(at now: Duration) -> Int {
    let second = max(now.components.seconds, seconds.last?.second ?? .min)
    let used = seconds[oldest...].reduce(0) { second - $1.second > period ? $0 : $0 + $1.count }
    return max(0, limit - used)
  }

  /// How many whole seconds are kept apart at present.
  var storedSeconds: Int { seconds.count - oldest }

  private mutating func forget(before second: Int64) {
    while oldest < seconds.count, second - seconds[oldest].second > period {
      total -= seconds[oldest].count
      oldest += 1
    }
    if oldest > 16, oldest * 2 > seconds.count {
      seconds.removeFirst(oldest)
      oldest = 0
    }
  }

  private mutating func remember(_ second: Int64) {
    total += 1
    if oldest < seconds.count, seconds[seconds.count - 1].second == second {
      seconds[seconds.count - 1].count += 1
    } else {
      seconds.append((second, 1))
    }
  }
}
