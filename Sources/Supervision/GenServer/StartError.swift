/// Why a process could not be started (the errors of `GenServer.start_link/3` and `Supervisor.start_link/2`).
public struct StartError: Error, Sendable, CustomStringConvertible {
  /// What went wrong.
  public enum Kind: Sendable {
    /// Somebody has the name.
    case alreadyStarted(ProcessID)
    /// The new process ended with this reason before it was ready.
    case failed(ExitReason)
    /// It was not needed: its `init` said so by throwing ``StartError/ignored`` (OTP's `ignore`).
    case ignored
    /// It was not ready within the start timeout, and was killed.
    case timeout
    /// Only a process can be linked to.
    case outsideProcess
    /// The starting task was cancelled; the new process was killed.
    case cancelled
    /// The name or the configuration is not valid.
    case invalid(String)
  }

  /// What went wrong.
  public let kind: Kind
  /// It was made to be thrown from init; not the error of another start that init has let through.
  private let isVerdict: Bool

  package init(_ kind: Kind) {
    self.kind = kind
    isVerdict = false
  }

  private init(verdict kind: Kind) {
    self.kind = kind
    isVerdict = true
  }

  /// Thrown from the closure that makes a server: do not start, and that is no failure (OTP's `ignore`).
  public static var ignored: StartError { StartError(verdict: .ignored) }

  /// Thrown from the closure that makes a server: the start fails with this reason, but nothing has crashed: the process
  /// ends as `normal`, without a report (OTP's `{error, Reason}`).
  public static func failed(_ reason: ExitReason) -> StartError { StartError(verdict: .failed(reason)) }

  /// What becomes of a process whose init has thrown this, and what its starter hears (rule GS-1).
  static func verdict(_ error: any Error) -> (reason: ExitReason, failure: StartError) {
    if let error = error as? StartError, error.isVerdict { return (.normal, StartError(error.kind)) }
    return (.failure(error), StartError(.failed(.failure(error))))
  }

  /// The exit reason that stands for this error.
  public var reason: ExitReason {
    switch kind {
    case .failed(let reason): reason
    case .timeout: .timeout
    default: .failure(self)
    }
  }

  public var description: String {
    switch kind {
    case .alreadyStarted(let process): "already started: \(process)"
    case .failed(let reason): "start failed: \(reason)"
    case .ignored: "not started: its init asked to be ignored"
    case .timeout: "start failed: not ready within the start timeout, so it was killed"
    case .outsideProcess: "startLink needs a process to link to; call it within spawn { } or a GenServer, or use start"
    case .cancelled: "start failed: the starting task was cancelled"
    case .invalid(let what): "start failed: \(what)"
    }
  }
}

extension StartError: ReportedError {
  package var reportText: String {
    switch kind {
    case .alreadyStarted, .ignored, .outsideProcess, .invalid: description
    case .failed(let reason): "failed to start a process\n    ** (EXIT) \(reason.sentence)"
    case .timeout: "failed to start a process\n    ** (EXIT) time out"
    case .cancelled: description
    }
  }
}
