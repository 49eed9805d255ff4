public import Logging
public import ProcessRuntime

/// How a shutdown with a deadline went.
///
/// It is a value for who has asked for the shutdown, and an event in the log if something had not stopped in time:
///
///     Shutdown of shop took longer than 10.0 seconds; what had not stopped was killed:
///       shop/db/writer <0.120.0> (Writer): asked to stop 8.0 seconds ago; handling flush
public struct ShutdownReport: Report, Hashable {
  /// What was to stop: a supervisor's name or process, or the names of applications.
  public let subject: String
  /// How long it might take; nil if that was not said, and the report is of code that still runs after the end.
  public let deadline: Duration?
  /// What had not stopped by then, and was killed, in the order in which it would have been stopped.
  ///
  /// Empty if everything has stopped in time. A supervisor that waited for others is not among them.
  public let stragglers: [Straggler]

  /// Whether everything has stopped by itself, in time.
  public var isInTime: Bool { stragglers.isEmpty }

  /// `error`; `debug` if everything has stopped in time, which is not reported.
  public var level: Logger.Level { isInTime ? .debug : .error }

  /// One line for each straggler; the first hundred of them.
  public var text: String {
    if isInTime { return "Shutdown of \(subject) was over in time" }
    var lines = [
      deadline.map { "Shutdown of \(subject) took longer than \($0); what had not stopped was killed:" }
        ?? "Shutdown of \(subject) is over; what does not return ends with the program:"
    ]
    lines += stragglers.prefix(100).map { "  \($0)" }
    if stragglers.count > 100 { lines.append("  and \(stragglers.count - 100) more") }
    return lines.joined(separator: "\n")
  }

  /// What there is to filter by.
  public var metadata: Logger.Metadata {
    var metadata: Logger.Metadata = [
      "shutdown.subject": "\(subject)", "shutdown.stragglers": .array(stragglers.prefix(100).map { "\($0)" }),
      "shutdown.stragglers.count": "\(stragglers.count)",
    ]
    if let deadline { metadata["shutdown.deadline"] = "\(deadline)" }
    return metadata
  }
}
