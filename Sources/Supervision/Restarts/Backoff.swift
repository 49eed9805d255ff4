/// How long to wait before something that failed is started again: longer with each failure in a row.
///
///     ChildSpec(.feed) { Feed() }
///       .backoff(.exponential(from: .milliseconds(100), to: .seconds(30)))
public struct Backoff: Hashable, Sendable {
  /// The wait after the first failure.
  public let first: Duration
  /// The longest wait.
  public let longest: Duration
  /// What each wait is multiplied by for the next; at least 1.
  public let factor: Double
  /// The part of each wait that is left to chance, from 0 to 1, so that those who failed together do not come back together.
  public let jitter: Double
  /// Who has run for so long without failing begins again with ``first``.
  public let forgetsAfter: Duration

  /// Waits that grow.
  ///
  /// - Parameters:
  ///   - first: the wait after the first failure.
  ///   - longest: no wait is longer.
  ///   - factor: what each wait is multiplied by for the next.
  ///   - jitter: the part of a wait that is left to chance: with 0.2, a wait of ten seconds is one of eight to ten.
  ///   - forgetsAfter: who has run for so long begins again with `first`; if not given, as long as `longest`.
  /// - Returns: the waits, to be given to a child specification.
  public static func exponential(
    from first: Duration = .milliseconds(100), to longest: Duration = .seconds(30), factor: Double = 2,
    jitter: Double = 0.2, forgetsAfter: Duration? = nil
  ) -> Self {
    Self(
      first: first, longest: longest, factor: factor, jitter: jitter, forgetsAfter: forgetsAfter ?? longest)
  }

  /// Always the same wait.
  public static func constant(_ wait: Duration, jitter: Double = 0) -> Self {
    Self(first: wait, longest: wait, factor: 1, jitter: jitter, forgetsAfter: wait)
  }

  /// The wait after so many failures in a row, the first being number one.
  func wait(afterFailures count: Int) -> Wait {
    let growth = Double.pow(factor, min(count, 10_000) - 1)
    // Compared as numbers: a duration has an end, and the product may be beyond it, or no number at all.
    let isShorter = first.inSeconds * growth < longest.inSeconds
    return Wait(whole: first == .zero ? .zero : isShorter ? first * growth : longest, jitter: jitter)
  }

  /// What is wrong with these values; `nil` if nothing is.
  var problem: String? {
    if first < .zero { return "a first wait of \(first); use zero or more" }
    if longest < first { return "a longest wait of \(longest), shorter than the first of \(first)" }
    if !(factor >= 1 && factor.isFinite) { return "a factor of \(factor); use 1 or more" }
    if !(jitter >= 0 && jitter <= 1) { return "a jitter of \(jitter); use 0 to 1" }
    if forgetsAfter < .zero { return "forgetsAfter of \(forgetsAfter); use zero or more" }
    return nil
  }
}

extension Backoff {
  /// One wait, before chance has had its part.
  package struct Wait: Hashable, Sendable {
    /// The longest that it can be.
    package var whole: Duration
    /// The part of it that is left to chance.
    var jitter = 0.0

    /// The wait, when chance says `chance`, from 0 to 1.
    package func drawn(_ chance: Double) -> Duration {
      jitter == 0 ? whole : whole * (1 - jitter * chance)
    }
  }
}

extension Backoff: CustomStringConvertible {
  /// `0.1 seconds to 30.0 seconds, times 2.0, jitter 0.2`.
  public var description: String {
    first == longest ? "\(first), jitter \(jitter)" : "\(first) to \(longest), times \(factor), jitter \(jitter)"
  }
}

extension Double {
  /// `base` multiplied with itself; without a mathematics library.
  fileprivate static func pow(_ base: Double, _ exponent: Int) -> Double {
    var result = 1.0
    var square = base
    var rest = max(0, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= square }
      square *= square
      rest >>= 1
    }
    return result
  }
}
