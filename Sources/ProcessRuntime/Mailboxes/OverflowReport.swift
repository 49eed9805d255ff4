public import Logging

/// A bounded mailbox has rejected or dropped messages.
///
/// At most one report each five seconds for one process; what is lost in between stands in the next.
public struct OverflowReport: Report {
  /// The process.
  public let process: ProcessID
  /// Its registered name; nil if it has none.
  public let name: String?
  /// How many messages since the last report.
  public let messages: Int
  /// The bound.
  public let policy: MailboxPolicy

  /// `warning`.
  public var level: Logger.Level { .warning }

  /// The report in one line.
  public var text: String {
    let who = name.map { "\($0) (\(process))" } ?? "\(process)"
    return
      "Process \(who): its mailbox is full (\(policy)); \(messages) \(messages == 1 ? "message was" : "messages were") lost"
  }

  /// What there is to filter by.
  public var metadata: Logger.Metadata {
    var metadata: Logger.Metadata = [
      "process.id": "\(process)", "mailbox.lost": "\(messages)", "mailbox.limit": "\(policy.limit)",
    ]
    if let name { metadata["process.name"] = "\(name)" }
    return metadata
  }
}
