/// The process that runs the code that asks (OTP's `self()` and the functions on it).
///
/// Outside of every process (`main`, a test, a NIO handler, an unstructured `Task`) there is none: then ``id`` is nil, lists
/// are empty, and what needs a process throws ``ProcessError``.
public enum CurrentProcess {
  /// The process, or nil outside of processes (`self/0`).
  public static var id: ProcessID? { ProcessCell.current?.id }

  /// Whether exits of linked processes, and exits that others send, are messages to this process instead of its end
  /// (`Process.flag(:trap_exit, …)`).
  ///
  /// It counts when a signal arrives. Nothing protects from ``ExitReason/kill``.
  public static var trapsExits: Bool {
    get { ProcessCell.current.map { cell in cell.lock.withLock { cell.trapsExits } } ?? false }
    set {
      guard let cell = ProcessCell.current else { return }
      cell.lock.withLock { cell.trapsExits = newValue }
    }
  }

  /// The processes linked to this one.
  public static var links: [ProcessID] {
    ProcessCell.current.map { cell in cell.lock.withLock { cell.links } }?.sorted ?? []
  }

  /// Links this process and another: when one ends, the other gets an exit signal (`Process.link/1`).
  ///
  /// Linking twice, or to oneself, changes nothing. Does not suspend.
  ///
  /// - Throws: ``ProcessError`` (`noProcess`) if the other is dead and this process does not trap exits. If it traps them,
  ///   the signal `exit(other, .noProcess)` comes instead.
  public static func link(_ other: ProcessID) throws(ProcessError) {
    let cell = try sure("link")
    if cell.link(to: other.cell) { return }
    guard cell.lock.withLock({ cell.trapsExits }) else { throw ProcessError(.noProcess(other), "link") }
    cell.push(Envelope<Signal>.make(.exit(other, .noProcess), kind: .signal))
  }

  /// Removes the link to another process (`Process.unlink/1`).
  ///
  /// When this returns no exit signal of that link will come any more; one that came before may stand in the mailbox of
  /// a process that traps exits: `flush` removes it.
  public static func unlink(_ other: ProcessID, flush: Bool = false) {
    guard let cell = ProcessCell.current else { return }
    cell.unlink(from: other.cell)
    if flush { cell.takeSignal { if case .exit(other, _) = $0 { true } else { false } } }
  }

  /// Watches another process: when it ends, the signal ``Signal/down(_:_:_:)`` comes, once, with the reason
  /// (`Process.monitor/1`).
  ///
  /// If it is dead already, the reason is `noProcess`. Each call is a monitor of its own. Watching oneself gives a
  /// reference and no signal. Does not suspend.
  @discardableResult
  public static func monitor(_ other: ProcessID) throws(ProcessError) -> MonitorRef {
    try sure("monitor").monitor(other.cell)
  }

  /// Watches whoever has the name now (`Process.monitor/1` with a name).
  ///
  /// The name is looked up once: who takes it later is not watched. Nobody has it: the signal `down` with `noProcess`
  /// comes, for an id of no process. ``MonitorRef/name`` tells the name in both cases.
  @discardableResult
  public static func monitor<Message>(_ name: ProcessName<Message>) throws(ProcessError) -> MonitorRef {
    let cell = try sure("monitor")
    return cell.monitor(name.target.whereis(on: cell.node) ?? Node.nobody, name: name.rawValue)
  }

  /// Takes a monitor back (`Process.demonitor/2`).
  ///
  /// When this returns no new down signal of it will come; one that came before may stand in the mailbox: `flush`
  /// removes it.
  ///
  /// - Returns: true if the monitor was active, and so no signal of it has come.
  @discardableResult
  public static func demonitor(_ ref: MonitorRef, flush: Bool = false) -> Bool {
    ProcessCell.current?.demonitor(ref, flush: flush) ?? false
  }

  /// On whose behalf this process works: whoever asked for the task that it is, on whose behalf that one worked, and so on
  /// (Elixir's `$callers`).
  ///
  /// Empty outside of tasks. Who started it, a supervisor as a rule, stands in ``ProcessDetails/ancestors``.
  public static var callers: [ProcessID] {
    ProcessCell.current.map { $0.callers } ?? []
  }

  /// A name for people, in reports and in `info` (`Process.set_label/1`).
  public static var label: String? {
    get { ProcessCell.current.flatMap { cell in cell.lock.withLock { cell.extras?.label } } }
    set {
      guard let cell = ProcessCell.current else { return }
      cell.lock.withLock { if cell.reason == nil { cell.sureExtras.label = newValue } }
    }
  }

  /// Suspends this process, and nothing else, on its node's clock (`Process.sleep/1`).
  ///
  /// Outside of processes it sleeps too.
  ///
  /// - Throws: `CancellationError` if the calling task is cancelled, the ``ExitReason`` if the process ends meanwhile.
  public static func sleep(for duration: Duration) async throws {
    let node = Node.current
    do {
      try await suspend(until: node.clock.now().after(duration), on: node) { _ in } as Void
    } catch is WaitTimeout {
      return
    }
  }

  static func sure(_ operation: String) throws(ProcessError) -> ProcessCell {
    guard let cell = ProcessCell.current else { throw ProcessError(.outsideProcess, operation) }
    return cell
  }
}

/// What is wrong with an operation on processes.
public struct ProcessError: Error, Sendable, CustomStringConvertible {
  /// What went wrong.
  public enum Kind: Sendable, Equatable {
    /// There is no current process.
    case outsideProcess
    /// The other process is dead.
    case noProcess(ProcessID)
  }

  /// What went wrong.
  public let kind: Kind
  private let operation: String

  init(_ kind: Kind, _ operation: String) {
    self.kind = kind
    self.operation = operation
  }

  public var description: String {
    switch kind {
    case .outsideProcess: "\(operation) needs a current process; call it within spawn { } or a GenServer"
    case .noProcess(let id): "\(operation): no process: \(id) is not alive"
    }
  }
}

/// Suspends until the process ends.
///
/// For a process that lives only for its links.
public func suspendForever() async throws -> Never {
  while true { try await suspend { _ in } as Void }
}
