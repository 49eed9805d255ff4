public import ProcessRuntime

/// Why an application was not started, stopped or unloaded.
///
/// Compare with the static members, or look at ``kind``.
public struct ApplicationError: Error, Sendable, CustomStringConvertible {
  /// What went wrong.
  public enum Kind: Sendable {
    /// It runs already, or is just being stopped.
    case alreadyStarted(ApplicationName)
    /// It does not run.
    case notStarted(ApplicationName)
    /// The first needs the second, which has not been started.
    case needs(ApplicationName, ApplicationName)
    /// Each of these needs the next, and the last needs the first.
    case cycle([ApplicationName])
    /// It did not start, for this reason.
    case startFailed(ApplicationName, StartError)
    /// All applications are being stopped.
    case stopping
    /// It runs, and so cannot be unloaded.
    case running(ApplicationName)
    /// There is no such application, running or loaded.
    case notLoaded(ApplicationName)
    /// No answer: the process that looks after the applications has ended, or the calling task was cancelled.
    case noAnswer(CallError)
  }

  /// What went wrong.
  public let kind: Kind

  init(_ kind: Kind) { self.kind = kind }

  /// Says what to do about it.
  public var description: String {
    switch kind {
    case .alreadyStarted(let name): "application \(name) is started already"
    case .notStarted(let name): "application \(name) is not started"
    case .needs(let name, let other):
      "application \(name) needs \(other), which is not started; start that first, or use ensureAllStarted"
    case .cycle(let names):
      "applications need each other in a circle: \((names + names.prefix(1)).map(\.text).joined(separator: " → ")); "
        + "move what they share into an application of its own"
    case .startFailed(let name, let error): "application \(name): \(error)"
    case .stopping: "all applications are being stopped; none can be started until that is over"
    case .running(let name): "application \(name) runs; stop it first"
    case .notLoaded(let name): "there is no application \(name); load or start it first"
    case .noAnswer(let error): "no answer about applications: \(error)"
    }
  }
}
