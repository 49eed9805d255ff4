import Logging
import Synchronization

/// What becomes of a process whose mail grows faster than it is handled.
///
/// Memory that runs out ends the program, whatever else is contained. A limit ends the one process instead, and its
/// supervisor starts another with an empty mailbox; the callers whose messages are lost hear of it at once. Or the mailbox
/// takes no more than it can hold: ``bounded(_:overflow:)``.
public struct MailboxPolicy: Sendable, Hashable, CustomStringConvertible {
  /// Messages from which on something is done; `UInt32.max`: never.
  let limit: UInt32
  private let action: Action

  private enum Action: UInt8 { case warn, end, suspend, reject, dropOldest, dropNewest }

  /// What becomes of a message for a bounded mailbox that is full.
  public enum Overflow: Sendable, Hashable, CaseIterable {
    /// ``ProcessRef/send(_:within:)`` and calls wait for a place, first come first served; a plain send is rejected, for it
    /// cannot wait.
    case suspend
    /// It is rejected: its sender is told, if it asks (``ProcessRef/trySend(_:)``), and a call fails at once.
    case reject
    /// It takes the place of the oldest message that waits, which is dropped.
    case dropOldest
    /// It is dropped.
    case dropNewest
  }

  /// Nothing is said, and nothing is done.
  public static var off: Self { Self(limit: .max, action: .warn) }

  /// A report when more than `count` messages wait, and again only after half of them have been handled.
  public static func warn(above count: Int) -> Self { Self(limit: UInt32(clamping: count), action: .warn) }

  /// When more than `count` messages wait, the process ends with the reason ``ExitReason/mailboxOverflow``, as if killed
  /// (OTP's `max_heap_size`).
  public static func end(above count: Int) -> Self { Self(limit: UInt32(clamping: count), action: .end) }

  /// At most `capacity` messages wait, one at least; `overflow` says what becomes of more.
  ///
  /// Signals and the library's own orders are neither counted nor dropped. No message goes without notice: see
  /// ``DeadLetters``, ``MailboxAlarms`` and ``ProcessID/mailbox``. A sender is never ended, and no thread waits.
  public static func bounded(_ capacity: Int, overflow: Overflow) -> Self {
    let action: Action =
      switch overflow {
      case .suspend: .suspend
      case .reject: .reject
      case .dropOldest: .dropOldest
      case .dropNewest: .dropNewest
      }
    return Self(limit: UInt32(clamping: max(1, capacity)), action: action)
  }

  var ends: Bool { action == .end }

  /// What becomes of more messages than it can hold; nil: it holds all.
  var overflow: Overflow? {
    switch action {
    case .warn, .end: nil
    case .suspend: .suspend
    case .reject: .reject
    case .dropOldest: .dropOldest
    case .dropNewest: .dropNewest
    }
  }

  /// The policy of processes that have none of their own: ``warn(above:)`` with 100 000 messages, unless it is set.
  ///
  /// Holds for processes that start after it is set. Not every process can do without a message, so a bound for all is no
  /// choice here: it counts as ``warn(above:)``.
  public static var program: MailboxPolicy {
    get { MailboxPolicy(bits: stored.load(ordering: .relaxed)) }
    set {
      stored.store((newValue.overflow == nil ? newValue : .warn(above: Int(newValue.limit))).bits, ordering: .relaxed)
    }
  }

  private static let stored = Atomic<UInt64>(MailboxPolicy.warn(above: 100_000).bits)

  private init(limit: UInt32, action: Action) {
    self.limit = limit
    self.action = action
  }

  private init(bits: UInt64) {
    self.init(limit: UInt32(truncatingIfNeeded: bits), action: bits >> 32 != 0 ? .end : .warn)
  }

  private var bits: UInt64 { UInt64(limit) | (ends ? 1 << 32 : 0) }

  /// `off`, `warn above 100000`, `end above 1000`, `bounded to 1000, reject`.
  public var description: String {
    if self == .off { return "off" }
    return overflow.map { "bounded to \(limit), \($0)" } ?? "\(ends ? "end" : "warn") above \(limit)"
  }
}

extension ExitReason {
  /// The end of a process whose mailbox has grown beyond its ``MailboxPolicy/end(above:)``.
  public static var mailboxOverflow: Self { .failure(MailboxOverflow()) }
}

private struct MailboxOverflow: Error, Hashable, CustomStringConvertible {
  var description: String { "its mailbox has grown beyond its limit" }
}

extension CurrentProcess {
  /// What becomes of this process when its mail grows faster than it is handled; to be set in `init`, mostly.
  ///
  /// Holds from the next message on: what waits already counts for no bound. The mailbox is looked at whenever the process
  /// has its turn, so not during a turn that does not end: for that there is ``HangPolicy``. A bound holds at any time.
  /// Outside of processes it reads as ``MailboxPolicy/off``, and setting it does nothing.
  public static var mailboxPolicy: MailboxPolicy {
    get { ProcessCell.current?.mailboxPolicy ?? .off }
    set {
      guard let cell = ProcessCell.current else { return }
      cell.lock.withLock { cell.set(newValue) }?.carryOut(for: cell)
    }
  }
}

extension ProcessCell {
  /// In a turn: what was said of a full mailbox may be said again when half of it was handled.
  @inline(never)
  final func noteMailbox() {
    guard queue.count <= mailboxPolicy.limit / 2 else { return }
    mailboxIsHigh = false
    raise(node.nextReference(), messages: queue.count, isSet: false)
  }

  /// In a turn: more mail waits than the policy allows.
  @inline(never)
  final func followMailboxPolicy() {
    if isDead || mailboxPolicy.overflow != nil { return }
    if mailboxPolicy.ends {
      report(isEnd: true)
      die(.mailboxOverflow)
    } else if !mailboxIsHigh {
      mailboxIsHigh = true
      report(isEnd: false)
      raise(node.nextReference(), messages: queue.count, isSet: true)
    }
  }

  private final func report(isEnd: Bool) {
    guard node.reports.wants(.warning) else { return }
    node.reports(
      MailboxReport(process: id, name: name, messages: queue.count, limit: Int(mailboxPolicy.limit), isEnd: isEnd))
  }
}
