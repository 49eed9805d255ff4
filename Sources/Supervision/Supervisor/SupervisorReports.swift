public import Logging
public import ProcessRuntime

/// A supervisor's trouble with a child, with the supervisor's name (OTP's supervisor report).
///
/// An error.
///
///     Child "cache" of Supervisor <0.101.0> (StoreApplication) terminated
///     ** (exit) Cache.Failure: disk full
///     Pid: <0.104.0>
///     Restart: permanent
///     Shutdown: 5.0 seconds
///     Type: worker
public struct SupervisorErrorReport: Report {
  /// The supervisor's registered name, or its process and its type.
  public let supervisor: String
  /// The supervisor's process.
  public let process: ProcessID
  /// What it had to say.
  public let report: SupervisorReport

  /// `error`.
  public var level: Logger.Level { .error }

  /// In Elixir's words.
  public var text: String {
    let child = report.offender
    var text = "Child \(child.id.debugDescription) of Supervisor \(supervisor) \(context)\n** (exit) \(report.reason)"
    if report.context != .shutdown, let process = child.process { text += "\nPid: \(process)" }
    text += "\nRestart: \(child.restart)\nShutdown: \(child.shutdown.text)\nType: \(child.kind)"
    if child.significant { text += "\nSignificant: true" }
    return text
  }

  private var context: String {
    switch report.context {
    case .startError: "failed to start"
    case .childTerminated: "terminated"
    case .shutdown: "caused shutdown"
    case .quarantine: "is in quarantine"
    default: "shut down abnormally"
    }
  }

  /// The same for machines.
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

/// A static supervisor has started a child (OTP's progress report).
///
///     Child "cache" of Supervisor <0.101.0> (StoreApplication) started
///     Pid: <0.104.0>
public struct ProgressReport: Report {
  /// Why a child was started.
  public enum Cause: Hashable, Sendable {
    /// Its supervisor began, or started it again after its end. Reported as info.
    case supervisor
    /// Somebody called `startChild` or `restartChild`, and so knows. Reported as debug.
    case request

    /// The level of such a report.
    public var level: Logger.Level {
      switch self {
      case .supervisor: .info
      case .request: .debug
      }
    }
  }

  /// The supervisor's registered name, or its process and its type.
  public let supervisor: String
  /// The supervisor's process.
  public let process: ProcessID
  /// The child with its new process.
  public let child: ChildSnapshot
  /// Why it was started.
  public let cause: Cause

  /// `info`, or `debug` when somebody had asked for the child.
  public var level: Logger.Level { cause.level }

  /// In Elixir's words.
  public var text: String {
    var text = "Child \(child.id.debugDescription) of Supervisor \(supervisor) started"
    if let process = child.process { text += "\nPid: \(process)" }
    return text
  }

  /// The same for machines.
  public var metadata: Logger.Metadata {
    var metadata: Logger.Metadata = ["supervisor": "\(supervisor)", "child.id": "\(child.id)"]
    if let process = child.process { metadata["process.id"] = "\(process)" }
    return metadata
  }
}

extension ChildSpec.Shutdown {
  fileprivate var text: String {
    switch self {
    case .timeout(let time): "\(time)"
    case .brutalKill: "brutal kill"
    case .infinity: "infinity"
    }
  }
}
