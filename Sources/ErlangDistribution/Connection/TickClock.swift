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

  /// What to do after a period.
  ///
  /// - Parameters:
  ///   - read: bytes read since the connection was made. Frames would not do: a long one may take longer than the tick time.
  ///   - written: bytes written since then.
  ///   - isQueueEmpty: whether nothing waits to be written; what waits will be heard.
  ///   - isReading: whether we look for bytes at all.
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
