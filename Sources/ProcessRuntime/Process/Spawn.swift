/// Starts a process (`spawn/1`).
///
/// It ends when the closure returns, with reason `normal`, or throws. Does not suspend.
///
/// The id may be used at once: what is sent to it waits until it runs. A process that is dead starts none.
///
/// - Parameters:
///   - label: a name for people: see ``CurrentProcess/label``.
///   - body: what the process does.
/// - Returns: its id.
@discardableResult
public func spawn(
  label: String? = nil, _ body: sending @escaping @isolated(any) () async throws -> Void
) -> ProcessID {
  Spawning(Never.self, label, body).start()
}

/// Starts a process that is linked to the caller from its first instant (`spawn_link/1`): however soon it ends, the
/// caller gets the exit signal with its real reason.
///
/// Does not suspend.
///
/// - Throws: ``ProcessError`` outside of processes.
@discardableResult
public func spawnLink(
  label: String? = nil, _ body: sending @escaping @isolated(any) () async throws -> Void
) throws(ProcessError) -> ProcessID {
  let parent = try CurrentProcess.sure("spawnLink")
  return Spawning(Never.self, label, body).start(.link, by: parent).process
}

/// Starts a process that the caller monitors from its first instant (`spawn_monitor/1`): however soon it ends, the down
/// signal has its real reason.
///
/// Does not suspend.
///
/// - Throws: ``ProcessError`` outside of processes.
@discardableResult
public func spawnMonitor(
  label: String? = nil, _ body: sending @escaping @isolated(any) () async throws -> Void
) throws(ProcessError) -> (process: ProcessID, monitor: MonitorRef) {
  let parent = try CurrentProcess.sure("spawnMonitor")
  return Spawning(Never.self, label, body).startMonitored(by: parent)
}

/// Starts a process that the caller is linked to, monitors, or both, from its first instant (`spawn_opt/2`).
///
/// Linked to and monitored, its end is an exit signal and a down signal. Does not suspend.
///
/// - Throws: ``ProcessError`` outside of processes.
@discardableResult
public func spawn(
  _ options: SpawnOptions, label: String? = nil, _ body: sending @escaping @isolated(any) () async throws -> Void
) throws(ProcessError) -> (process: ProcessID, monitor: MonitorRef?) {
  let parent = try CurrentProcess.sure("spawn with options")
  return Spawning(Never.self, label, body).start(options, by: parent)
}

/// What ties a new process to its starter.
public struct SpawnOptions: OptionSet, Sendable {
  /// The bits.
  public let rawValue: Int
  /// Options from their bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// A link.
  public static let link = Self(rawValue: 1)
  /// A monitor.
  public static let monitor = Self(rawValue: 2)
}

/// Starts a process with a mailbox: the closure takes its messages as it likes.
///
/// Does not suspend. `mailbox` says what becomes of more mail than it can handle, if not what holds for the program.
///
///     let client = spawn(receiving: String.self) { inbox in
///       worker.send(.store(key: "foo", value: "bar", from: inbox.ref))
///       print(try await inbox.next(within: .seconds(1)))
///     }
@discardableResult
public func spawn<Message: Sendable>(
  receiving: Message.Type, label: String? = nil, mailbox: MailboxPolicy? = nil,
  _ body: sending @escaping (inout Mailbox<Message>) async throws -> Void
) -> ProcessID {
  Spawning(receiving, label, mailbox, body).start()
}

/// ``spawnLink(label:_:)`` with a mailbox.
@discardableResult
public func spawnLink<Message: Sendable>(
  receiving: Message.Type, label: String? = nil, mailbox: MailboxPolicy? = nil,
  _ body: sending @escaping (inout Mailbox<Message>) async throws -> Void
) throws(ProcessError) -> ProcessRef<Message> {
  let parent = try CurrentProcess.sure("spawnLink")
  let spawning = Spawning(receiving, label, mailbox, body)
  spawning.start(.link, by: parent)
  return spawning.ref
}

