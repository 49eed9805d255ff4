import ProcessRuntime
import Supervision

/// A supervisor, what its children are like, and what happens to them.
struct Scenario: DifferentialCase {
  /// Why a process ends.
  enum Reason: String, CaseIterable, Sendable {
    case normal, shutdown, crash, kill, killed, noproc, timeout
    case detail = "{shutdown,detail}"
  }

  /// What the next start of a child does.
  enum Start: String, Sendable {
    case start, fail, ignore
    /// It waits until somebody says that it may go on; then it declines.
    case block
  }

  /// What a child does when it is told to stop.
  enum Body: Sendable {
    case obey
    /// It ends with a reason of its own.
    case trap(Reason)
    case ignore
    /// It ends another child first.
    case drag(String, Reason)
    case tree(Tree)
  }

  struct Child: Sendable {
    var id: String
    var restart: ChildSpec.Restart
    var shutdown: ChildSpec.Shutdown
    var significant: Bool
    var body: Body
  }

  struct Tree: Sendable {
    enum Kind: Sendable {
      case fixed(Supervisor.Strategy, Supervisor.AutoShutdown)
      case dynamic(maxChildren: Int?)
    }

    var kind: Kind
    var restarts: Int
    var period: Int
    var children: [Child]
  }

  enum Request: Sendable {
    case startChild(Child)
    case terminateChild(String)
    case restartChild(String)
    case deleteChild(String)
    case childSpec(String)
  }

  enum Event: Sendable {
    /// The child ends by itself.
    case exit(String, Reason)
    /// Somebody else sends it an exit signal.
    case signal(String, Reason)
    case next(String, [Start])
    /// So many seconds pass.
    case advance(Int)
    /// A process that is linked to the supervisor, and no child of it, ends.
    case stranger(String, Reason)
    case call(String, Request)
    /// These things happen while the supervisor waits for a child's start.
    case busy(String, [Event])
    /// Somebody stops the whole.
    case stop(Reason)
    /// The process that has started the whole ends.
    case owner(Reason)
  }

  var seed: UInt64
  /// What the first starts do.
  var given: [(String, [Start])]
  var tree: Tree
  var events: [Event]
}

extension Scenario {
  var isDynamic: Bool {
    if case .dynamic = tree.kind { true } else { false }
  }

  /// Brings what is in no order into one: what ends because its supervisor was killed ends together, and so do the children
  /// of a dynamic supervisor.
  func canonical(_ lines: [String]) -> [String] {
    var steps: [[String]] = [[]]
    for line in lines {
      if line.hasPrefix("-- ") { steps.append([]) }
      steps[steps.count - 1].append(line)
    }
    return steps.enumerated().flatMap { number, step in
      if isDynamic { return Self.sorted(step) }
      guard number > 0, number <= events.count, let killed = Self.killed(by: events[number - 1]) else { return step }
      return Self.orphansFirst(step, of: killed)
    }
  }

  private static func killed(by event: Event) -> [String]? {
    switch event {
    case .signal(let id, .kill): [id]
    case .busy(_, let events): events.lazy.compactMap(killed).first
    default: nil
    }
  }

  /// The ids of a nested supervisor's children begin with its own.
  private static func orphansFirst(_ lines: [String], of killed: [String]) -> [String] {
    let isOrphan = { (line: String) in
      let prefixes = ["down ", "report shutdown_error "]
      guard let prefix = prefixes.first(where: { line.hasPrefix($0) }) else { return false }
      let id = line.dropFirst(prefix.count).prefix { $0 != "#" }
      return killed.contains { $0 == "top" ? id != "top" : id.hasPrefix($0) && id.count > $0.count }
    }
    return lines.prefix(1) + lines.dropFirst().filter(isOrphan).sorted() + lines.dropFirst().filter { !isOrphan($0) }
  }

  /// Ends in a row, and complaints about them in a row.
  ///
  /// Left out are complaints about ends that are as they should be: Elixir makes one when the child had ended so shortly
  /// before it was told to, and none when it ended because it was told. Rule DYN-14 knows no such difference.
  private static func sorted(_ lines: [String]) -> [String] {
    let lines = lines.filter {
      $0.wholeMatch(of: /report shutdown_error .*: (killed|shutdown|{shutdown,detail})/) == nil
    }
    var result: [String] = []
    var run: [String] = []
    let kind = { (line: String) in
      line.hasPrefix("down ") ? 1 : line.hasPrefix("report shutdown_error") ? 2 : 0
    }
    for line in lines {
      if let last = run.last, kind(last) != kind(line) || kind(line) == 0 {
        result += run.sorted()
        run = []
      }
      run.append(line)
    }
    return result + run.sorted()
  }
}
