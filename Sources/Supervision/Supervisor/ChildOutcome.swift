package import ProcessRuntime

/// How the start of a child went.
package enum StartOutcome: Hashable, Sendable {
  case started(ProcessID)
  /// The child chose not to run (the start closure returned `nil`).
  case ignored
  /// The name that the child wanted belongs to that process.
  case alreadyStarted(ProcessID)
  case failed(ExitReason)

  /// The start error as a reason, for reports.
  var failure: ExitReason? {
    switch self {
    case .started, .ignored: nil
    case .alreadyStarted(let process): .failure(SupervisorError.alreadyStarted(process))
    case .failed(let reason): reason
    }
  }

  /// The start error as the caller of `startChild` sees it.
  var error: SupervisorError? {
    switch self {
    case .started, .ignored: nil
    case .alreadyStarted(let process): .alreadyStarted(process)
    case .failed(let reason): .startFailed(reason)
    }
  }
}

/// What an end of a child by itself leads to.
enum ExitVerdict: Hashable, Sendable {
  case restart
  /// It stays where it is, stopped.
  case keep
  /// It is forgotten.
  case drop
}

extension ChildSpec.Restart {
  func verdict(for reason: ExitReason) -> ExitVerdict {
    switch self {
    case .permanent: .restart
    case .transient: reason.isClean ? .keep : .restart
    case .temporary: .drop
    }
  }

  /// Whether such an end is worth a report: everything but a clean end that was meant to be the last.
  func isReported(_ reason: ExitReason) -> Bool {
    self == .permanent || !reason.isClean
  }
}

extension ChildSpec {
  /// Whether a child that was told to stop ended as it should, so that nothing need be said.
  func isExpected(_ reason: ExitReason) -> Bool {
    switch (shutdown, restart) {
    case (.brutalKill, .permanent): reason == .killed
    case (.brutalKill, _): reason == .killed || reason.isClean
    case (_, .permanent): reason == .shutdown
    case (_, _): reason.isClean
    }
  }

  /// The same for the children of a dynamic supervisor, which draws the line elsewhere.
  func isExpectedOfDynamicChild(_ reason: ExitReason) -> Bool {
    switch shutdown {
    case .brutalKill: reason == .killed
    case .timeout, .infinity: reason.isClean && !(restart == .permanent && reason == .normal)
    }
  }
}
