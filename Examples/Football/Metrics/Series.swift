#if GRDB
  import Metrics
  import Synchronization

  /// One metric with one set of labels.
  protocol Series: AnyObject, Sendable {
    /// Prometheus' word for it.
    var kind: String { get }
    /// What is appended to the name, a label of its own, and the value.
    var samples: [(suffix: String, label: String, value: String)] { get }
  }

  final class Count: Series, CounterHandler {
    private let value = Atomic<Int64>(0)

    let kind = "counter"
    var samples: [(suffix: String, label: String, value: String)] { [("", "", "\(value.load(ordering: .relaxed))")] }

    func increment(by amount: Int64) { value.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { value.store(0, ordering: .relaxed) }
  }

  final class Gauge: Series, MeterHandler {
    private let value = Mutex(0.0)

    let kind = "gauge"
    var samples: [(suffix: String, label: String, value: String)] { [("", "", "\(value.withLock { $0 })")] }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
  }

  final class Histogram: Series, RecorderHandler, TimerHandler {
    private struct State {
      var counts = [Int](repeating: 0, count: limits.count)
      var count = 0
      var sum = 0.0
    }

    /// In seconds, for what takes time.
    private static let limits = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]

    private let state = Mutex(State())

    let kind = "histogram"
    var samples: [(suffix: String, label: String, value: String)] {
      let state = state.withLock { $0 }
      let buckets = zip(Self.limits, state.counts).map { ("_bucket", "le=\"\($0)\"", "\($1)") }
      return buckets + [
        ("_bucket", "le=\"+Inf\"", "\(state.count)"), ("_sum", "", "\(state.sum)"), ("_count", "", "\(state.count)"),
      ]
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }
    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) {
      state.withLock { state in
        for (index, limit) in Self.limits.enumerated() where value <= limit { state.counts[index] += 1 }
        state.count += 1
        state.sum += value
      }
    }
  }
#endif
