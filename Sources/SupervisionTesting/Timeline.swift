public import ProcessRuntime
public import Supervision

/// What a supervisor does when things happen to its children, step by step, without starting anything.
///
/// ```swift
/// try Timeline(.restForOne, children: ["a", "b", "c"])
///   .happens("crash b")
///   .expect("stop c", "start b", "start c")
/// ```
///
/// A timeline runs the decisions of a real supervisor against children that exist in the script alone: they start, end and
/// obey as it says, and the clock moves when it says so. Nothing waits; five seconds take no time.
///
/// Each step returns a new timeline, so that several may go on from one. A step whose expectation is not met throws a
/// ``TimelineFailure`` that shows all that happened, for any test framework.
public struct Timeline: Sendable {
  var world: TimelineWorld
  var title: String

  /// A supervisor that has started `children`, in that order.
  ///
  /// What is to be known before they are started is `given`, such as `"start fails b"`.
  public init(
    _ strategy: Supervisor.Strategy,
    intensity: Supervisor.Intensity = .restarts(3, within: .seconds(5)),
    autoShutdown: Supervisor.AutoShutdown = .never,
    children: [Child],
    given: Event...
  ) {
    let settings = SupervisorSettings(strategy: strategy, intensity: intensity, autoShutdown: autoShutdown)
    self.init(settings, children.map(\.spec), given)
  }

  /// The supervisor of that tree, with its own settings and children.
  ///
  /// None of their closures is run.
  public init(_ tree: some SupervisorBehaviour, given: Event...) {
    self.init(tree.settings, tree.children, given)
  }

  private init(_ settings: SupervisorSettings, _ specs: [ChildSpec], _ given: [Event]) {
    title = "a \(settings.strategy) supervisor of \(specs.map(\.id.text).joined(separator: ", "))"
    world = TimelineWorld(settings)
    for event in given { world.apply(event) }
    world.mailbox.append(.launch(specs))
    world.run()
  }

  /// Lets these events happen at the same moment, and the supervisor deal with them.
  ///
  /// Of two children that crash at the same moment both are dead when the supervisor learns of the first.
  public func happens(_ events: Event...) throws(TimelineFailure) -> Timeline {
    var next = self
    next.world.beginStep()
    for event in events { next.world.apply(event) }
    next.world.run()
    if let problem = next.world.problem { throw TimelineFailure(problem, of: next) }
    return next
  }

  /// The moves since the last step are these and no others, in this order.
  ///
  /// A move is `start b`, `start b fails`, `start b ignored`, `start b hangs`, `stop b`, `kill b` (its time was up), `ready`
  /// or `exit shutdown`.
  @discardableResult
  public func expect(_ moves: String...) throws(TimelineFailure) -> Timeline {
    try compare("moves", moves, self.moves)
  }

  /// The reports since the last step are these and no others: `child_terminated b: killed`.
  @discardableResult
  public func expectReports(_ reports: String...) throws(TimelineFailure) -> Timeline {
    try compare("reports", reports, world.entries(of: .report))
  }

  /// The replies to the calls since the last step are these and no others: `ok`, `process`, or the error's name.
  @discardableResult
  public func expectReplies(_ replies: String...) throws(TimelineFailure) -> Timeline {
    try compare("replies", replies, world.entries(of: .reply))
  }

  /// The supervisor has these children now, in start order: `a` runs, `b stopped`, `c restarting`,
  /// `d quarantined`.
  @discardableResult
  public func expectChildren(_ children: String...) throws(TimelineFailure) -> Timeline {
    try compare("children", children, self.children.map(Self.text))
  }

  private func compare(
    _ what: String, _ expected: [String], _ actual: [String]
  ) throws(TimelineFailure) -> Timeline {
    if let problem = world.problem { throw TimelineFailure(problem, of: self) }
    guard expected == actual else {
      throw TimelineFailure(
        "expected \(what): \(Self.list(expected))\n     but there were: \(Self.list(actual))", of: self)
    }
    return self
  }

  private static func list(_ texts: [String]) -> String {
    texts.isEmpty ? "none" : texts.joined(separator: ", ")
  }

  private static func text(of child: Supervisor.Child) -> String {
    child.isQuarantined
      ? "\(child.id) quarantined"
      : child.isRestarting ? "\(child.id) restarting" : child.process == nil ? "\(child.id) stopped" : child.id.text
  }
}

extension Timeline {
  /// What the supervisor did since the last step.
  public var moves: [String] { world.entries(of: .move) }

  /// What it reported since the last step.
  public var reports: [SupervisorReport] { world.reports }

  /// Its children now, in start order.
  public var children: [Supervisor.Child] { world.machine.children }

  /// Its counts now.
  public var counts: Supervisor.Counts { world.machine.counts }

  /// What it exited with; `nil` while it runs.
  public var exitReason: ExitReason? { world.machine.exitReason }

  /// The process of that child now; an id that stands for a process which was never started.
  public func process(of id: ChildSpec.ID) -> ProcessID? {
    children.first { $0.id == id }?.process
  }
}

extension Timeline: CustomStringConvertible {
  /// Everything that happened: the script's events after `▶`, what the supervisor did below them.
  public var description: String {
    var lines = ["timeline of \(title)"]
    for entry in world.log {
      lines.append(entry.kind == .event ? "  \(entry.time) ▶ \(entry.text)" : "      \(entry.line)")
    }
    return lines.joined(separator: "\n")
  }
}

/// A timeline that did not go as expected, or could not be understood.
public struct TimelineFailure: Error, Sendable, CustomStringConvertible {
  /// What is wrong, and all that happened until then.
  public let description: String

  init(_ problem: String, of timeline: Timeline) {
    description = "\(problem)\n\(timeline)"
  }
}
