@_spi(Runtime) import ProcessRuntime
import Synchronization

/// What a supervisor that stops its children lets others know: it answers no calls meanwhile.
final class SupervisorRoster: ProcessHolding {
  /// What it waits for.
  struct Wait: Sendable {
    /// Nil: all its children at once.
    let child: ProcessID?
    let id: ChildSpec.ID?
    let since: Duration
  }

  struct State: Sendable {
    var wait: Wait?
    /// Those that it had when it began to stop them all, the newest first.
    var children: [Supervisor.Child] = []
  }

  private let state = Mutex(State())

  var now: State { state.withLock { $0 } }

  func wait(for wait: Wait?) { state.withLock { $0.wait = wait } }

  func begin(stopping children: [Supervisor.Child]) { state.withLock { $0.children = children } }

  func release(from cell: ProcessCell) {}

  private static let key = ObjectIdentifier(SupervisorRoster.self)

  /// The one of a living supervisor that has begun to stop something.
  static func find(of cell: ProcessCell) -> SupervisorRoster? {
    cell.withHolding(of: key, SupervisorRoster.self) { $0 } ?? nil
  }

  /// The one of a supervisor, which has one from now on; nil if it is dead.
  static func of(_ cell: ProcessCell) -> SupervisorRoster? {
    cell.withHolding(of: key, SupervisorRoster.self) { roster in
      let known = roster ?? SupervisorRoster()
      roster = known
      return known
    }
  }
}

extension SupervisorShell {
  /// All children are to be stopped, one by one or together.
  func noteStop(of children: [Supervisor.Child], together: Bool) {
    guard let roster = SupervisorRoster.of(cell) else { return }
    roster.begin(stopping: children)
    if together { roster.wait(for: SupervisorRoster.Wait(child: nil, id: nil, since: now)) }
  }

  /// One child is to be stopped.
  func noteWait(for id: ChildSpec.ID, _ process: ProcessID) {
    SupervisorRoster.of(cell)?.wait(for: SupervisorRoster.Wait(child: process, id: id, since: now))
  }
}
