@_spi(Runtime) import ProcessRuntime
import Synchronization

/// One way through a stream of tasks, by one process.
final class TaskStreamRun<Input: Sendable, Output: Sendable> {
  typealias Element = TaskStream<Input, Output>.Element

  private struct Running {
    let input: Input
    var process: ProcessID
    let deadline: Int64
  }

  private let options: TaskStreamOptions
  private let inputs: AnyIterator<Input>
  private let body: @Sendable (Input) async throws -> Output
  private let node = Node.current
  private let owner = ProcessCell.current
  private let ends = TaskEnds<Output>()
  private var running: [Int: Running] = [:]
  /// The results that wait for those before them; if they are not ordered, in the order in which they came.
  private var ready: [Int: Element] = [:]
  private var readyCount = 0
  /// Of those that were not started yet.
  private var nextIndex = 0
  /// Of the next result.
  private var nextResult = 0
  /// No task before this one runs.
  private var oldest = 0
  private var inputsAreOver = false

  init(
    _ options: TaskStreamOptions, _ inputs: AnyIterator<Input>,
    _ body: @escaping @Sendable (Input) async throws -> Output
  ) {
    self.options = options
    self.inputs = inputs
    self.body = body
  }

  /// Whoever asks no more leaves no task behind.
  deinit { for task in running.values { kill(task.process) } }

  func next() async throws(TaskError) -> Element? {
    while true {
      for end in ends.take() { finish(end.index, end.result) }
      try await startTasks()
      if let element = takeReady() { return element }
      if running.isEmpty, inputsAreOver, !ends.hasSome { return nil }
      try await waitForEnd()
      try killLateTasks()
    }
  }

  private func takeReady() -> Element? {
    guard let element = ready.removeValue(forKey: nextResult) else { return nil }
    nextResult += 1
    return element
  }

  private func startTasks() async throws(TaskError) {
    while running.count < options.maxConcurrency, !inputsAreOver {
      guard let input = inputs.next() else {
        inputsAreOver = true
        return
      }
      let (index, ends, body) = (nextIndex, ends, body)
      nextIndex += 1
      let process = try await options.start {
        ends.succeed(index, try await body(input))
      } onEnd: { reason in
        ends.end(index, reason)
      }
      let deadline = options.timeout.map { node.clock.now().after($0) } ?? .max
      running[index] = Running(input: input, process: process, deadline: deadline)
    }
  }

  private func finish(_ index: Int, _ result: Result<Output, ExitReason>) {
    guard let task = running.removeValue(forKey: index) else { return }
    // The exit of one that failed, which an owner that traps exits has got.
    unlink(task.process)
    ready[options.isOrdered ? index : readyCount] = Element(input: task.input, result: result)
    readyCount += 1
  }

  private func waitForEnd() async throws(TaskError) {
    while oldest < nextIndex, running[oldest] == nil { oldest += 1 }
    // All have the same time, so that the oldest is late first.
    let deadline = running[oldest]?.deadline ?? .max
    do {
      try await suspend(until: deadline, on: node) { ends.wait($0) } as Void
    } catch is WaitTimeout {
      return
    } catch {
      throw TaskError(waiting: error, nil)
    }
  }

  private func killLateTasks() throws(TaskError) {
    let now = node.clock.now()
    for end in ends.take() { finish(end.index, end.result) }
    for (index, task) in running.sorted(by: { $0.key < $1.key }) where task.deadline <= now {
      guard options.killsTask else { throw TaskError(.timeout, task.process) }
      kill(task.process)
      finish(index, .failure(.timeout))
    }
  }

  private func kill(_ process: ProcessID) {
    unlink(process)
    process.cell.receiveExit(from: owner ?? process.cell, .kill, isLink: false)
  }

  private func unlink(_ process: ProcessID) {
    guard options.tie == .link, let owner else { return }
    owner.unlink(from: process.cell)
    // The mailbox is its process's own.
    if ProcessCell.current === owner { take(process, of: owner) }
  }

  private func take(_ process: ProcessID, of owner: ProcessCell) {
    owner.takeSignal { if case .exit(process, _) = $0 { true } else { false } }
  }
}

/// The ends of the tasks of a stream, as they come.
private final class TaskEnds<Output: Sendable>: Sendable {
  private struct State: Sendable {
    var values: [Int: Output] = [:]
    var ends: [(index: Int, result: Result<Output, ExitReason>)] = []
    var waiter: WaitTicket?
  }

  private let state = Mutex(State())

  var hasSome: Bool { state.withLock { !$0.ends.isEmpty } }

  func succeed(_ index: Int, _ value: Output) { state.withLock { $0.values[index] = value } }

  func end(_ index: Int, _ reason: ExitReason) {
    let waiter = state.withLock { state in
      let value = state.values.removeValue(forKey: index)
      state.ends.append((index, value.map { .success($0) } ?? .failure(reason)))
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume(returning: ())
  }

  func take() -> [(index: Int, result: Result<Output, ExitReason>)] {
    state.withLock { state in
      defer { state.ends = [] }
      return state.ends
    }
  }

  func wait(_ ticket: WaitTicket) {
    let isThere = state.withLock { state in
      state.waiter = ticket
      return !state.ends.isEmpty
    }
    if isThere { ticket.resume(returning: ()) }
  }
}
