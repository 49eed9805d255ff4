/// Frames that wait to be written, and the senders that wait for them to become fewer.
struct WriteQueue {
  typealias Sender = CheckedContinuation<Void, Never>

  private let busyByteCount: Int
  private let limit: Int
  private var frames: [[UInt8]] = []
  private var first = 0
  private var waiting: [UInt64: Sender] = [:]
  private var lastSender: UInt64 = 0
  private var isDrainScheduled = false
  private(set) var byteCount = 0
  private(set) var isClosed = false

  init(busyByteCount: Int, limit: Int) {
    self.busyByteCount = busyByteCount
    self.limit = limit
  }

  var isBusy: Bool { byteCount >= busyByteCount }
  var isEmpty: Bool { byteCount == 0 }

  enum Enqueued: Equatable {
    case closed
    /// The peer does not read: the queue is full, and takes no more.
    case full
    case queued(isBusy: Bool, mustScheduleDrain: Bool)
  }

  mutating func enqueue(_ new: [[UInt8]]) -> Enqueued {
    guard !isClosed else { return .closed }
    // A message that is itself longer than the limit is taken when the queue has room at all.
    guard byteCount < limit else { return .full }
    frames += new
    for frame in new { byteCount += frame.count }
    defer { isDrainScheduled = true }
    return .queued(isBusy: isBusy, mustScheduleDrain: !isDrainScheduled)
  }

  /// Frames to write now: at least one if there is any, then as many as fit.
  mutating func take(upTo maximum: Int) -> [[UInt8]] {
    var taken: [[UInt8]] = []
    var count = 0
    while first < frames.count, taken.isEmpty || count + frames[first].count <= maximum {
      count += frames[first].count
      taken.append(frames[first])
      frames[first] = []
      first += 1
    }
    byteCount -= count
    if first == frames.count {
      frames.removeAll(keepingCapacity: frames.capacity < 1024)
      first = 0
    } else if first > 1024, first > frames.count / 2 {
      frames.removeFirst(first)
      first = 0
    }
    return taken
  }

  /// The drain that was scheduled has begun: what is enqueued from now on must schedule another one.
  mutating func drainBegins() { isDrainScheduled = false }

  mutating func newSender() -> UInt64 {
    lastSender += 1
    return lastSender
  }

  /// Whether the sender waits now; else it may go on.
  mutating func wait(_ id: UInt64, _ sender: Sender) -> Bool {
    guard isBusy, !isClosed else { return false }
    waiting[id] = sender
    return true
  }

  mutating func cancel(_ id: UInt64) -> Sender? { waiting.removeValue(forKey: id) }

  /// The senders that may go on, as the queue is short again.
  mutating func releaseSenders() -> [Sender] {
    guard !waiting.isEmpty, isClosed || byteCount <= busyByteCount / 2 else { return [] }
    defer { waiting = [:] }
    return Array(waiting.values)
  }

  /// Whether it was open.
  mutating func close() -> Bool {
    defer {
      isClosed = true
      frames = []
      first = 0
      byteCount = 0
    }
    return !isClosed
  }
}
