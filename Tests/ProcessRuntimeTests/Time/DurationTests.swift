@testable import ProcessRuntime
import SupervisionTesting
import Testing

@Suite("Durations in nanoseconds")
struct DurationTests {
  /// The rule, by the parts that the standard library gives.
  private func expected(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    let all = Int128(seconds) * 1_000_000_000 + Int128(attoseconds / 1_000_000_000)
    return all > Int128(Int64.max) ? .max : all < Int128(Int64.min) ? .min : Int64(all)
  }

  @Test(
    "TMR-10: what fits is exact, what does not is the largest or the smallest that does",
    arguments: 0..<100 as Range<UInt64>)
  func any(seed: UInt64) {
    var random = SplitMix(state: seed)
    for _ in 0..<100 {
      // Of any length, and just beside the powers of two, where the short way ends.
      let edge = Int128(1) << Int128.random(in: 0...100, using: &random)
      let attoseconds =
        edge + Int128.random(in: -2...2, using: &random) * Int128.random(in: 1...2_000_000_000, using: &random)
      for duration in [Duration(attoseconds: attoseconds), Duration(attoseconds: -attoseconds)] {
        #expect(duration.nanoseconds == expected(duration), "\(attoseconds)")
      }
    }
    for nanoseconds in [0, 1, -1, Int64.max, .min, 499_999_999 << 32] {
      #expect(nanoseconds.asDuration == .nanoseconds(nanoseconds))
      #expect(nanoseconds.asDuration.nanoseconds == nanoseconds)
    }
  }
}