/// ``spawnMonitor(label:_:)`` with a mailbox.
@discardableResult
public func spawnMonitor<Message: Sendable>(
  receiving: Message.Type, label: String? = nil, mailbox: MailboxPolicy? = nil,
  _ body: sending @escaping (inout Mailbox<Message>) async throws -> Void
) throws(ProcessError) -> (process: ProcessRef<Message>, monitor: MonitorRef) {
  let parent = try CurrentProcess.sure("spawnMonitor")
  let spawning = Spawning(receiving, label, mailbox, body)
  return (spawning.ref, spawning.startMonitored(by: parent).monitor)
}

/// The same for a process that works for the node, and not on behalf of whoever happens to start it.
///
/// With `inheritsTaskLocals` its body has the task-local values of the code that starts it.
package func spawnApart<Message: Sendable>(
  receiving: Message.Type, label: String?, inheritsTaskLocals: Bool = false,
  _ body: sending @escaping (inout Mailbox<Message>) async throws -> Void
) -> ProcessID {
  Spawning(receiving, label, nil, body).startApart(inheritsTaskLocals: inheritsTaskLocals)
}

/// ``spawn(label:_:)`` on a node that is not the caller's.
package func spawn(on node: Node, _ body: @escaping @Sendable () async throws -> Void) -> ProcessID {
  let process = BodyProcess<Never>(node: node) { try await body() }
  process.begin()
  return process.id
}

/// The same, with something to be done about the process before it runs.
package func spawn(
  on node: Node, _ body: @escaping @Sendable () async throws -> Void, before: (ProcessCell) -> Void
) -> ProcessID {
  let process = BodyProcess<Never>(node: node) { try await body() }
  before(process)
  process.begin()
  return process.id
}

/// A process between its making and its start.
private struct Spawning<Message: Sendable> {
  private final class Box {
    var process: BodyProcess<Message>?
  }

  private let process: BodyProcess<Message>

  init(_: Message.Type, _ label: String?, _ body: sending @escaping @isolated(any) () async throws -> Void) {
    process = BodyProcess(node: .current) { try await body() }
    if let label { process.sureExtras.label = label }
  }

  init(
    _: Message.Type, _ label: String?, _ mailbox: MailboxPolicy?,
    _ body: sending @escaping (inout Mailbox<Message>) async throws -> Void
  ) {
    let box = Box()
    process = BodyProcess(node: .current) {
      guard let process = box.process else { return }
      var mailbox = Mailbox(process)
      box.process = nil
      try await body(&mailbox)
    }
    box.process = process
    if let label { process.sureExtras.label = label }
    process.start(with: mailbox)
  }

  var ref: ProcessRef<Message> { ProcessRef(unchecked: process) }

  func start() -> ProcessID {
    process.noteOrigin()
    process.begin()
    return process.id
  }

  /// Of the runtime's own: it is a part of no trace.
  func startApart(inheritsTaskLocals: Bool) -> ProcessID {
    if inheritsTaskLocals { process.prepareInheriting() }
    process.begin()
    return process.id
  }

  func startMonitored(by parent: ProcessCell) -> (process: ProcessID, monitor: MonitorRef) {
    let monitor = parent.monitor(process)
    return (start(), monitor)
  }

  @discardableResult
  func start(_ options: SpawnOptions, by parent: ProcessCell) -> (process: ProcessID, monitor: MonitorRef?) {
    if options.contains(.link) { _ = parent.link(to: process) }
    let monitor = options.contains(.monitor) ? parent.monitor(process) : nil
    return (start(), monitor)
  }
}

extension ProcessCell {
  /// Enters the process into its node and lets it run.
  ///
  /// Until now it was in no run queue, whatever was sent to it. From now on it keeps itself alive until it has ended.
  /// What a dead process starts never runs.
  package final func begin() {
    if let parent = ProcessCell.current { inherit(from: parent) }
    _ = Unmanaged.passRetained(self)
    if ProcessCell.isFenced() {
      die(.noProcess)
    } else {
      node.processes.insert(self)
      // Who knew of it before, by its name or a link, may have ended it already.
      if isDeadInOrder() { node.processes.remove(self) }
    }
    node.schedule(self)
  }
}
