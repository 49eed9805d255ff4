/// What a process learns about others: an exit that it traps, or the end of one that it monitors.
public enum Signal: Sendable {
  /// A linked process has ended, or one has sent an exit (``ProcessID/exit(_:)``), and this process traps exits
  /// (OTP's `{'EXIT', From, Reason}`).
  case exit(ProcessID, ExitReason)
  /// A monitored process has ended (OTP's `{'DOWN', Ref, process, Pid, Reason}`).
  case down(MonitorRef, ProcessID, ExitReason)
}

/// One monitor (OTP's monitor reference).
public struct MonitorRef: Hashable, Sendable, CustomStringConvertible {
  package let number: UInt64
  /// The name by which the process was monitored; nil if it was by its id.
  ///
  /// OTP's down message has the name in the id's place.
  public let name: String?
  let owner: ProcessCell

  public static func == (a: Self, b: Self) -> Bool { a.number == b.number && a.owner === b.owner }
  public func hash(into hasher: inout Hasher) { hasher.combine(number) }
  public var description: String { "#Ref<0.\(number)>" }
}
