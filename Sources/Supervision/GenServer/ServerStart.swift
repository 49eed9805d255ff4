@_spi(Runtime) import ProcessRuntime

/// How a server is made, inside its process.
enum ServerMake<Server>: Sendable {
  case synchronous(@Sendable () throws -> Server)
  case asynchronous(@Sendable () async throws -> Server)
}

/// One start: from the call to the acknowledgement (rules PL-10 to PL-18).
struct ServerStart<Server: GenServer> {
  private let name: ProcessName<Server.Message>?
  private let make: ServerMake<Server>

  init(_ name: ProcessName<Server.Message>?, _ make: ServerMake<Server>) {
    self.name = name
    self.make = make
  }

  func runLinked(_ timeout: Duration?) async throws(StartError) -> ProcessRef<Server.Message> {
    guard let parent = ProcessCell.current else { throw StartError(.outsideProcess) }
    return try await run(linkedTo: parent, timeout)
  }

  func runMonitored(
    _ timeout: Duration?
  ) async throws(StartError) -> (process: ProcessRef<Server.Message>, monitor: MonitorRef) {
    guard let parent = ProcessCell.current else { throw StartError(.outsideProcess) }
    let process = ServerProcess<Server>(node: parent.node, parent: parent, make)
    let monitor = parent.monitor(process)
    do {
      return (try await run(process, linkedTo: nil, timeout), monitor)
    } catch {
      _ = parent.demonitor(monitor, flush: true)
      throw error
    }
  }

  func run(linkedTo parent: ProcessCell?, _ timeout: Duration?) async throws(StartError) -> ProcessRef<Server.Message> {
    try await run(ServerProcess<Server>(node: .current, parent: parent, make), linkedTo: parent, timeout)
  }

  private func run(
    _ process: ServerProcess<Server>, linkedTo parent: ProcessCell?, _ timeout: Duration?
  ) async throws(StartError) -> ProcessRef<Server.Message> {
    let node = process.node
    let starter = ProcessCell.current
    let ref = ProcessRef<Server.Message>(unchecked: process)
    defer { starter?.endCall() }
    do {
      try await suspend(until: timeout.map { node.clock.now().after($0) } ?? .max, in: starter, on: node) { ticket in
        process.starter = ticket
        if let failure = register(ref) {
          ticket.resume(throwing: failure)
          return
        }
        if let parent { _ = parent.link(to: process) }
        // The new process cannot call back: its starter waits for it (rule HST-7).
        _ = starter?.beginCall(to: process, ticket)
        process.begin()
      } as Void
      return ref
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

  private func register(_ process: ProcessRef<Server.Message>) -> StartError? {
    guard let name else { return nil }
    do {
      try name.register(process)
      return nil
    } catch {
      if case .taken(let holder) = error.kind { return StartError(.alreadyStarted(holder)) }
      return StartError(.invalid(error.description))
    }
  }
}
