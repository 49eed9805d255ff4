@_spi(Runtime) import ProcessRuntime
import Synchronization

/// The process at the top of one running application (OTP's application master): all others of the application descend from
/// it.
struct ApplicationMaster: Sendable {
  enum Order: Sendable { case stop }

  private let application: any ApplicationBehaviour
  private let name: ApplicationName
  private let controller: ProcessRef<ApplicationController.Message>

  init(_ record: ApplicationRecord, _ controller: ProcessRef<ApplicationController.Message>) {
    application = record.application
    name = record.name
    self.controller = controller
  }

  private func tell(_ event: ApplicationController.Machine.Event) { controller.send(.event(event)) }

  func run(_ inbox: inout Mailbox<Order>) async throws {
    guard let cell = ProcessCell.current else { return }
    CurrentProcess.trapsExits = true
    ApplicationPlace.mark(cell, name)
    let hasGivenUp = Flag()
    let top: ProcessID
    do {
      top = try await start(hasGivenUp)
    } catch {
      ApplicationController.killDescendants(of: cell)
      return tell(.notStarted(name, (error as? StartError) ?? StartError(.failed(.failure(error)))))
    }
    tell(.started(name))
    let end = try await serve(&inbox, top, hasGivenUp)
    ApplicationController.killDescendants(of: cell)
    tell(.ended(name, end))
  }

  private func start(_ hasGivenUp: Flag) async throws -> ProcessID {
    try ApplicationEnvironment.current.enter(application)
    let application = application
    try await inProcess("willStart") { try await application.willStart() }
    let top = try await Supervisor.startLink(application) { hasGivenUp.set() }
    do {
      try await inProcess("didStart") { try await application.didStart() }
    } catch {
      await stop(top.id)
      throw error
    }
    return top.id
  }

  /// Waits for the order to stop, or for the end of the tree.
  private func serve(
    _ inbox: inout Mailbox<Order>, _ top: ProcessID, _ hasGivenUp: Flag
  ) async throws -> ApplicationEnd {
    let application = application
    var ended: ExitReason?
    waiting: while true {
      switch try await inbox.receive() {
      case .message(.stop): break waiting
      case .signal(.exit(top, let reason)):
        ended = reason
        break waiting
      case .signal(.exit(controller.id, _)): break waiting
      case .signal: break
      }
    }
    // Whatever becomes of these two: the tree is stopped, and the application ends.
    try? await inProcess("willStop") { await application.willStop() }
    if ended == nil { await stop(top) }
    try? await inProcess("didStop") { await application.didStop() }
    guard let reason = ended else { return ApplicationEnd(.stopped, of: name) }
    let isFailure = hasGivenUp.isSet || !reason.isClean
    return ApplicationEnd(isFailure ? .gaveUp(reason) : .finished(reason), of: name)
  }

  private func stop(_ top: ProcessID) async {
    top.exit(.shutdown)
    _ = await top.exited()
  }

  /// Runs one of the application's functions in a process of its own.
  ///
  /// - Throws: what it has thrown, or the reason that its process has ended for.
  private func inProcess(_ label: String, _ body: @escaping @Sendable () async throws -> Void) async throws {
    let box = ErrorBox()
    let process = try spawnLink(label: label) {
      do { try await body() } catch { box.set(error) }
    }
    let reason = await process.exited()
    if let error = box.error { throw error }
    if reason != .normal { throw StartError(.failed(reason)) }
  }
}

/// Whether something has happened.
final class Flag: Sendable {
  private let value = Atomic<Bool>(false)
  var isSet: Bool { value.load(ordering: .sequentiallyConsistent) }
  func set() { value.store(true, ordering: .sequentiallyConsistent) }
}

/// What was thrown in another process.
private final class ErrorBox: Sendable {
  private let value = Mutex<(any Error)?>(nil)
  var error: (any Error)? { value.withLock { $0 } }
  func set(_ error: any Error) { value.withLock { $0 = error } }
}
