@_spi(Runtime) import ProcessRuntime

/// The process of a task: one closure, and somebody who wants to know what came of it.
final class TaskProcess: ProcessCell, @unchecked Sendable {
  private let start: TaskStart
  /// The turn's: present until it begins.
  @exclusivity(unchecked) private var body: (@Sendable () async throws -> Void)?

  init(_ start: TaskStart, node: Node) {
    self.start = start
    body = start.body
    super.init(node: node)
  }

  override var behaviourName: String { "Task" }
  override var kindName: String { "task" }
  override var starterText: String? { start.owner.map { $0.name ?? $0.id.description } }
  override var functionText: String? { start.place }

  override func serve(_ budget: inout Int, on worker: Worker) {
    guard let body else { return }
    self.body = nil
    setTask(
      inheritsTaskLocals
        ? Task(executorPreference: self) { await self.live(body) }
        : Task.detached(executorPreference: self) { await self.live(body) })
  }

  @inline(__always)
  private func live(_ body: @Sendable () async throws -> Void) async {
    do {
      if let origin = self.origin { try await self.perform(body, within: origin) } else { try await body() }
      self.finish(.normal)
    } catch {
      self.finish(.failure(error))
    }
  }

  private func perform(_ body: () async throws -> Void, within origin: any MessageTrace) async throws {
    defer { endOrigin() }
    try await run(origin, "task \(start.place)", body)
  }

  private func finish(_ reason: ExitReason) {
    if !isDead {
      if !reason.isClean { reportCrash(reason) }
      die(reason)
    }
    clearTask()
  }

  override func didDie(_ reason: ExitReason) { start.onEnd(reason) }

  override func reclaim() { body = nil }
}

/// What a task is to be, before it has a process.
struct TaskStart: Sendable {
  /// What holds a task and its owner together.
  enum Tie: Sendable {
    /// Nothing: it works even when the owner has ended.
    case none
    /// The owner waits for what comes of it.
    case monitor
    /// And each ends if the other fails.
    case link
  }

  /// Who has asked for it; nil if that was no process.
  let owner: ProcessCell?
  let tie: Tie
  /// File and line.
  let place: String
  let body: @Sendable () async throws -> Void
  /// Called once, when its links and monitors have been told of its end.
  let onEnd: @Sendable (ExitReason) -> Void

  init(
    owner: ProcessCell?, tie: Tie, _ place: CodePlace, onEnd: @escaping @Sendable (ExitReason) -> Void = { _ in },
    _ body: @escaping @Sendable () async throws -> Void
  ) {
    self.owner = owner
    self.tie = tie
    self.place = place.description
    self.body = body
    self.onEnd = onEnd
  }

  /// Starts it, as the current process; linked to that, if that is a supervisor.
  ///
  /// Has the owner ended meanwhile, so does the task, before it begins (rule TSUP-6).
  func begin(underSupervisor isSupervised: Bool) throws(StartError) -> ProcessID {
    let starter = ProcessCell.current
    if isSupervised, starter == nil { throw StartError(.outsideProcess) }
    let process = TaskProcess(self, node: starter?.node ?? owner?.node ?? .current)
    if let owner { process.work(for: owner) }
    if isSupervised { _ = starter?.link(to: process) }
    if tie == .link { _ = owner?.link(to: process) }
    if tie != .none, let reason = owner?.exitReason { process.die(.shutdown(reason)) }
    process.noteOrigin()
    process.begin()
    return process.id
  }
}

/// A line of the program.
struct CodePlace: CustomStringConvertible {
  let file: StaticString
  let line: UInt

  init(_ file: StaticString, _ line: UInt) {
    self.file = file
    self.line = line
  }

  var description: String { "\(file):\(line)" }
}
