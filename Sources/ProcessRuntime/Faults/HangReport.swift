public import Logging

/// The turn of a process does not end: see ``HangPolicy``.
public struct HangReport: Report {
  /// The process.
  public let process: ProcessID
  /// Its registered name; nil if it has none.
  public let name: String?
  /// The name of the message that it handles, if it is a server.
  public let message: String?
  /// For how long it has been at it.
  public let time: Duration
  /// Whether it has been declared dead.
  public let isDisowned: Bool

  init(_ cell: ProcessCell, milliseconds: Int, isDisowned: Bool) {
    process = cell.id
    name = cell.name
    message = cell.id.info?.currentMessage
    time = .milliseconds(milliseconds)
    self.isDisowned = isDisowned
  }

  /// What is said of it in one line.
  var sentence: String { "its turn has not ended for \(time)" + (message.map { ", in \($0)" } ?? "") }

  /// `warning`; `error` if it is disowned.
  public var level: Logger.Level { isDisowned ? .error : .warning }

  /// The report in one line.
  public var text: String {
    "Process \(name.map { "\($0) (\(process))" } ?? "\(process)"): \(sentence)"
      + (isDisowned ? "; it is disowned" : "; use blocking { } for code that blocks")
  }

  /// What there is to filter by.
  public var metadata: Logger.Metadata {
    var metadata: Logger.Metadata = ["process.id": "\(process)", "hang.time": "\(time)"]
    if let name { metadata["process.name"] = "\(name)" }
    if let message { metadata["process.current-message"] = "\(message)" }
    return metadata
  }
}
