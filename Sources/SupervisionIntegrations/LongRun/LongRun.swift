import ProcessRuntime
import Supervision

/// A child that does one long piece of work, and that is asked to end before it is ended.
///
/// Its process traps exits. An exit signal that would end another process, from the supervisor as a rule, becomes ``askToEnd``;
/// the process ends when the work has, with the signal's reason. It is for the supervisor to kill what takes too long, which
/// cancels the work.
struct LongRun: Sendable {
  enum Message: Sendable {
    case begin(ReplyTo<Beginning>)
    case started
    case ended((any Error)?)
  }

  /// How the work has begun, told before its process ends: the end of a process that still holds a `ReplyTo` can be seen
  /// after the token is gone, which says nothing about the reason.
  enum Beginning: Sendable {
    case started
    case failed(ExitReason)
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
      switch try await process.call(timeout: nil, { .begin($0) }) {
      case .started: return process.id
      case .failed(let reason):
        CurrentProcess.unlink(process.id, flush: true)
        _ = await process.id.exited()
        throw reason
      }
    } catch let error as CallError {
      CurrentProcess.unlink(process.id, flush: true)
      process.id.exit(.kill)
      if case .exited(let reason) = error.kind { throw reason }
      throw error
    }
  }

  private func run(_ mailbox: Mailbox<Message>, parent: ProcessID) async throws {
    CurrentProcess.trapsExits = true
    let own = mailbox.ref
    try await withThrowingTaskGroup(of: Void.self) { group in
      var starter: ReplyTo<Beginning>?
      var hasBegun = false
      var order: ExitReason?
      while true {
        switch try await mailbox.receive() {
        case .message(.begin(let reply)):
          starter = reply
          hasBegun = true
          group.addTask { await perform(telling: own) }
        case .message(.started):
          starter?(.started)
          starter = nil
        case .message(.ended(let error)):
          let reason: ExitReason =
            if let error, order == nil || !(error is CancellationError) { .failure(error) } else { order ?? .normal }
          starter?(.failed(reason))
          throw reason
        case .signal(.exit(let process, let reason)):
          guard order == nil, process == parent || reason != .normal else { break }
          guard hasBegun else { throw reason }
          order = reason
          group.addTask { await askToEnd() }
        case .signal:
          break
        }
      }
    }
  }

  private func perform(telling own: ProcessRef<Message>) async {
    do {
      try await work { own.send(.started) }
      own.send(.ended(nil))
    } catch {
      own.send(.ended(error))
    }
  }
}
