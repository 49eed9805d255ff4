public import ProcessRuntime

/// A running supervisor: a process that starts children, and starts them again when they end (OTP's `supervisor`).
///
/// The value is a handle. It may be copied and sent anywhere, and outlives the process it names.
public struct Supervisor: Hashable, Sendable {
  /// The supervisor's own process.
  public let id: ProcessID

  package init(id: ProcessID) {
    self.id = id
  }
}

extension Supervisor {
  /// Which children are started again when one of them ends.
  public struct Strategy: Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
      case oneForOne, oneForAll, restForOne
    }

    package let kind: Kind

    /// That one.
    public static var oneForOne: Self { Self(kind: .oneForOne) }
    /// All of them: the others are stopped first, in reverse start order.
    public static var oneForAll: Self { Self(kind: .oneForAll) }
    /// That one and those started after it, which are stopped first, in reverse start order.
    public static var restForOne: Self { Self(kind: .restForOne) }

    /// Its name, in words.
    public var description: String {
      switch kind {
      case .oneForOne: "one for one"
      case .oneForAll: "one for all"
      case .restForOne: "rest for one"
      }
    }
  }

  /// How many restarts a supervisor makes before it gives up and exits with `shutdown`.
  public struct Intensity: Hashable, Sendable, CustomStringConvertible {
    /// The number of restarts that is still accepted; with zero the first one is refused.
    public let restarts: Int
    /// The time that they may happen within.
    public let period: Duration

    /// At most `count` restarts within `period`; one more, and the supervisor gives up.
    ///
    /// Time is counted in whole seconds and the boundary is inclusive, as in OTP: with a period of five seconds, what was
    /// restarted in second 1 still counts in second 6 and no longer in second 7. A fraction of a second in `period` is
    /// dropped. One round of restarts counts once, however many children it starts.
    public static func restarts(_ count: Int, within period: Duration) -> Self {
      Self(restarts: count, period: period)
    }

    /// `3 restarts within 5.0 seconds`.
    public var description: String { "\(restarts) restarts within \(period)" }
  }

  /// Whether a supervisor ends when its significant children have ended by themselves.
  ///
  /// Only an end that is not followed by a restart counts: a clean one of a transient child, any one of a temporary child.
  /// Children that were stopped through the API or together with a sibling do not count.
  public struct AutoShutdown: Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
      case never, anySignificant, allSignificant
    }

    package let kind: Kind

    /// It does not.
    public static var never: Self { Self(kind: .never) }
    /// It ends with `shutdown` when one significant child has ended.
    public static var anySignificant: Self { Self(kind: .anySignificant) }
    /// It ends with `shutdown` when the last significant child has ended.
    public static var allSignificant: Self { Self(kind: .allSignificant) }

    /// Its name, in words.
    public var description: String {
      switch kind {
      case .never: "never"
      case .anySignificant: "any significant"
      case .allSignificant: "all significant"
      }
    }
  }
}

/// What a supervisor is told once, at its start (OTP's supervisor flags).
package struct SupervisorSettings: Hashable, Sendable {
  package var strategy: Supervisor.Strategy
  package var intensity: Supervisor.Intensity
  package var autoShutdown: Supervisor.AutoShutdown

  package init(
    strategy: Supervisor.Strategy = .oneForOne,
    intensity: Supervisor.Intensity = .restarts(3, within: .seconds(5)),
    autoShutdown: Supervisor.AutoShutdown = .never
  ) {
    self.strategy = strategy
    self.intensity = intensity
    self.autoShutdown = autoShutdown
  }
}
