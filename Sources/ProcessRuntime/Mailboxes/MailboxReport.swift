public import Logging

/// More mail waits for a process than its ``MailboxPolicy`` allows.
public struct MailboxReport: Report {
  /// The process.
  public let process: ProcessID
  /// Its registered name; nil if it has none.
  public let name: String?
  /// How many messages wait.
  public let messages: Int
  /// How many may.
  public let limit: Int
  /// Whether the process has been ended for it.
  public let isEnd: Bool

  /// `warning`; `error` if the process has been ended.
  public var level: Logger.Level { isEnd ? .error : .warning }

  /// The report in one line.
  public var text: String {
    "Process \(name.map { "\($0) (\(process))" } ?? "\(process)"): \(messages) messages wait, more than \(limit)"
      + (isEnd ? "; it is ended" : "; it handles them slower than they come")
  }

  /// What there is to filter by.
  public var metadata: Logger.Metadata {
    var metadata: Logger.Metadata = [
      "process.id": "\(process)", "mailbox.length": "\(messages)", "mailbox.limit": "\(limit)",
    ]
    if let name { metadata["process.name"] = "\(name)" }
    return metadata
  }
}
