/// Exit reasons in the words of Elixir's reports (rules LOG-32, LOG-36).
extension ExitReason {
  /// What stands after `** ` in a report.
  ///
  /// Runs the user's code: errors print themselves.
  package var explanation: String {
    if let fault {
      let frames = fault.backtrace.prefix(20).map { "\n    \($0)" }.joined()
      return "(\(fault.kind)) \(ReportText.limited(fault.message))\(frames)"
    }
    if let error, !(error is CallError), !(error is any ReportedError) {
      return "(\(TypeName.of(error))) \(ReportText.limited("\(error)"))"
    }
    return "(stop) \(sentence)"
  }

  /// The same without a line of the user's code.
  package var summary: String {
    if let error { return "(\(TypeName.of(error)))" }
    if let fault { return "(\(fault.kind)) \(ReportText.limited(fault.message))" }
    if shutdownDetail != nil { return "shutdown" }
    return description
  }

  /// Elixir's `Exception.format_exit/1`.
  package var sentence: String {
    switch self {
    case ExitReason.timeout: return "time out"
    case ExitReason.noProcess:
      return "no process: the process is not alive or there's no process currently associated with the given name, "
        + "possibly because its application isn't started"
    default: break
    }
    if let detail = shutdownDetail { return "shutdown: \(ReportText.describing(detail))" }
    if let fault { return "a trap: \(ReportText.limited(fault.message))" }
    guard let error else { return description }
    switch error {
    case let error as CallError: return error.sentence
    case let error as any ReportedError: return error.reportText
    default:
      return "an exception was raised:\n    ** (\(TypeName.of(error))) \(ReportText.limited("\(error)"))"
    }
  }
}

extension CallError {
  fileprivate var sentence: String {
    let call = "exited in: call to \(target ?? "a process")\n    ** (EXIT) "
    switch kind {
    case .callingSelf: return call + "process attempted to call itself"
    case .exited, .noProcess, .timeout: return call + reason.sentence
    default: return ReportText.limited(description)
    }
  }
}

/// An error of this library that says in a report what it says anywhere.
package protocol ReportedError: Error {
  var reportText: String { get }
}
