/// The clock of the caller's node: the machine's monotonic clock for a program, virtual time for a test node.
///
///     let deadline = ProcessClock.now.advanced(by: .seconds(5))
///     try await ProcessClock().sleep(until: deadline)
///     session.send(.expired, at: deadline)
///
/// Code that is generic over `any Clock<Duration>` runs on virtual time in a test when it gets this one.
public struct ProcessClock: Clock {
  /// A point in time on a node's clock.
  ///
  /// Those of two nodes have nothing to do with each other.
  public struct Instant: InstantProtocol, CustomStringConvertible {
    package let nanoseconds: Int64

    init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// What would lie past the end of time is its end, and never comes.
    public func advanced(by duration: Duration) -> Self {
      let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.nanoseconds)
      return Self(nanoseconds: overflow ? (duration < .zero ? .min : .max) : sum)
    }

    public func duration(to other: Self) -> Duration { .nanoseconds(other.nanoseconds) - .nanoseconds(nanoseconds) }

    public static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }

    public var description: String { "\(Duration.nanoseconds(nanoseconds))" }
  }

  /// A clock that shows the time of the node of whoever asks.
  public init() {}

  /// What time it is on the node of the code that asks.
  public static var now: Instant { Instant(nanoseconds: Node.now()) }

  /// What time it is on the node of the code that asks.
  public var now: Instant { Self.now }

  public var minimumResolution: Duration { .nanoseconds(1) }

  /// Suspends the calling process, and nothing else, until `deadline`; returns at once if that has passed.
  ///
  /// - Throws: `CancellationError` if the calling task is cancelled, the ``ExitReason`` if the process ends meanwhile.
  public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
    do {
      try await suspend(until: deadline.nanoseconds) { _ in } as Void
    } catch is WaitTimeout {
      return
    }
  }
}
