import ProcessRuntime
import Supervision

/// A child that does one long piece of work, and that is asked to end before it is ended.
///
/// Its process traps exits. An exit signal that would end another process, from the supervisor as a rule, becomes ``askToEnd``;
/// the process ends when the work has, with the signal's reason. It is for the supervisor to kill what takes too long, which
/// cancels the work.
struct LongRun: Sendable {
  enum Message: Sendable {
    case awaitStart(ReplyTo<Void>)
    case started
    case ended((any Error)?)
  }

  let label: String
  /// The work, in the child's process; it calls `isReady` when what may go wrong from then on is no failed start any more.
  let work: @Sendable (_ isReady: @escaping @Sendable () -> Void) async throws -> Void
  /// Called once at most, as the child's process, while the work goes on.
  let askToEnd: @Sendable () async -> Void

  /// Starts the process, linked to the calling one, and waits until the work is ready.
  ///
  /// - Throws: what the work has thrown, or the reason its process has ended with.
  func start() async throws -> ProcessID {
    guard let parent = CurrentProcess.id else { throw ExitReason.noProcess }
    let process = try spawnLink(receiving: Message.self, label: label) { mailbox in
      try await run(mailbox, parent: parent)
    }
    do {
      try await process.call(timeout: nil) { .awaitStart($0) }
    } catch {
      CurrentProcess.unlink(process.id, flush: true)
      process.id.exit(.kill)
      if case .exited(let reason) = error.kind { throw reason }
      throw error
    }
    return process.id
  }

  private func run(_ mailbox: Mailbox<Message>, parent: ProcessID) async throws {
    CurrentProcess.trapsExits = true
    let own = mailbox.ref
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        do {
          try await work { own.send(.started) }
          own.send(.ended(nil))
        } catch {
          own.send(.ended(error))
        }
      }
      var starter: ReplyTo<Void>?
      var isStarted = false
      var order: ExitReason?
      while true {
        switch try await mailbox.receive() {
        case .message(.awaitStart(let reply)):
          if isStarted { reply() } else { starter = reply }
        case .message(.started):
          isStarted = true
          starter?()
          starter = nil
        case .message(.ended(let error)):
          if let error, order == nil || !(error is CancellationError) { throw error }
          if let order { throw order }
          return
        case .signal(.exit(let process, let reason)):
          guard order == nil, process == parent || reason != .normal else { break }
          order = reason
          group.addTask { await askToEnd() }
        case .signal:
          break
        }
      }
    }
  }
}
