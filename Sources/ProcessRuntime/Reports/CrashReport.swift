public import Logging

/// A process has ended by an error or a trap (OTP's terminate report and crash report in one).
///
/// Its ``text`` is what an Elixir user knows:
///
///     GenServer cache (<0.113.0>) terminating
///     ** (Parser.Failure) not a number: "x"
///     Last message (from <0.101.0>): parse("x")
///     State: Parser(last: Optional(3))
///     Initial Call: Parser
///     Ancestors: [<0.101.0>]
public struct CrashReport: Report {
  /// The process that has ended.
  public let process: ProcessID
  /// Its registered name; nil if it had none.
  public let name: String?
  /// What it called itself (`CurrentProcess.label`).
  public let label: String?
  /// What runs in it: `Cache`, `process`.
  public let kind: String
  /// What kind of process it is: `GenServer`, `Supervisor`, `Process`.
  public let behaviour: String
  /// Who asked for the task that it was: a name or an id; nil for what is no task, or was asked for by no process.
  public let starter: String?
  /// Where the task's work is written: file and line; nil for what is no task.
  public let function: String?
  /// Who started it, who started that one, and so on.
  public let ancestors: [ProcessID]
  /// Why it has ended.
  public let reason: ExitReason
  /// The reason in words: what stands after `** ` in the text.
  ///
  /// Several lines for a trap, with its backtrace; then the first look may block while debug information is read.
  public var explanation: String { words ?? reason.explanation }
  private var words: String?
  /// How many messages it leaves unread.
  public let mailboxLength: Int
  /// The processes that were linked to it.
  public let links: [ProcessID]
  /// The processes around it: those it is linked to and those they are linked to, as far as they do not trap exits; at most
  /// fifteen, the nearest first.
  public let neighbours: [ProcessID]
  /// Whether exits of linked processes came to it as messages.
  public let trapsExits: Bool
  /// The message that was being handled, as it prints; nil if none was.
  public private(set) var lastMessage: String?
  /// Who waits for the answer to that message: a process's name or id; nil if nobody does, or none of this node.
  public let client: String?
  /// The state as the callback left it, before `terminate`, as it prints; nil if there is none, or it is lost in a trap.
  public private(set) var state: String?
  /// What else its kind of process has to say: a state machine's queue, a server's log of system events.
  public private(set) var details: [ReportDetail] = []

  /// What can be said without the user's code, of a process that has not ended yet.
  init(_ cell: ProcessCell, _ reason: ExitReason) {
    self.reason = reason
    process = cell.id
    kind = cell.kindName
    behaviour = cell.behaviourName
    starter = cell.starterText
    function = cell.functionText
    client = cell.currentClient
    cell.lock.lock()
    name = cell.extras?.registeredName
    label = cell.extras?.label
    ancestors = cell.ancestry?.ancestors ?? []
    let links = cell.links
    mailboxLength = cell.queue.count
    trapsExits = cell.trapsExits
    cell.lock.unlock()
    self.links = links.sorted
    neighbours = cell.neighbours
  }

  mutating func say(_ words: CrashWords) {
    self.words = words.explanation
    lastMessage = words.lastMessage
    state = words.state
    details = words.details
  }

  /// `error`.
  public var level: Logger.Level { .error }

  /// The report as OTP prints it, over several lines.
  public var text: String {
    let who = name.map { "\($0) (\(process))" } ?? "\(process)"
    var text = "\(behaviour) \(who)\(starter.map { " started from \($0)" } ?? "") terminating\n** \(explanation)"
    if let label { text += "\nProcess Label: \(label)" }
    if let lastMessage { text += "\nLast message\(client.map { " (from \($0))" } ?? ""): \(lastMessage)" }
    if let state { text += "\nState: \(state)" }
    for detail in details { text += "\n\(detail)" }
    if let function { return text + "\nFunction: \(function)" }
    if behaviour != "Process" { text += "\nInitial Call: \(kind)" }
    if !ancestors.isEmpty { text += "\nAncestors: [\(ancestors.map(\.description).joined(separator: ", "))]" }
    return text
  }

  /// What there is to filter by: `process.id`, `process.name`, `exit.reason` and so on.
  public var metadata: Logger.Metadata {
    var metadata: Logger.Metadata = [
      "process.id": "\(process)", "process.kind": "\(kind)", "process.behaviour": "\(behaviour)",
      "process.mailbox": "\(mailboxLength)", "exit.reason": "\(explanation.prefix { $0 != "\n" })",
    ]
    if let name { metadata["process.name"] = "\(name)" }
    if let label { metadata["process.label"] = "\(label)" }
    if !ancestors.isEmpty { metadata["process.ancestors"] = .array(ancestors.map { "\($0)" }) }
    if let lastMessage { metadata["process.last-message"] = "\(lastMessage)" }
    if let client { metadata["process.client"] = "\(client)" }
    return metadata
  }
}

/// The parts of a crash report that are made by the user's code.
struct CrashWords {
  /// Nil for a fault: it knows its own.
  var explanation: String?
  var lastMessage: String?
  var state: String?
  var details: [ReportDetail] = []
}

/// One more line of a report or of a status: `Postponed: [button(3)]`.
public struct ReportDetail: Sendable, Hashable, CustomStringConvertible {
  /// What it tells of.
  public let name: String
  /// What is to be told, as it prints.
  public let text: String

  package init(_ name: String, _ text: String) {
    self.name = name
    self.text = text
  }

  public var description: String { "\(name): \(text)" }
}
