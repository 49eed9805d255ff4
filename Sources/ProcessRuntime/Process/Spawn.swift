/// Starts a process (`spawn/1`). It ends when the closure returns, with reason `normal`, or throws. Does not suspend.
@discardableResult
public func spawn(_ body: sending @escaping @isolated(any) () async throws -> Void) -> ProcessID {
  Spawning(Never.self, body).start()
}

/// Starts a process that is linked to the caller from its first instant (`spawn_link/1`). Does not suspend.
///
/// - Throws: ``ProcessError`` outside of processes.
@discardableResult
public func spawnLink(
  _ body: sending @escaping @isolated(any) () async throws -> Void
) throws(ProcessError) -> ProcessID {
  try Spawning(Never.self, body).startLinked()
}

/// Starts a process that the caller monitors from its first instant (`spawn_monitor/1`): however soon it ends, the down
/// signal has its real reason. Does not suspend.
///
/// - Throws: ``ProcessError`` outside of processes.
@discardableResult
public func spawnMonitor(
  _ body: sending @escaping @isolated(any) () async throws -> Void
) throws(ProcessError) -> (process: ProcessID, monitor: MonitorRef) {
  try Spawning(Never.self, body).startMonitored()
}

/// Starts a process with a mailbox: the closure takes its messages as it likes. Does not suspend.
///
///     let client = spawn(receiving: String.self) { inbox in
///       worker.send(.store(key: "foo", value: "bar", from: inbox.ref))
///       print(try await inbox.next(within: .seconds(1)))
///     }
@discardableResult
public func spawn<Message: Sendable>(
  receiving: Message.Type, _ body: sending @escaping (inout Mailbox<Message>) async throws -> Void
) -> ProcessID {
  Spawning(receiving, body).start()
}

/// ``spawnLink(_:)`` with a mailbox.
@discardableResult
public func spawnLink<Message: Sendable>(
  receiving: Message.Type, _ body: sending @escaping (inout Mailbox<Message>) async throws -> Void
) throws(ProcessError) -> ProcessRef<Message> {
  let spawning = Spawning(receiving, body)
  try spawning.startLinked()
  return spawning.ref
}

/// ``spawnMonitor(_:)`` with a mailbox.
@discardableResult
public func spawnMonitor<Message: Sendable>(
  receiving: Message.Type, _ body: sending @escaping (inout Mailbox<Message>) async throws -> Void
) throws(ProcessError) -> (process: ProcessRef<Message>, monitor: MonitorRef) {
  let spawning = Spawning(receiving, body)
  return (spawning.ref, try spawning.startMonitored().monitor)
}

/// ``spawn(_:)`` on a node that is not the caller's.
package func spawn(on node: Node, _ body: @escaping @Sendable () async throws -> Void) -> ProcessID {
  let process = BodyProcess<Never>(node: node) { try await body() }
  process.begin()
  return process.id
}

/// A process between its making and its start.
private struct Spawning<Message: Sendable> {
  private final class Box {
    var process: BodyProcess<Message>?
  }

  private let process: BodyProcess<Message>

  init(_: Message.Type, _ body: sending @escaping @isolated(any) () async throws -> Void) {
    process = BodyProcess(node: .current) { try await body() }
  }

  init(_: Message.Type, _ body: sending @escaping (inout Mailbox<Message>) async throws -> Void) {
    let box = Box()
    process = BodyProcess(node: .current) {
      guard let process = box.process else { return }
      var mailbox = Mailbox(process)
      box.process = nil
      try await body(&mailbox)
    }
    box.process = process
  }

  var ref: ProcessRef<Message> { ProcessRef(unchecked: process) }

  @discardableResult
  func start() -> ProcessID {
    process.begin()
    return process.id
  }

  @discardableResult
  func startLinked() throws(ProcessError) -> ProcessID {
    let parent = try CurrentProcess.sure("spawnLink")
    _ = parent.link(to: process)
    return start()
  }

  func startMonitored() throws(ProcessError) -> (process: ProcessID, monitor: MonitorRef) {
    let parent = try CurrentProcess.sure("spawnMonitor")
    let ref = parent.monitor(process)
    return (start(), ref)
  }
}

extension ProcessCell {
  /// Enters the process into its node and lets it run. A process that has ended keeps itself alive no longer.
  package final func begin() {
    if ProcessCell.isFenced() {
      markNeverStarted()
      return
    }
    if let parent = ProcessCell.current { inherit(from: parent) }
    _ = Unmanaged.passRetained(self)
    node.processes.insert(self)
    node.schedule(self)
  }

  /// What a dead process starts never runs.
  private final func markNeverStarted() {
    die(.noProcess)
    _ = inbox.take()
    _ = inbox.close()
  }

  private final func inherit(from parent: ProcessCell) {
    let ancestors = parent.lock.withLock { parent.extras?.ancestors ?? [] }
    lock.withLock {
      sureExtras.parent = parent.id
      sureExtras.ancestors = [parent.id] + ancestors.prefix(31)
    }
  }
}
