/// Frames that wait to be written, and the senders that wait for them to become fewer.
///
/// They are written by one at a time: whoever carries the connection, or who has sent last (`WriteQueue+Direct`).
struct WriteQueue {
  typealias Sender = CheckedContinuation<Void, Never>

  enum Writer {
    /// Whoever reads the socket: an event loop, or a worker.
    case carrier
    /// Whoever comes first.
    case nobody
    /// A thread writes at this moment, and looks for more when it is done.
    case thread
  }

  private let busyByteCount: Int
  private let limit: Int
  private var frames: [[UInt8]] = []
  private var first = 0
  private var waiting: [UInt64: Sender] = [:]
  private var notices: [UInt64: @Sendable () -> Void] = [:]
  private var lastSender: UInt64 = 0
  private var isDrainScheduled = false
  /// What a long turn sends is not kept until its end: the other side begins with the first piece while this one goes on.
  ///
  /// Each piece of a turn is twice as long as the one before.
  private var piece = firstPiece
  private var messagesOfPiece = 0
  private static let firstPiece = 4
  private(set) var byteCount = 0
  private(set) var isClosed = false
  var writer = Writer.carrier

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
    case queued(isBusy: Bool, mustScheduleDrain: Bool, isPiece: Bool)
  }

  /// Takes the frames of one message; `isMessage` if that is for a process, which may begin with it.
  mutating func enqueue(_ new: [[UInt8]], isMessage: Bool = true) -> Enqueued {
    guard !isClosed else { return .closed }
    // A message that is itself longer than the limit is taken when the queue has room at all.
    guard byteCount < limit else { return .full }
    frames += new
    for frame in new { byteCount += frame.count }
    guard writer == .carrier else {
      return .queued(isBusy: isBusy, mustScheduleDrain: false, isPiece: isMessage && completesPiece())
    }
    defer { isDrainScheduled = true }
    return .queued(isBusy: isBusy, mustScheduleDrain: !isDrainScheduled, isPiece: false)
  }

  private mutating func completesPiece() -> Bool {
    messagesOfPiece += 1
    guard messagesOfPiece >= piece else { return false }
    messagesOfPiece = 0
    piece *= 2
    return true
  }

  /// The turn is over: what is sent next is another one's.
  mutating func beginPieces() {
    messagesOfPiece = 0
    piece = Self.firstPiece
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

  /// Puts back what could not be written.
  mutating func putBack(_ frame: [UInt8]) {
    guard !isClosed, !frame.isEmpty else { return }
    byteCount += frame.count
    if first > 0 {
      first -= 1
      frames[first] = frame
    } else {
      frames.insert(frame, at: 0)
    }
  }

  /// The drain that was scheduled has begun: what is enqueued from now on must schedule another one.
  mutating func drainBegins() { isDrainScheduled = false }

  /// A drain is on its way, without a message that asks for it.
  mutating func drainIsScheduled() { isDrainScheduled = true }

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

  /// The same for one that is called instead of resumed.
  mutating func wait(_ id: UInt64, _ notice: @escaping @Sendable () -> Void) -> Bool {
    guard isBusy, !isClosed else { return false }
    notices[id] = notice
    return true
  }

  mutating func cancelNotice(_ id: UInt64) { notices[id] = nil }

  /// All who may go on, as the queue is short again: to be told without its lock.
  mutating func release() -> Released {
    let senders = releaseSenders()
    guard !notices.isEmpty, isClosed || byteCount <= busyByteCount / 2 else {
      return Released(senders: senders, notices: [])
    }
    defer { notices = [:] }
    return Released(senders: senders, notices: Array(notices.values))
  }

  struct Released {
    fileprivate var senders: [Sender] = []
    fileprivate var notices: [@Sendable () -> Void] = []

    func tell() {
      for sender in senders { sender.resume() }
      for notice in notices { notice() }
    }
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
