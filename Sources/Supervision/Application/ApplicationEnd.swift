public import ProcessRuntime

/// How a program's tree, or one of its applications, came to its end.
public struct ApplicationEnd: Sendable, CustomStringConvertible {
  enum Kind: Sendable {
    case signal(Int32)
    case tooManyFaults
    case cancelled
    case finished(ExitReason)
    case gaveUp(ExitReason)
    case notStarted(StartError)
    case stopped
  }

  static let failure: Int32 = 1
  /// `EX_TEMPFAIL`: try again.
  static let again: Int32 = 75

  let kind: Kind

  /// The application whose end it is, or whose end has been the end of all; nil if somebody has ordered it.
  public let application: ApplicationName?

  /// What had not stopped when the time for that was up, and was killed; and what does not return at all: see ``Straggler``.
  ///
  /// Has been reported. Does not change ``exitStatus``: a `main` of one's own can make another one of it.
  public internal(set) var stragglers: [Straggler] = []

  init(_ kind: Kind, of application: ApplicationName? = nil) {
    self.kind = kind
    self.application = application
  }

  /// What the tree has ended with; `shutdown` after an order.
  public var reason: ExitReason {
    switch kind {
    case .finished(let reason), .gaveUp(let reason): reason
    case .notStarted(let error): error.reason
    case .signal, .tooManyFaults, .cancelled, .stopped: .shutdown
    }
  }

  /// What the report of an application says that was stopped because of this end of the program.
  var ofStop: ApplicationEnd {
    switch kind {
    case .signal, .tooManyFaults, .cancelled: ApplicationEnd(kind)
    case .finished, .gaveUp, .notStarted, .stopped: ApplicationEnd(.stopped)
    }
  }

  /// 0 after an order to stop, or when the significant children are done; 1 when the tree has given up, was killed, or did not
  /// start; 75 when the ``FaultBudget`` was spent.
  ///
  /// What a parent of the program makes of each: ``ProgramRestart``.
  public var exitStatus: Int32 {
    switch kind {
    case .signal, .cancelled, .finished, .stopped: 0
    case .tooManyFaults: Self.again
    case .gaveUp, .notStarted: Self.failure
    }
  }

  /// Such as `stopped by signal 15`, or `gave up: shutdown`.
  public var description: String {
    switch kind {
    case .signal(let number): "stopped by signal \(number)"
    case .tooManyFaults: "stopped because the budget of faults is spent"
    case .cancelled: "stopped because its task was cancelled"
    case .finished(let reason): "finished: \(reason)"
    case .gaveUp(let reason): "gave up: \(reason)"
    case .notStarted(let error): "\(error)"
    case .stopped: "stopped"
    }
  }
}
