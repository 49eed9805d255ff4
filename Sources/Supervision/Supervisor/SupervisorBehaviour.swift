/// A supervisor as a type of one's own: what it starts, and how it restarts it.
///
/// ```swift
/// struct StoreApplication: SupervisorBehaviour {
///   var strategy: Supervisor.Strategy { .restForOne }
///   var children: [ChildSpec] {
///     ChildSpec(.cache) { Cache() }
///     ChildSpec(StoreWorkers())
///   }
/// }
/// ```
///
/// The properties are read inside the supervisor's process, once at each start of it (OTP's `init/1`): a restarted
/// supervisor has the children listed here and none of those that were added to the earlier one.
public protocol SupervisorBehaviour: Sendable {
  /// Which children are started again when one ends; ``Supervisor/Strategy/oneForOne`` unless said otherwise.
  var strategy: Supervisor.Strategy { get }
  /// When to give up; three restarts within five seconds unless said otherwise.
  var intensity: Supervisor.Intensity { get }
  /// Whether to end with the significant children; ``Supervisor/AutoShutdown/never`` unless said otherwise.
  var autoShutdown: Supervisor.AutoShutdown { get }
  /// The children in start order. They are stopped in the reverse order.
  @ChildSpecBuilder var children: [ChildSpec] { get }
}

extension SupervisorBehaviour {
  /// One for one, as in Elixir.
  public var strategy: Supervisor.Strategy { .oneForOne }
  /// Three restarts within five seconds, as in Elixir.
  public var intensity: Supervisor.Intensity { .restarts(3, within: .seconds(5)) }
  /// Never, as in OTP.
  public var autoShutdown: Supervisor.AutoShutdown { .never }

  /// The flags of this supervisor.
  package var settings: SupervisorSettings {
    SupervisorSettings(strategy: strategy, intensity: intensity, autoShutdown: autoShutdown)
  }
}
