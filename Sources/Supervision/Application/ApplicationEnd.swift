/// How a program's tree came to its end.
public struct ApplicationEnd: Sendable, CustomStringConvertible {
  enum Kind: Sendable {
    case signal(Int32)
    case tooManyFaults
    case cancelled
    case finished(ExitReason)
    case gaveUp(ExitReason)
    case notStarted(StartError)
  }

  static let failure: Int32 = 1
  /// `EX_TEMPFAIL`: try again.
  static let again: Int32 = 75

  let kind: Kind

  init(_ kind: Kind) { self.kind = kind }

  /// 0 after an order to stop, or when the significant children are done; 1 when the tree has given up, was killed, or did not
  /// start; 75 when the ``FaultBudget`` was spent.
  ///
  /// What a parent of the program makes of each: ``ProgramRestart``.
  public var exitStatus: Int32 {
    switch kind {
    case .signal, .cancelled, .finished: 0
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
    }
  }
}
