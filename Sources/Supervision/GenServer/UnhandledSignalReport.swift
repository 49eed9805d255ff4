public import Logging
public import ProcessRuntime

/// A server has no `handle(_ signal:)`, and a signal came (rule LOG-12).
///
/// It is dropped; the server goes on.
public struct UnhandledSignalReport: Report {
  /// The server.
  public let process: ProcessID
  /// Its registered name; nil if it has none.
  public let name: String?
  /// The type of the server.
  public let kind: String
  /// What nobody has handled.
  public let signal: Signal

  /// `warning`.
  public var level: Logger.Level { .warning }

  /// The report in one line.
  public var text: String {
    let who = name.map { "\($0) (\(process))" } ?? "\(process)"
    return "GenServer \(who): \(kind) has no handle(_ signal:)\n** Unhandled signal: \(signal.summary)"
  }

  /// What there is to filter by.
  public var metadata: Logger.Metadata {
    var metadata: Logger.Metadata = [
      "process.id": "\(process)", "process.kind": "\(kind)", "signal": "\(signal.summary)",
    ]
    if let name { metadata["process.name"] = "\(name)" }
    return metadata
  }
}
