@_spi(Runtime) import ProcessRuntime

/// A Swift actor with a life of its own: as long as ``run()`` lasts.
///
///     actor Poller: RunningActor {
///       var latest: String?
///
///       func run() async throws {
///         while true {
///           latest = try await fetch()
///           try await CurrentProcess.sleep(for: .seconds(5))
///         }
///       }
///     }
///
///     ChildSpec.actor { Poller() }
///
/// A ``GenServer`` has what an actor does not: a mailbox, messages one at a time over suspensions, names, callers that are told
/// of its end. This is for actors that are there already.
public protocol RunningActor: Actor {
  /// What it does: begins when the actor has been made, and ends the child when it returns or throws.
  ///
  /// Called once for each actor that is made. Cancelled when the child is stopped.
  func run() async throws
}

extension ChildSpec {
  /// A Swift actor as a child, as long as its ``RunningActor/run()`` lasts.
  ///
  /// Each start makes a new actor: state that a failure has left behind is gone with the old one. `run()` runs as the child's
  /// process: when it returns the child ends with `normal`; an error that it throws is the reason; a trap in it, or in what it
  /// calls on actors without an executor of their own, ends this child and no other. What others call on the actor runs as the
  /// callers' process, or as none. Others that hold the actor of an earlier start hold one that nobody runs.
  ///
  /// When the child is stopped `run()` is cancelled; the child has ended at once.
  ///
  /// - Parameters:
  ///   - id: its place in the supervisor, and the label of its process; if not given, its type's name.
  ///   - restart: when it is started again.
  ///   - shutdown: how it is stopped.
  ///   - significant: whether its end can end the supervisor.
  ///   - make: makes the actor, inside the child's process, at each start.
  /// - Returns: the specification.
  public static func actor<Running: RunningActor>(
    _ id: ID? = nil, restart: Restart = .permanent, shutdown: Shutdown = .timeout(.seconds(5)),
    significant: Bool = false, _ make: @escaping @Sendable () async throws -> Running
  ) -> ChildSpec {
    let id = id ?? ID("\(Running.self)")
    return ChildSpec(id: id, restart: restart, shutdown: shutdown, significant: significant) {
      try spawnLink(label: id.text) { try await make().run() }
    }.of(type: Running.self)
  }
}
