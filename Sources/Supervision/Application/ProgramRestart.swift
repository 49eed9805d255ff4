/// Whether a program has a parent of its own that starts it again when it fails (OTP's relative is `heart`).
///
///     @main
///     struct Store: SupervisedApplication {
///       static var programRestart: ProgramRestart { .onFailure() }
///       var children: [ChildSpec] { … }
///     }
///
/// The environment variable `SUPERVISION_PARENT` overrules it: `1` asks for a parent, `0` for none.
public struct ProgramRestart: Hashable, Sendable {
  struct Settings: Hashable, Sendable {
    var intensity: Supervisor.Intensity
    var backoff: Backoff
  }

  /// Nil: never.
  let settings: Settings?

  /// There is no parent: the program runs as it was started.
  public static var never: Self { Self(settings: nil) }

  /// A parent starts the program again when it ends by a signal or with another status than 0.
  ///
  /// After status 75, by which a program asks to be started again, the wait is the backoff's first; after anything else
  /// it grows with each failure in a row.
  ///
  /// - Parameters:
  ///   - intensity: how many restarts within what time are too many; then the parent ends too.
  ///   - backoff: how long to wait before a restart.
  /// - Returns: such a parent.
  public static func onFailure(
    _ intensity: Supervisor.Intensity = .restarts(10, within: .seconds(300)), backoff: Backoff = .exponential()
  ) -> Self {
    Self(settings: Settings(intensity: intensity, backoff: backoff))
  }
}

extension ProgramRestart: CustomStringConvertible {
  /// `never`, or `10 restarts within 300.0 seconds, after 0.1 seconds to 30.0 seconds, times 2.0, jitter 0.2`.
  public var description: String {
    settings.map { "\($0.intensity), after \($0.backoff)" } ?? "never"
  }
}

extension ProgramRestart.Settings {
  /// What is wrong with these values; nil if nothing is.
  var problem: String? {
    do {
      try intensity.validate()
    } catch {
      return error.problem
    }
    return backoff.problem
  }
}
