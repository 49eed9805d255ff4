@_spi(Runtime) import ProcessRuntime

/// How a server is made, inside its process.
enum ServerMake<Server>: Sendable {
  case synchronous(@Sendable () throws -> Server)
  case asynchronous(@Sendable () async throws -> Server)
}

/// The process of a server, without its type.
class ServerCell: ProcessCell, @unchecked Sendable {
  /// Who waits for init.
  ///
  /// Set before anybody else knows the process, and never changed: a ticket that has been used does nothing.
  @exclusivity(unchecked) final var starter: WaitTicket?
  /// What system operations have left behind: suspended, logged, traced; most servers have none.
  @exclusivity(unchecked) final var system: ServerSystem?
}

/// One start: from the call to the acknowledgement (rules PL-10 to PL-18).
///
/// Not generic, other than what calls it: code that is generic in another module's type pays for it at each step.
struct ServerStart {
  private let name: NameTarget?
  private let process: ServerCell

  init(_ name: NameTarget?, _ process: ServerCell, _ mailbox: MailboxPolicy? = nil) {
    self.name = name
    self.process = process
    process.start(with: mailbox)
  }

  /// The process that the caller wants to be the parent.
  static func parent() throws(StartError) -> ProcessCell {
    guard let parent = ProcessCell.current else { throw StartError(.outsideProcess) }
    return parent
  }

  func runMonitored(by parent: ProcessCell, _ timeout: Duration?) async throws(StartError) -> MonitorRef {
    let monitor = parent.monitor(process)
    do {
      try await run(linkedTo: nil, timeout)
      return monitor
    } catch {
      _ = parent.demonitor(monitor, flush: true)
      throw error
    }
  }

  func run(linkedTo parent: ProcessCell?, _ timeout: Duration?) async throws(StartError) {
    let node = process.node
    let starter = ProcessCell.current
    defer { starter?.endCall() }
    do {
      try await suspend(until: timeout.map { node.clock.now().after($0) } ?? .max, in: starter, on: node) { ticket in
        process.starter = ticket
        if let failure = register() {
          ticket.resume(throwing: failure)
          return
        }
        if let parent { _ = parent.link(to: process) }
        // The new process cannot call back: its starter waits for it (rule HST-7).
        _ = starter?.beginCall(to: process, ticket)
        process.noteOrigin()
        process.begin()
      } as Void
    } catch {
      if let starter, starter.isDead {
        // Whoever has ended meanwhile has no say: links decide what becomes of the new process.
        throw StartError(.failed(.failure(error)))
      }
      // After a failed start nothing of the new process is left: not its name, not its exit in the parent's mailbox.
      parent?.unlink(from: process)
      process.die(.killed)
      parent?.takeSignal { if case .exit(process.id, _) = $0 { true } else { false } }
      switch error {
      case let error as StartError: throw error
      case is WaitTimeout: throw StartError(.timeout)
      default: throw StartError(.cancelled)
      }
    }
  }

  private func register() -> StartError? {
    guard let name else { return nil }
    do {
      try ProcessName<Never>(target: name).register(ProcessRef<Never>(unchecked: process))
      return nil
    } catch {
      if case .taken(let holder) = error.kind { return StartError(.alreadyStarted(holder)) }
      return StartError(.invalid(error.description))
    }
  }
}
