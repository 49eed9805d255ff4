/// What one repetition has measured.
///
/// Seconds are wall time, names that end in `_us` are microseconds, `per_sec` is operations a second.
package struct Metrics: Sendable, ExpressibleByDictionaryLiteral {
  private var values: [String: Double]

  package init(dictionaryLiteral elements: (String, Double)...) {
    values = Dictionary(uniqueKeysWithValues: elements)
  }

  package subscript(name: String) -> Double? {
    get { values[name] }
    set { values[name] = newValue }
  }

  package func adding(_ more: Metrics) -> Metrics {
    var sum = self
    sum.values.merge(more.values) { $1 }
    return sum
  }

  /// The metrics in the order of the output: time and rate, then the others by name.
  package static func names(of results: [Metrics]) -> [String] {
    let first = ["seconds", "per_sec"]
    let names = Set(results.flatMap(\.values.keys))
    return first.filter(names.contains) + names.subtracting(first).sorted()
  }

  /// The 50th, 99th and 99.9th percentile and the maximum of samples in microseconds.
  package static func percentiles(_ prefix: String, _ samples: [Double]) -> Metrics {
    guard !samples.isEmpty else { return [:] }
    let sorted = samples.sorted()
    func at(_ share: Double) -> Double {
      sorted[max(1, min(sorted.count, Int((share * Double(sorted.count)).rounded(.up)))) - 1]
    }
    return [
      prefix + "_p50_us": at(0.50), prefix + "_p99_us": at(0.99), prefix + "_p999_us": at(0.999),
      prefix + "_max_us": at(1),
    ]
  }
}

/// One JSON object on one line.
package struct JSONLine {
  private var fields: [String] = []

  package mutating func add(_ name: String, _ value: Double) {
    let rounded = (value * 1e6).rounded() / 1e6
    guard rounded.isFinite else { return add(name, 0.0) }
    fields.append("\"\(name)\":\(Int(exactly: rounded).map(String.init) ?? rounded.description)")
  }

  package mutating func add(_ name: String, _ value: String) {
    fields.append("\"\(name)\":\"\(value.filter { $0 != "\"" && $0 != "\\" })\"")
  }

  package var text: String { "{\(fields.joined(separator: ","))}" }
}
