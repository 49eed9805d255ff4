public import ProcessRuntime

/// What a supervisor has to say about one child that gave it trouble (OTP's supervisor report).
public struct SupervisorReport: Hashable, Sendable {
  /// What the supervisor was doing, or saw.
  public struct Context: Hashable, Sendable, CustomStringConvertible {
    private let text: String

    /// A child did not start.
    public static var startError: Self { Self(text: "start_error") }
    /// A child ended by itself.
    public static var childTerminated: Self { Self(text: "child_terminated") }
    /// A child that was told to stop ended with another reason.
    public static var shutdownError: Self { Self(text: "shutdown_error") }
    /// The restart of a child was one too many: the supervisor gives up.
    public static var shutdown: Self { Self(text: "shutdown") }
    /// A child has used up its ``RestartBudget``: the supervisor goes on without it.
    public static var quarantine: Self { Self(text: "quarantine") }

    /// OTP's word: `start_error`, `child_terminated`, `shutdown_error`, `shutdown`; or `quarantine`, which OTP does not have.
    public var description: String { text }
  }

  /// What the supervisor was doing, or saw.
  public var context: Context
  /// Why the child ended or did not start; `reachedMaxRestartIntensity` for `shutdown` and `quarantine`, or the fault that
  /// was to end the supervisor (``ChildCare/FaultResponse/escalate``).
  public var reason: ExitReason
  /// The child as it was at that moment.
  public var offender: ChildSnapshot

  package init(_ context: Context, reason: ExitReason, offender: ChildSnapshot) {
    self.context = context
    self.reason = reason
    self.offender = offender
  }
}

/// A child at one moment, for reports: everything about it but its closure.
public struct ChildSnapshot: Hashable, Sendable {
  /// Its id within its supervisor.
  public var id: ChildSpec.ID
  /// The process; the earlier one while the child is restarting; `nil` if there is none.
  public var process: ProcessID?
  /// Its last start failed and another one is about to be tried.
  public var isRestarting: Bool
  /// It has used up its ``RestartBudget``, and does not run for the time being.
  public var isQuarantined: Bool
  /// When it is started again.
  public var restart: ChildSpec.Restart
  /// Whether its end can end its supervisor.
  public var significant: Bool
  /// How it is stopped.
  public var shutdown: ChildSpec.Shutdown
  /// Worker or supervisor.
  public var kind: ChildSpec.Kind

  package init(
    _ spec: ChildSpec, process: ProcessID?, isRestarting: Bool = false, isQuarantined: Bool = false
  ) {
    id = spec.id
    self.process = process
    self.isRestarting = isRestarting
    self.isQuarantined = isQuarantined
    restart = spec.restart
    significant = spec.significant
    shutdown = spec.shutdown
    kind = spec.kind
  }
}

/// The detail of the `shutdown(_:)` that a supervisor exits with when one of its first children does not start
/// (OTP's `failed_to_start_child`).
public struct ChildStartFailure: Hashable, Sendable, CustomStringConvertible {
  /// The child that did not start.
  public var id: ChildSpec.ID
  /// What its start ended with.
  public var reason: ExitReason

  package init(id: ChildSpec.ID, reason: ExitReason) {
    self.id = id
    self.reason = reason
  }

  /// `failed to start child "b": …`, the reason last.
  public var description: String { "failed to start child \(id.debugDescription): \(reason)" }
}

extension ExitReason {
  /// The reason in the report of a supervisor that gives up.
  ///
  /// The supervisor itself exits with `shutdown`.
  public static var reachedMaxRestartIntensity: Self { .failure(RestartIntensity.reachedMaximum) }
}

private enum RestartIntensity: Error, CustomStringConvertible {
  case reachedMaximum

  var description: String { "reached max restart intensity" }
}
