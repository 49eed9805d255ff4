#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What time it is for the processes of a node: nanoseconds that only grow, from any start.
package protocol NodeClock: AnyObject, Sendable {
  func now() -> Int64
}

/// The machine's monotonic clock.
struct MonotonicClock {
  func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

/// A node's clock: the machine's, unless a test has brought its own.
package struct NodeTime: Sendable {
  private let own: (any NodeClock)?

  init(_ own: (any NodeClock)? = nil) { self.own = own }

  @inline(__always)
  package func now() -> Int64 {
    if let own { own.now() } else { MonotonicClock().now() }
  }
}

extension Duration {
  /// In nanoseconds; what does not fit becomes the largest or smallest that does (rule TMR-10).
  package var nanoseconds: Int64 {
    // One instruction for all that fits, where `components` divides by 128 bits.
    let (upper, lower) = (attoseconds >> 64, UInt64(truncatingIfNeeded: attoseconds))
    if upper >= 0, upper < 500_000_000 {
      return Int64(UInt64(1_000_000_000).dividingFullWidth((UInt64(upper), lower)).quotient)
    }
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return seconds < 0 ? .min : .max }
    let (sum, overflows) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
    return overflows ? (seconds < 0 ? .min : .max) : sum
  }
}

extension Int64 {
  /// So many nanoseconds.
  var asDuration: Duration { Duration(attoseconds: Int128(self) * 1_000_000_000) }

  /// ``after(_:)``, and fast for the timeout that calls have if none is given: a general duration takes a division of 128 bits.
  @inline(__always)
  func afterTimeout(_ duration: Duration) -> Int64 {
    duration == .seconds(5) ? self &+ 5_000_000_000 : after(duration)
  }

  /// The instant `duration` after this one.
  ///
  /// Never before it, never past the end of time.
  package func after(_ duration: Duration) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(Swift.max(0, duration.nanoseconds))
    return overflow ? .max : sum
  }
}
