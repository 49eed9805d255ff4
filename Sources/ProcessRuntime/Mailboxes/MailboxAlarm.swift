/// A mailbox has become too full, or is half empty again.
///
/// The sender that fills it tells of the one, its process of the other: so a listener may hear of them in the other order.
public struct MailboxAlarm: Sendable, Hashable {
  /// The process.
  public let process: ProcessID
  /// Its registered name; nil if it has none.
  public let name: String?
  /// How many messages wait, about.
  public let messages: Int
  /// How many may.
  public let limit: Int
  /// Whether the alarm is set; else it is cleared.
  public let isSet: Bool

  /// Tells which of two alarms of one process is the later one: its number is the greater.
  public let number: UInt64

  init(_ cell: ProcessCell, _ number: UInt64, messages: Int, limit: Int, isSet: Bool) {
    self.number = number
    process = cell.id
    name = cell.name
    self.messages = messages
    self.limit = limit
    self.isSet = isSet
  }
}

/// Alarms of mailboxes: set when one is full (``MailboxPolicy/bounded(_:overflow:)``) or beyond its limit
/// (``MailboxPolicy/warn(above:)``), cleared when half of it has been handled.
///
/// An alarm that is set ends with its process too, without an event.
public enum MailboxAlarms {
  /// Tells of all alarms of this node from now on, set and cleared.
  ///
  /// Does not suspend. It is a process of its own that calls `tell`, for one event after the other; it ends with the process
  /// that has asked.
  @discardableResult
  public static func monitor(_ tell: @escaping @Sendable (MailboxAlarm) -> Void) -> EventMonitor {
    Node.current.mailboxAlarms.monitor(label: "mailbox alarms", tell)
  }
}
