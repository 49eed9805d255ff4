public import ProcessRuntime

/// What ``Sys/getStatus(of:timeout:)`` tells of a server (the status tuple of `sys:get_status/1`).
public struct SystemStatus: Sendable {
  /// What a server does with its messages.
  public enum Activity: String, Sendable {
    /// It handles them.
    case running
    /// It leaves them where they are, until it is resumed.
    case suspended
  }

  /// The server.
  public let process: ProcessID
  /// Its registered name; nil if it has none.
  public let name: String?
  /// What kind of process it is: `GenServer`, `StateMachine`.
  public let behaviour: String
  /// Its type's name: `Cache`.
  public let kind: String
  /// Whether it is suspended.
  public let activity: Activity
  /// Whose exit ends it, if it traps exits; nil if nobody's.
  public let parent: ProcessID?
  /// Who has started it, who started that one, and so on.
  public let ancestors: [ProcessID]
  /// The names of what is installed in it.
  public let installed: [String]
  /// Counts of its events; nil if they are not counted, and of a process of another node: ask for them.
  public let statistics: SystemStatistics?
  /// Its last events; empty if they are not kept.
  public let log: [SystemEvent]
  /// The state, as it prints in crash reports.
  public let state: String
  /// What else its kind of server has to say: a state machine's queues.
  public let details: [ReportDetail]

  package init(
    process: ProcessID, name: String?, behaviour: String, kind: String, activity: Activity, parent: ProcessID?,
    ancestors: [ProcessID], installed: [String], statistics: SystemStatistics?, log: [SystemEvent], state: String,
    details: [ReportDetail]
  ) {
    self.process = process
    self.name = name
    self.behaviour = behaviour
    self.kind = kind
    self.activity = activity
    self.parent = parent
    self.ancestors = ancestors
    self.installed = installed
    self.statistics = statistics
    self.log = log
    self.state = state
    self.details = details
  }
}

/// What a server has done since it has counted (`sys:statistics/2`).
public struct SystemStatistics: Sendable, Hashable {
  /// Since when.
  public let start: ProcessClock.Instant
  /// Until when: the instant of the answer.
  public let current: ProcessClock.Instant
  /// Messages handled and steps run, as in ``ProcessDetails/reductions``.
  public let reductions: UInt64
  /// Messages, signals and timeouts that have come.
  public let messagesIn: Int
  /// Callers that were answered while their message was handled.
  public let messagesOut: Int

  package init(
    start: ProcessClock.Instant, current: ProcessClock.Instant, reductions: UInt64, messagesIn: Int, messagesOut: Int
  ) {
    self.start = start
    self.current = current
    self.reductions = reductions
    self.messagesIn = messagesIn
    self.messagesOut = messagesOut
  }
}
