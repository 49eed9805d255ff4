package import ProcessRuntime

/// What a supervisor must know to start a child, and to start it again (OTP's child specification).
///
/// A specification is a value: making one starts nothing. The closure inside runs in the supervisor's process at each start,
/// so a child begins in its initial state every time.
public struct ChildSpec: Sendable, Identifiable {
  /// When a child that ended is started again.
  public enum Restart: Hashable, Sendable, CaseIterable {
    /// Always, whatever the reason it ended for.
    case permanent
    /// After an abnormal end only: not after `normal`, `shutdown` or `shutdown(_:)`.
    case transient
    /// Never; its specification goes away with it.
    case temporary
  }

  /// How a child is stopped.
  public enum Shutdown: Hashable, Sendable {
    /// It is asked to exit with `shutdown` and killed if it has not ended after that time. Zero is allowed.
    case timeout(Duration)
    /// It is killed at once; its `terminate` does not run.
    case brutalKill
    /// It is asked to exit with `shutdown`, and waited for without limit. The choice for supervisors.
    case infinity
  }

  /// What kind of process a child is.
  public enum Kind: Hashable, Sendable {
    case worker, supervisor
  }

  /// The child's place in its supervisor: unique among the children, and all that API calls need to name it.
  public var id: ID
  /// When it is started again.
  public var restart: Restart
  /// How it is stopped.
  public var shutdown: Shutdown
  /// Whether its end can end its supervisor (``Supervisor/AutoShutdown``).
  public var significant: Bool
  /// Worker or supervisor: for counting and for the default of ``shutdown-swift.property``.
  public var kind: Kind

  /// What is done for it beyond OTP.
  public var care: ChildCare {
    get { sparseCare?.care ?? ChildCare() }
    set { sparseCare = newValue == ChildCare() ? nil : SparseCare(newValue) }
  }

  /// What it is, for descriptions.
  var content = ChildContent.unknown

  /// Few children need any.
  private var sparseCare: SparseCare?

  private final class SparseCare: Sendable {
    let care: ChildCare
    init(_ care: ChildCare) { self.care = care }
  }

  /// Whether it says the same as another one, but for what is started.
  func isLike(_ other: ChildSpec) -> Bool {
    id == other.id && restart == other.restart && shutdown == other.shutdown && significant == other.significant
      && kind == other.kind && sparseCare === other.sparseCare && content.isLike(other.content)
  }

  /// Whether its failures must be remembered.
  var countsFailures: Bool { sparseCare?.care.countsFailures == true }

  /// Whether its failures count for itself, and not for its supervisor.
  var hasBudget: Bool { sparseCare?.care.budget != nil }

  /// What a fault leads to.
  func response(to reason: ExitReason) -> ChildCare.FaultResponse {
    sparseCare?.care.response(to: reason) ?? .restart
  }

  /// What holds for its process; `nil`: what the program has.
  var processSettings: ProcessSettings? { sparseCare?.care.processSettings }

  /// Starts the child, linked to the process that calls it, which is the supervisor.
  ///
  /// `nil` is OTP's `ignore`: no process is needed at present. A thrown error is the start error.
  package var start: @Sendable () async throws -> ProcessID?

  /// A specification from its parts; without `shutdown`, five seconds for a worker and no limit for a supervisor.
  package init(
    id: ID,
    restart: Restart = .permanent,
    shutdown: Shutdown? = nil,
    significant: Bool = false,
    kind: Kind = .worker,
    start: @escaping @Sendable () async throws -> ProcessID?
  ) {
    self.id = id
    self.restart = restart
    self.shutdown = shutdown ?? kind.defaultShutdown
    self.significant = significant
    self.kind = kind
    self.start = start
  }
}

extension ChildSpec {
  /// The name of a child within its supervisor.
  ///
  /// Text, where OTP allows any term: ids are written in logs and read by people.
  public struct ID: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    /// The id as it is printed.
    public let text: String

    /// The id that is printed as `text`.
    public init(_ text: String) {
      self.text = text
    }

    /// An id written in the source.
    public init(stringLiteral text: String) {
      self.text = text
    }
  }

  /// This specification without what its closure holds on to.
  ///
  /// A temporary child is never started again, and what it was started with may be large (OTP drops the arguments too).
  func withoutStart() -> ChildSpec {
    var spec = self
    spec.start = startForgotten
    return spec
  }

  /// This specification, and the type of what runs in the child.
  package func of(type: any Any.Type) -> ChildSpec { of(.type(type)) }

  /// This specification, and what it is of.
  func of(_ content: ChildContent) -> ChildSpec {
    var spec = self
    spec.content = content
    return spec
  }
}

extension ChildSpec.ID: CustomStringConvertible, CustomDebugStringConvertible {
  /// The bare text.
  public var description: String { text }
  /// The text in quotation marks.
  public var debugDescription: String { "\"\(text)\"" }
}

extension ChildSpec.Kind {
  /// Five seconds for a worker; as long as it takes for a supervisor, whose own children have limits of their own.
  package var defaultShutdown: ChildSpec.Shutdown {
    switch self {
    case .worker: .timeout(.seconds(5))
    case .supervisor: .infinity
    }
  }
}

private let startForgotten: @Sendable () async throws -> ProcessID? = {
  throw SupervisorError.startFailed(.noProcess)
}
