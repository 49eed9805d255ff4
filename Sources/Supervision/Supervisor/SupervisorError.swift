public import ProcessRuntime

/// Why a supervisor did not do what it was asked.
///
/// Compare with the static members, or match on them; the payloads are properties:
///
/// ```swift
/// do { try await supervisor.startChild(spec) }
/// catch .alreadyPresent { try await supervisor.restartChild(spec.id) }
/// catch { print(error.existingProcess as Any) }
/// ```
public struct SupervisorError: Error, Hashable, Sendable {
  private enum Kind: Hashable, Sendable {
    case alreadyStarted(ProcessID)
    case alreadyPresent, notFound, running, restarting, ignored, maxChildren
    case startFailed(ExitReason)
    case invalidSpec(String), invalidSettings(String)
    case noProcess, callingSelf, timeout
    case exited(ExitReason)
    case deadlock([ProcessID])
  }

  private let kind: Kind

  private init(_ kind: Kind) {
    self.kind = kind
  }

  /// A process runs under that id, or under the name that the child wanted.
  public static func alreadyStarted(_ process: ProcessID) -> Self { Self(.alreadyStarted(process)) }
  /// The supervisor knows a child with that id; it is not running.
  public static var alreadyPresent: Self { Self(.alreadyPresent) }
  /// The supervisor knows no such child.
  public static var notFound: Self { Self(.notFound) }
  /// What was asked needs the child to be stopped.
  public static var running: Self { Self(.running) }
  /// What was asked needs the child to be stopped, and its supervisor is trying to restart it.
  public static var restarting: Self { Self(.restarting) }
  /// The child chose not to run (OTP's `ignore`): there is no process to return.
  public static var ignored: Self { Self(.ignored) }
  /// A dynamic supervisor has as many children as it may have.
  public static var maxChildren: Self { Self(.maxChildren) }
  /// The child's start ended with that reason.
  public static func startFailed(_ reason: ExitReason) -> Self { Self(.startFailed(reason)) }
  /// A child specification contradicts itself, its supervisor or another one; the text says how.
  public static func invalidSpec(_ problem: String) -> Self { Self(.invalidSpec(problem)) }
  /// The supervisor's own settings make no sense; the text says why.
  public static func invalidSettings(_ problem: String) -> Self { Self(.invalidSettings(problem)) }
  /// The supervisor is not running.
  public static var noProcess: Self { Self(.noProcess) }
  /// A supervisor's own process called that supervisor.
  public static var callingSelf: Self { Self(.callingSelf) }
  /// The caller is a child that the supervisor is just starting or stopping, or somebody for whom such a child waits: each of
  /// these processes waits for the next, the caller first.
  public static func deadlock(_ path: [ProcessID]) -> Self { Self(.deadlock(path)) }
  /// No answer came in time.
  public static var timeout: Self { Self(.timeout) }
  /// The supervisor ended before it answered.
  public static func exited(_ reason: ExitReason) -> Self { Self(.exited(reason)) }

  /// The process that stands in the way, of ``alreadyStarted(_:)``.
  public var existingProcess: ProcessID? {
    if case .alreadyStarted(let process) = kind { process } else { nil }
  }

  /// The reason inside ``startFailed(_:)`` and ``exited(_:)``.
  public var reason: ExitReason? {
    switch kind {
    case .startFailed(let reason), .exited(let reason): reason
    default: nil
    }
  }

  /// The text inside ``invalidSpec(_:)`` and ``invalidSettings(_:)``.
  public var problem: String? {
    switch kind {
    case .invalidSpec(let problem), .invalidSettings(let problem): problem
    default: nil
    }
  }
}

extension SupervisorError: CustomStringConvertible {
  /// What happened, and what to do about it.
  public var description: String {
    switch kind {
    case .alreadyStarted(let process):
      "already started: \(process)"
    case .alreadyPresent:
      "already present: a child with this id exists and does not run; use restartChild, or deleteChild first"
    case .notFound:
      "not found: the supervisor has no such child; children() lists those it has"
    case .running:
      "running: the child has a process; use terminateChild first"
    case .restarting:
      "restarting: the supervisor is trying to start the child again; use terminateChild first"
    case .ignored:
      "ignored: the child chose not to run; use restartChild when it is needed"
    case .maxChildren:
      "max children: the supervisor has as many children as it may have; raise maxChildren, or try again later"
    case .startFailed(let reason):
      "start failed: the child ended before it was ready, with \(reason); see what its start closure throws"
    case .invalidSpec(let problem):
      "invalid child specification: \(problem)"
    case .invalidSettings(let problem):
      "invalid supervisor settings: \(problem)"
    case .noProcess:
      "no process: the supervisor is not running; start it, or check its name"
    case .callingSelf:
      "calling self: a supervisor cannot wait for its own answer; call it from another process"
    case .deadlock(let path):
      "deadlock: each waits for the next: \(path.map(\.description).joined(separator: " → ")); "
        + "a child cannot call its supervisor while that starts or stops it"
    case .timeout:
      "timeout: the supervisor did not answer in time; it may be starting or stopping a child"
    case .exited(let reason):
      "exited: the supervisor ended before it answered, with \(reason); see why it ended"
    }
  }
}
