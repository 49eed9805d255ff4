public import Logging
public import ProcessRuntime

/// A supervisor's trouble with a child, with the supervisor's name (OTP's supervisor report).
public struct SupervisorErrorReport: Report {
  /// The supervisor's registered name, or its process.
  public let supervisor: String
  /// Its process.
  public let process: ProcessID
  public let report: SupervisorReport

  public var level: Logger.Level { .error }

  public var text: String {
    let child = report.offender
    var text = "Child \(child.id) of Supervisor \(supervisor) \(context)\n** (exit) \(report.reason)"
    if report.context != .shutdown, let process = child.process { text += "\nPid: \(process)" }
    text += "\nRestart: \(child.restart)\nShutdown: \(child.shutdown)\nType: \(child.kind)"
    if child.significant { text += "\nSignificant: true" }
    return text
  }

  private var context: String {
    switch report.context {
    case .startError: "failed to start"
    case .childTerminated: "terminated"
    case .shutdown: "caused shutdown"
    default: "shut down abnormally"
    }
  }

  public var metadata: Logger.Metadata {
    var metadata: Logger.Metadata = [
      "supervisor": "\(supervisor)", "supervisor.context": "\(report.context)", "exit.reason": "\(report.reason)",
      "child.id": "\(report.offender.id)", "child.restart": "\(report.offender.restart)",
      "child.kind": "\(report.offender.kind)",
    ]
    if let process = report.offender.process { metadata["process.id"] = "\(process)" }
    return metadata
  }
}

/// A child has been started (OTP's progress report).
public struct ProgressReport: Report {
  /// Why it was started.
  public enum Level: Sendable {
    /// With its supervisor, or again after its end.
    case byItself
    /// Somebody asked for it.
    case requested

    var logLevel: Logger.Level {
      switch self {
      case .byItself: .info
      case .requested: .debug
      }
    }
  }

  public let supervisor: String
  public let child: ChildSnapshot
  public let cause: Level

  public var level: Logger.Level { cause.logLevel }

  public var text: String {
    "Child \(child.id) of Supervisor \(supervisor) started\nPid: \(child.process.map(\.description) ?? "none")"
  }

  public var metadata: Logger.Metadata {
    var metadata: Logger.Metadata = ["supervisor": "\(supervisor)", "child.id": "\(child.id)"]
    if let process = child.process { metadata["process.id"] = "\(process)" }
    return metadata
  }
}
