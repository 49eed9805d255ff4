import Synchronization

/// Where the senders of a process meet its worker: one word that is at once the newest message of a chain and the
/// process's place in the scheduler.
///
/// Sending is one allocation and one compare-and-swap, and the sender learns from the old value whether it has to
/// schedule the process.
struct Inbox: ~Copyable {
  /// Nothing to do; in no run queue.
  static var idle: UInt { 0 }
  /// In a run queue or running; no new mail.
  static var busy: UInt { 1 }
  /// As `busy`, and something besides mail has changed: look again before resting.
  static var poked: UInt { 2 }
  /// The process is gone for good; what is sent is dropped.
  static var closed: UInt { 3 }
  /// Values from here on are addresses of envelopes.
  static var firstAddress: UInt { 16 }

  private let word: Atomic<UInt>

  /// Until its process is let run it counts as busy: what comes is queued, and schedules nothing.
  init(_ state: UInt = Inbox.busy) { word = Atomic(state) }

  static func envelope(at address: UInt) -> UnsafeMutablePointer<EnvelopeHeader>? {
    address < firstAddress ? nil : UnsafeMutablePointer(bitPattern: address)
  }

  enum Outcome {
    /// The process was at rest: the sender schedules it.
    case wakes
    case queued
    /// Nothing was taken: the caller still owns what it wanted to send.
    case closed
  }

  @inline(__always)
  borrowing func push(_ envelope: UnsafeMutablePointer<EnvelopeHeader>) -> Outcome {
    var old = word.load(ordering: .relaxed)
    while true {
      if old == Inbox.closed { return .closed }
      envelope.pointee.next = old
      let (done, seen) = word.weakCompareExchange(
        expected: old, desired: UInt(bitPattern: envelope), successOrdering: .acquiringAndReleasing,
        failureOrdering: .relaxed)
      if done { return old == Inbox.idle ? .wakes : .queued }
      old = seen
    }
  }

  /// Tells the process that something besides mail has changed.
  borrowing func poke() -> Outcome {
    var old = word.load(ordering: .relaxed)
    while true {
      let new: UInt
      switch old {
      case Inbox.idle: new = Inbox.busy
      case Inbox.busy: new = Inbox.poked
      case Inbox.closed: return .closed
      default:
        // Mail is waiting already, and a worker that takes it looks at everything. The exchange orders what the caller
        // changed before that look.
        new = old
      }
      let (done, seen) = word.weakCompareExchange(
        expected: old, desired: new, successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
      if done { return old == Inbox.idle ? .wakes : .queued }
      old = seen
    }
  }

  /// Tells the process that mail has come, which does not stand here.
  borrowing func announce() -> Outcome {
    var old = word.load(ordering: .relaxed)
    while true {
      if old == Inbox.closed { return .closed }
      let new = old < Inbox.firstAddress ? Inbox.poked : old
      let (done, seen) = word.weakCompareExchange(
        expected: old, desired: new, successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
      if done { return old == Inbox.idle ? .wakes : .queued }
      old = seen
    }
  }

  /// Whether anything has come since the last ``take()``.
  @inline(__always)
  var hasNews: Bool { word.load(ordering: .relaxed) != Inbox.busy }

  /// The worker's: takes the chain, newest first.
  ///
  /// The process stays busy.
  @inline(__always)
  borrowing func take() -> UInt {
    word.exchange(Inbox.busy, ordering: .acquiringAndReleasing)
  }

  /// The worker's: nothing left to do.
  ///
  /// False if something came in between.
  @inline(__always)
  borrowing func rest() -> Bool {
    word.compareExchange(expected: Inbox.busy, desired: Inbox.idle, ordering: .acquiringAndReleasing).exchanged
  }

  /// The worker's, for a process that is gone: nothing is taken any more.
  ///
  /// False if something came in between.
  borrowing func close() -> Bool {
    word.compareExchange(expected: Inbox.busy, desired: Inbox.closed, ordering: .acquiringAndReleasing).exchanged
  }

  /// Under the process's lock: the chain as it stands, newest first, left where it is.
  borrowing func look() -> UInt {
    word.load(ordering: .acquiring)
  }

  var isIdle: Bool { word.load(ordering: .relaxed) == Inbox.idle }
}
