/// A part of a program that is configured, started and stopped as one: a supervision tree, the applications it needs, and
/// what is to be done before and after (OTP's application: its resource file and its callback module).
///
///     struct Store: ApplicationBehaviour {
///       var applications: [any ApplicationBehaviour] { Database() }
///       var settings: [ApplicationSetting] { [ApplicationSetting(.port)] }
///       var children: [ChildSpec] {
///         ChildSpec(.cache) { Cache() }
///       }
///     }
///
///     try await Applications.ensureAllStarted(Store())
///
/// What runs at a start, in this order: ``willStart()``, the children, ``didStart()``. At a stop, whether ordered
/// or because the tree has ended by itself: ``willStop()``, the children, the newest first, ``didStop()``. Then
/// every process that is left of the application is killed. Each of the four functions runs in a process of its own, which
/// belongs to the application: one that throws or traps does not keep the tree from being stopped.
public protocol ApplicationBehaviour: SupervisorBehaviour {
  /// Its name, unique on the node; the type's name unless said otherwise.
  ///
  /// Of two values with the same name the one that is loaded first counts.
  var name: ApplicationName { get }
  /// What must have been started before it; nothing unless said otherwise.
  ///
  /// Read when the application is loaded or started. One that is not always needed stands behind an `if` (OTP's optional
  /// applications).
  @ApplicationListBuilder var applications: [any ApplicationBehaviour] { get }
  /// Its configuration: see ``ApplicationKey``.
  ///
  /// Checked at each start: a value from outside that is not understood is a start that fails.
  var settings: [ApplicationSetting] { get }
  /// Before the tree is started.
  ///
  /// - Throws: why it must not start: any error.
  func willStart() async throws
  /// When the tree runs, and before anything that needs the application starts (a start phase of OTP).
  ///
  /// - Throws: why it is of no use: any error. The tree is stopped again.
  func didStart() async throws
  /// Before the tree is stopped, or when it has ended by itself (OTP's `prep_stop/1`).
  func willStop() async
  /// When the tree is gone (OTP's `stop/1`).
  func didStop() async
}

extension ApplicationBehaviour {
  /// The type's name.
  public var name: ApplicationName { ApplicationName("\(Self.self)") }
  /// None.
  public var applications: [any ApplicationBehaviour] { [] }
  /// None.
  public var settings: [ApplicationSetting] { [] }
  /// Nothing.
  public func willStart() async throws {}
  /// Nothing.
  public func didStart() async throws {}
  /// Nothing.
  public func willStop() async {}
  /// Nothing.
  public func didStop() async {}
}

/// Builds a list of applications: values under one another, with `if` and `for`.
@resultBuilder
public enum ApplicationListBuilder {
  /// One application.
  public static func buildExpression(_ application: any ApplicationBehaviour) -> [any ApplicationBehaviour] {
    [application]
  }
  /// A list of applications.
  public static func buildExpression(_ applications: [any ApplicationBehaviour]) -> [any ApplicationBehaviour] {
    applications
  }
  /// Applications after one another.
  public static func buildBlock(_ parts: [any ApplicationBehaviour]...) -> [any ApplicationBehaviour] {
    parts.flatMap { $0 }
  }
  /// `if` without `else`.
  public static func buildOptional(_ part: [any ApplicationBehaviour]?) -> [any ApplicationBehaviour] { part ?? [] }
  /// `if` with `else`, and `switch`.
  public static func buildEither(first: [any ApplicationBehaviour]) -> [any ApplicationBehaviour] { first }
  /// `if` with `else`, and `switch`.
  public static func buildEither(second: [any ApplicationBehaviour]) -> [any ApplicationBehaviour] { second }
  /// `for`.
  public static func buildArray(_ parts: [[any ApplicationBehaviour]]) -> [any ApplicationBehaviour] {
    parts.flatMap { $0 }
  }
}
