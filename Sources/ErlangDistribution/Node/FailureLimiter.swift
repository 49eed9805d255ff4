/// Limits how often an address may fail in the handshake: a bucket of failures for each, refilled steadily.
///
/// Who tries cookies gets no answer any more until it has waited. The addresses that are kept are limited too.
struct FailureLimiter {
  /// Failures that an address may have at once.
  let burst: Double
  /// Failures that are forgiven in a second.
  let rate: Double
  let addressLimit: Int
  private var failures: [String: (count: Double, at: Double)] = [:]

  init(burst: Int = 100, perSecond rate: Int = 10, addressLimit: Int = 1024) {
    self.burst = Double(burst)
    self.rate = Double(rate)
    self.addressLimit = addressLimit
  }

  /// The failures of an address that are not forgiven yet, at a time in seconds.
  private func count(_ address: String, at now: Double) -> Double {
    guard let (count, last) = failures[address] else { return 0 }
    return max(0, count - (now - last) * rate)
  }

  func allows(_ address: String, at now: Double) -> Bool { count(address, at: now) <= burst - 1 }

  mutating func failed(_ address: String, at now: Double) {
    if failures[address] == nil, failures.count >= addressLimit { forget(at: now) }
    failures[address] = (min(burst, count(address, at: now)) + 1, now)
  }

  private mutating func forget(at now: Double) {
    failures = failures.filter { count($0.key, at: now) > 0 }
    // All are recent: those who come from so many addresses are not held back by this.
    if failures.count >= addressLimit { failures = [:] }
  }

  var addressCount: Int { failures.count }
}
