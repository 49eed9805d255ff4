public import Logging
public import ProcessRuntime

/// A server has no `handle(_ signal:)`, and a signal came (rule LOG-12).
///
/// It is dropped; the server goes on.
public struct UnhandledSignalReport: Report {
  public let process: ProcessID
  public let name: String?
  public let kind: String
  public let signal: Signal

  public var level: Logger.Level { .warning }

  public var text: String {
    let who = name.map { "\($0) (\(process))" } ?? "\(process)"
    return "GenServer \(who): \(kind) has no handle(_ signal:)\n** Unhandled signal: \(signal.summary)"
  }

  public var metadata: Logger.Metadata {
    var metadata: Logger.Metadata = [
      "process.id": "\(process)", "process.kind": "\(kind)", "signal": "\(signal.summary)",
    ]
    if let name { metadata["process.name"] = "\(name)" }
    return metadata
  }
}
