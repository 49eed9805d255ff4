/// What can be told about a living process (OTP's `Process.info/1`): one moment, all items of it together.
public struct ProcessDetails: Sendable, Identifiable {
  /// What a process is doing.
  public enum Status: String, Sendable {
    /// It waits for something to come.
    case waiting
    /// It has something to do and waits for a worker.
    case runnable
    /// A worker runs it.
    case running
  }

  /// One monitor that the process has placed.
  public struct Monitor: Sendable, Hashable {
    /// Who watches, or is watched.
    public let process: ProcessID
    /// The name by which it was found, if it was.
    public let name: String?
  }

  /// The process.
  public let id: ProcessID
  /// What runs in it: the server's type, or `process`.
  public let kind: String
  /// The name it is registered under; nil if it has none.
  public let name: String?
  /// What it calls itself (`CurrentProcess.label`).
  public let label: String?
  /// What it does at the moment.
  public let status: Status
  /// Messages and signals that have come and are not handled yet.
  public let mailboxLength: Int
  /// The name of the message that a server is handling: the enum's case.
  public let currentMessage: String?
  /// Whether exits of linked processes come to it as messages.
  public let trapsExits: Bool
  /// The processes that it is linked to, in no order.
  public let links: [ProcessID]
  /// The monitors it has placed, in the order in which it did.
  public let monitors: [Monitor]
  /// Who monitors it, once for each monitor.
  public let monitoredBy: [ProcessID]
  /// Who has started it; nil if that was no process.
  public let parent: ProcessID?
  /// Its parent, the parent's parent, and so on: the last 32.
  public let ancestors: [ProcessID]
  /// Messages handled and steps run so far.
  public let reductions: UInt64
}

extension ProcessID {
  /// What can be told about the process; nil when it is dead (`Process.info/1`).
  ///
  /// Does not suspend. What the caller has sent it before is in the mailbox's length.
  public var info: ProcessDetails? { cell.details }

  /// How many messages and signals have come to the process and are not handled yet; nil when it is dead.
  ///
  /// As ``ProcessDetails/mailboxLength``, without the rest. Does not suspend.
  public var mailboxLength: Int? {
    cell.lock.withLock { cell.reason == nil ? cell.mailboxLength : nil }
  }

  /// The label that the process has given itself, or was started with; nil if none, or when it is dead.
  public var label: String? { cell.lock.withLock { cell.extras?.label } }

  /// The living processes of the caller's node, the oldest first (`Process.list/0`).
  ///
  /// Does not suspend.
  public static var all: [ProcessID] { Node.current.allProcesses.filter(\.isAlive) }
}

extension ProcessCell {
  /// A label for a process that has given itself none.
  package final func giveLabel(_ text: String) {
    lock.withLock { if reason == nil, extras?.label == nil { sureExtras.label = text } }
  }

  /// Under the lock.
  final var mailboxLength: Int { queue.count + inbox.length + (extras?.gate?.length ?? 0) }

  fileprivate final var details: ProcessDetails? {
    let isRunning = node.isRunning(self)
    lock.lock()
    guard reason == nil else {
      lock.unlock()
      return nil
    }
    var message: String?
    if let current, current.pointee.kind == .message { message = messageName(current) }
    let (name, links, watchers, extras) = (extras?.registeredName, links, watchers, extras)
    let (label, parent, ancestors) = (extras?.label, ancestry?.parent, ancestry?.ancestors ?? [])
    let monitoring = extras?.monitoring ?? [:]
    let mailboxLength = mailboxLength
    let (isAtRest, trapsExits) = (inbox.isIdle, trapsExits)
    lock.unlock()
    // Sorting is for later: a supervisor may have many links.
    return ProcessDetails(
      id: id, kind: kindName, name: name, label: label, status: isRunning ? .running : isAtRest ? .waiting : .runnable,
      mailboxLength: mailboxLength, currentMessage: message, trapsExits: trapsExits, links: links.sorted,
      monitors: monitoring.sorted { $0.key < $1.key }.map {
        ProcessDetails.Monitor(process: $0.value.cell.id, name: $0.value.name)
      },
      monitoredBy: watchers.sorted.map(\.cell.id), parent: parent, ancestors: ancestors, reductions: reductions)
  }
}

extension Inbox {
  /// Under the process's lock: how many envelopes have come since the last ``take()``.
  fileprivate var length: Int {
    var length = 0
    var address = look()
    while let envelope = Inbox.envelope(at: address) {
      length += 1
      address = envelope.pointee.next
    }
    return length
  }
}
