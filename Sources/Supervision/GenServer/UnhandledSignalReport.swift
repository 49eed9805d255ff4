public import Logging

/// A server has no `handle(_ signal:)`, and a signal came (rule LOG-12).
public struct UnhandledSignalReport: Report {
  public let process: ProcessID
  public let kind: String
  public let signal: Signal

  public var level: Logger.Level { .warning }

  public var text: String {
    "\(kind) \(process) has no handle(_ signal:); unhandled signal: \(signal)"
  }

  public var metadata: Logger.Metadata {
    ["process.id": "\(process)", "process.kind": "\(kind)", "signal": "\(signal)"]
  }
}
