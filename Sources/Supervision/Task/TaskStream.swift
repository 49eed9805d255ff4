@_spi(Runtime) public import ProcessRuntime

/// Many inputs, each handled by a task of its own, a few at a time: what came of them, as an asynchronous sequence
/// (`Task.async_stream/3`).
///
///     for try await page in try tasks.asyncStream(urls, maxConcurrency: 8, body: { try await fetch($0) }) {
///       switch page.result {
///       case .success(let text): print(page.input, text.count)
///       case .failure(let reason): print(page.input, reason)
///       }
///     }
///
/// Nothing runs before the first element is asked for. The process that asks is the owner of the tasks, each time that the
/// sequence is gone through. When it stops asking, by `break` or an error, the tasks that still run are killed.
public struct TaskStream<Input: Sendable, Output: Sendable>: AsyncSequence {
  /// An input, and what came of it.
  public struct Element: Sendable {
    /// What the task was given.
    public let input: Input
    /// What it has returned, or why it has not.
    public let result: Result<Output, ExitReason>
  }

  /// What becomes of a task that takes too long (the option `on_timeout`).
  public enum TimeoutAction: Sendable {
    /// The stream ends with the error `timeout`, and all tasks are killed.
    case exit
    /// The task is killed, and its result is the failure `timeout`.
    case killTask
  }

  let options: TaskStreamOptions
  let makeInputs: @Sendable () -> AnyIterator<Input>
  let body: @Sendable (Input) async throws -> Output

  /// Where the results come from.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let run: TaskStreamRun<Input, Output>

    /// The next result.
    ///
    /// Suspends until there is one; starts tasks for further inputs before.
    ///
    /// - Throws: ``TaskError``: `timeout` when a task took too long, `maxChildren` when the supervisor has no room,
    ///   `exited` when the process that asks ends meanwhile.
    public mutating func next() async throws(TaskError) -> Element? { try await run.next() }
  }

  /// Begins another way through: the tasks belong to the calling process.
  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(run: TaskStreamRun(options, makeInputs(), body))
  }
}

extension TaskStream: Sendable {}

/// How the tasks of a stream are started and waited for.
struct TaskStreamOptions: Sendable {
  /// Nil: the tasks are linked to their owner alone.
  let supervisor: TaskSupervisor?
  let tie: TaskStart.Tie
  let maxConcurrency: Int
  let isOrdered: Bool
  let timeout: Duration?
  /// Whether a task that takes too long is killed, and the others go on.
  let killsTask: Bool
  let shutdown: ChildSpec.Shutdown
  let place: CodePlace

  func validated() throws(TaskError) -> Self {
    if maxConcurrency < 1 {
      throw TaskError(.invalid("maxConcurrency is \(maxConcurrency); it must be greater than zero"))
    }
    if let timeout, timeout <= .zero {
      throw TaskError(.invalid("timeout is \(timeout); it must be greater than zero, or nil for no limit"))
    }
    return self
  }

  /// Starts one task of the current process.
  func start(_ body: @escaping @Sendable () async throws -> Void, onEnd: @escaping @Sendable (ExitReason) -> Void)
    async throws(TaskError) -> ProcessID
  {
    let start = TaskStart(owner: .current, tie: tie, place, onEnd: onEnd, body)
    if let supervisor { return try await supervisor.start(start, .temporary, shutdown) }
    do {
      return try start.begin(underSupervisor: false)
    } catch {
      throw TaskError(.outsideProcess)
    }
  }
}
