import Logging
import Synchronization

/// What becomes of a process whose mail grows faster than it is handled.
///
/// Memory that runs out ends the program, whatever else is contained. A limit ends the one process instead, and its
/// supervisor starts another with an empty mailbox; the callers whose messages are lost hear of it at once.
public struct MailboxPolicy: Sendable, Hashable, CustomStringConvertible {
  /// Messages from which on something is done; `UInt32.max`: never.
  let limit: UInt32
  let ends: Bool

  /// Nothing is said, and nothing is done.
  public static var off: Self { Self(limit: .max, ends: false) }

  /// A report when more than `count` messages wait, and again only after half of them have been handled.
  public static func warn(above count: Int) -> Self { Self(limit: UInt32(clamping: count), ends: false) }

  /// When more than `count` messages wait, the process ends with the reason ``ExitReason/mailboxOverflow``, as if killed
  /// (OTP's `max_heap_size`).
  public static func end(above count: Int) -> Self { Self(limit: UInt32(clamping: count), ends: true) }

  /// The policy of processes that have none of their own: ``warn(above:)`` with 100 000 messages, unless it is set.
  ///
  /// Holds for processes that start after it is set.
  public static var program: MailboxPolicy {
    get { MailboxPolicy(bits: stored.load(ordering: .relaxed)) }
    set { stored.store(newValue.bits, ordering: .relaxed) }
  }

  private static let stored = Atomic<UInt64>(MailboxPolicy.warn(above: 100_000).bits)

  private init(limit: UInt32, ends: Bool) {
    self.limit = limit
    self.ends = ends
  }

  private init(bits: UInt64) {
    self.init(limit: UInt32(truncatingIfNeeded: bits), ends: bits >> 32 != 0)
  }

  private var bits: UInt64 { UInt64(limit) | (ends ? 1 << 32 : 0) }

  /// `off`, `warn above 100000`, `end above 1000`.
  public var description: String {
    self == .off ? "off" : "\(ends ? "end" : "warn") above \(limit)"
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
  /// Holds from the next message on. The mailbox is looked at whenever the process has its turn, so not during a turn that
  /// does not end: for that there is ``HangPolicy``. Outside of processes it reads as ``MailboxPolicy/off``, and setting it
  /// does nothing.
  public static var mailboxPolicy: MailboxPolicy {
    get { ProcessCell.current?.mailboxPolicy ?? .off }
    set { ProcessCell.current?.mailboxPolicy = newValue }
  }
}

extension ProcessCell {
  /// In a turn, before new mail is taken: what was said of a full mailbox may be said again when half of it was handled.
  @inline(never)
  final func noteMailbox() {
    if queue.count <= mailboxPolicy.limit / 2 { mailboxIsHigh = false }
  }

  /// In a turn: more mail waits than the policy allows.
  @inline(never)
  final func followMailboxPolicy() {
    if isDead { return }
    if mailboxPolicy.ends {
      report(isEnd: true)
      die(.mailboxOverflow)
    } else if !mailboxIsHigh {
      mailboxIsHigh = true
      report(isEnd: false)
    }
  }

  private final func report(isEnd: Bool) {
    guard node.reports.wants(.warning) else { return }
    node.reports(
      MailboxReport(process: id, name: name, messages: queue.count, limit: Int(mailboxPolicy.limit), isEnd: isEnd))
  }
}
