@_spi(Runtime) import ProcessRuntime

/// The applications of this node: several parts of one program, each with a tree, a configuration and an order of its own
/// (OTP's and Elixir's module `application`).
///
///     try await Applications.ensureAllStarted(Store())
///     print(await Applications.started().map(\.name))   // [database, store]
///     try await Applications.stop("store")
///
/// A program that is nothing but its applications is a ``SupervisedApplication``, or calls
/// ``run(_:type:shutdownDeadline:)``.
public enum Applications {
  /// What the end of an application means for the others (`application:start/2`).
  public enum StartType: String, Hashable, Sendable, CaseIterable {
    /// Its end is reported, and changes nothing else.
    case temporary
    /// If it ends for any reason but `normal`, all applications are stopped; `shutdown`, with which a supervisor gives up, is
    /// such a reason.
    case transient
    /// If it ends, all applications are stopped.
    case permanent
  }

  /// One application as it is known on this node.
  public struct Item: Hashable, Sendable, Identifiable {
    /// Its name.
    public let name: ApplicationName
    /// How it was started; nil if it does not run.
    public let type: StartType?
    /// What must have been started before it.
    public let needs: [ApplicationName]

    /// The name.
    public var id: ApplicationName { name }
  }

  /// Makes an application known, with its settings, without starting it (`application:load/1`).
  ///
  /// Nothing happens if one of its name is known. Suspends briefly.
  ///
  /// - Throws: ``ApplicationError``, `startFailed` if a setting from outside is not understood.
  public static func load(_ application: any ApplicationBehaviour) async throws(ApplicationError) {
    do {
      try ApplicationEnvironment.current.enter(application, isLoad: true)
    } catch {
      throw ApplicationError(.startFailed(application.name, StartError(.failed(.failure(error)))))
    }
    let record = ApplicationRecord(application)
    _ = try await ask { .load($0, record) }
  }

  /// Forgets an application that does not run, and its settings (`application:unload/1`).
  ///
  /// - Throws: ``ApplicationError``: `running`, `notLoaded`.
  public static func unload(_ name: ApplicationName) async throws(ApplicationError) {
    _ = try await ask { .unload($0, name) }
    ApplicationEnvironment.current.leave(name)
  }

  /// Starts one application (`application:start/2`).
  ///
  /// Suspends until it runs. Who asks for one that is just being started shares that start, and what becomes of it.
  ///
  /// A permanent application that does not start stops all others, as does a transient one, unless the reason is `normal`.
  ///
  /// - Parameters:
  ///   - application: what to start; if one of its name is loaded, that.
  ///   - type: what its end will mean for the others.
  /// - Throws: ``ApplicationError``: `alreadyStarted`; `needs` if it needs one that has not been started; `startFailed`;
  ///   `stopping` while all applications are being stopped.
  public static func start(
    _ application: any ApplicationBehaviour, type: StartType = .temporary
  ) async throws(ApplicationError) {
    let record = ApplicationRecord(application)
    _ = try await ask { .start($0, record, type) }
  }

  /// Starts applications and all that they need, each after what it needs (`application:ensure_all_started/2`).
  ///
  /// Suspends until they run. Those that run already are left alone. If one does not start, those that this call has started
  /// are stopped again, in reverse order.
  ///
  /// - Parameters:
  ///   - applications: what to start.
  ///   - type: what the end of those that this call starts will mean for the others.
  /// - Returns: those that this call has started, in the order in which it has.
  /// - Throws: ``ApplicationError``: `cycle`, `startFailed`, `stopping`.
  @discardableResult
  public static func ensureAllStarted(
    _ applications: any ApplicationBehaviour..., type: StartType = .temporary
  ) async throws(ApplicationError) -> [ApplicationName] {
    try await ensureAllStarted(applications, type: type)
  }

  /// The same, for a list.
  @discardableResult
  public static func ensureAllStarted(
    _ applications: [any ApplicationBehaviour], type: StartType = .temporary
  ) async throws(ApplicationError) -> [ApplicationName] {
    var begun: [ApplicationName] = []
    for application in try ApplicationOrder.of(applications) {
      do {
        try await start(application, type: type)
        begun.append(application.name)
      } catch {
        if case .alreadyStarted = error.kind { continue }
        for name in begun.reversed() { _ = try? await stop(name) }
        throw error
      }
    }
    return begun
  }

  /// Stops one application: ``ApplicationBehaviour/willStop()``, the tree, ``ApplicationBehaviour/didStop()``
  /// (`application:stop/1`).
  ///
  /// Suspends until nothing of it is left. The others go on, whatever its type, those that need it too.
  ///
  /// - Parameters:
  ///   - name: which.
  ///   - deadline: how long all of it may take; what is left then is killed. Nil: as long as it takes, as in OTP. If it is
  ///     being stopped already, the deadline that is over first counts.
  /// - Returns: what had not stopped in time; nil if all has.
  /// - Throws: ``ApplicationError``, `notStarted`.
  @discardableResult
  public static func stop(
    _ name: ApplicationName, deadline: Duration? = nil
  ) async throws(ApplicationError) -> ShutdownReport? {
    try await ask { .stop($0, name, deadline) }
  }

  /// Stops all applications, in the reverse of the order in which they have started (`init:stop/0`, without the end of the
  /// program).
  ///
  /// Suspends until they are stopped. Who runs the program with ``run(_:type:shutdownDeadline:)`` goes on from there.
  ///
  /// - Parameter deadline: how long all of it may take; what is left then is killed. Of several who ask, the deadline that is over
  ///   first counts.
  /// - Returns: what had not stopped in time; nil if all has.
  /// - Throws: ``ApplicationError``, `noAnswer` if the calling task is cancelled; the order stands.
  @discardableResult
  public static func stopAll(deadline: Duration? = nil) async throws(ApplicationError) -> ShutdownReport? {
    try await ask { .stopAll($0, ApplicationEnd(.stopped), deadline) }
  }

  /// Those that run, in the order in which they have started (`application:which_applications/0`).
  ///
  /// Empty while there is nobody to ask.
  public static func started() async -> [Item] { await items(runningOnly: true) }

  /// All that are known: those that run, in the order in which they have started, then the others by name
  /// (`application:loaded_applications/0`).
  public static func loaded() async -> [Item] { await items(runningOnly: false) }
}

extension Applications {
  private static let controllerName: ProcessName<ApplicationController.Message> = "application_controller"

  /// The process that looks after the applications of the caller's node; started if need be.
  static func controller() async throws(ApplicationError) -> ProcessRef<ApplicationController.Message> {
    if let process = controllerName.whereis { return ProcessRef(unchecked: process.cell) }
    do {
      return try await ApplicationController.start(controllerName) { try ApplicationController() }
    } catch {
      if case .alreadyStarted(let process) = error.kind { return ProcessRef(unchecked: process.cell) }
      throw ApplicationError(.noAnswer(CallError(.exited(error.reason))))
    }
  }

  private static func ask(
    _ event: (ApplicationCaller) -> ApplicationController.Machine.Event
  ) async throws(ApplicationError) -> ShutdownReport? {
    let controller = try await controller()
    let result: Result<ShutdownReport?, ApplicationError>
    do {
      result = try await controller.call(timeout: nil) { .event(event(ApplicationCaller(reply: $0))) }
    } catch {
      throw ApplicationError(.noAnswer(error))
    }
    return try result.get()
  }

  private static func items(runningOnly: Bool) async -> [Item] {
    guard controllerName.whereis != nil else { return [] }
    return (try? await controllerName.call(timeout: nil) { .list(isRunningOnly: runningOnly, $0) }) ?? []
  }
}
