/// Decides at each tick, four times in the tick time, whether to say something and whether the peer is still there.
struct TickClock {
  enum Action: Equatable {
    case nothing
    case tick
    case timeout
  }

  private var lastRead: UInt64 = 0
  private var lastWritten: UInt64 = 0
  private var silentPeriods = 0

  /// As many periods without a byte mean that the peer is gone: the tick time, and a quarter more at most.
  static let periodCount = 4

  /// What to do after a period, by the bytes read and written since the connection was made.
  ///
  /// Frames would not do: a long one may take longer than the tick time. What waits in the queue will be heard, and while
  /// nobody reads, nothing can be.
  mutating func period(read: UInt64, written: UInt64, isQueueEmpty: Bool, isReading: Bool) -> Action {
    defer {
      lastRead = read
      lastWritten = written
    }
    silentPeriods = read == lastRead && isReading ? silentPeriods + 1 : 0
    if silentPeriods >= TickClock.periodCount { return .timeout }
    return written == lastWritten && isQueueEmpty ? .tick : .nothing
  }
}
