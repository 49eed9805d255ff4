import ProcessRuntime
import Synchronization

/// A thread that has the task-local values of the task that has made it: what runs on it outside of tasks finds them, and tasks
/// that are made there inherit them.
///
/// What it runs is the first and only job of a task, whose executor it is.
final class DriverThread: TaskExecutor, Sendable {
  private enum State: Sendable {
    case isMade
    /// The job has come.
    case isReady(UnownedJob)
    /// It is to run the job when that comes.
    case isWanted
    case isDone
  }

  private let state = Mutex(State.isMade)
  private let isDismissed = Mutex(false)

  /// To be called in the task whose values it is to have; ``start()`` or ``dismiss()`` must follow.
  init(_ body: @escaping @Sendable () -> Void) {
    Task(executorPreference: self) {
      if !self.isDismissed.withLock({ $0 }) { body() }
    }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let isWanted = state.withLock { state in
      if case .isWanted = state {
        state = .isDone
        return true
      }
      state = .isReady(job)
      return false
    }
    if isWanted { onThread(job) }
  }

  /// Runs the body on a new thread.
  func start() {
    if let job = take() { onThread(job) }
  }

  /// The body will not be run: lets its task end, on this thread.
  func dismiss() {
    isDismissed.withLock { $0 = true }
    take()?.runSynchronously(on: asUnownedTaskExecutor())
  }

  private func take() -> UnownedJob? {
    state.withLock { state in
      guard case .isReady(let job) = state else {
        state = .isWanted
        return nil
      }
      state = .isDone
      return job
    }
  }

  private func onThread(_ job: UnownedJob) {
    Thread.start(named: "test-node") { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
