@_spi(Runtime) import ProcessRuntime

extension GenServer {
  /// Starts a server that is linked to nobody (`GenServer.start/3`). Suspends until the closure has made it.
  ///
  /// - Parameters:
  ///   - name: registered before the closure runs.
  ///   - timeout: how long the closure may take before the new process is killed; nil: no limit.
  ///   - make: makes the server, inside the new process (`init/1`). To give up, throw.
  public static func start(
    _ name: ProcessName<Message>? = nil, timeout: Duration? = nil, _ make: @escaping @Sendable () throws -> Self
  ) async throws(StartError) -> ProcessRef<Message> {
    try await ServerStart(name, .synchronous(make)).run(linkedTo: nil, timeout)
  }

  /// The same, for a server whose making suspends.
  public static func start(
    _ name: ProcessName<Message>? = nil, timeout: Duration? = nil, _ make: @escaping @Sendable () async throws -> Self
  ) async throws(StartError) -> ProcessRef<Message> {
    try await ServerStart(name, .asynchronous(make)).run(linkedTo: nil, timeout)
  }

  /// Starts a server that is linked to the calling process, its parent, from its first instant (`GenServer.start_link/3`).
  /// Suspends until the closure has made it.
  ///
  /// If the closure throws, the new process's exit reaches the parent as any exit of a linked process: one that does not
  /// trap exits ends too.
  public static func startLink(
    _ name: ProcessName<Message>? = nil, timeout: Duration? = nil, _ make: @escaping @Sendable () throws -> Self
  ) async throws(StartError) -> ProcessRef<Message> {
    try await ServerStart(name, .synchronous(make)).runLinked(timeout)
  }

  /// The same, for a server whose making suspends.
  public static func startLink(
    _ name: ProcessName<Message>? = nil, timeout: Duration? = nil, _ make: @escaping @Sendable () async throws -> Self
  ) async throws(StartError) -> ProcessRef<Message> {
    try await ServerStart(name, .asynchronous(make)).runLinked(timeout)
  }
}

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

  func run(linkedTo parent: ProcessCell?, _ timeout: Duration?) async throws(StartError) -> ProcessRef<Server.Message> {
    let node = Node.current
    let process = ServerProcess<Server>(node: node, parent: parent, make)
    let ref = ProcessRef<Server.Message>(unchecked: process)
    if let name {
      do {
        try name.register(ref)
      } catch {
        if case .taken(let holder) = error.kind { throw StartError(.alreadyStarted(holder)) }
        throw StartError(.invalid(error.description))
      }
    }
    if let parent { _ = parent.link(to: process) }
    do {
      try await suspend(until: timeout.map { node.clock.now().after($0) } ?? .max, on: node) { ticket in
        process.starter = ticket
        process.begin()
      } as Void
      return ref
    } catch {
      let failure: StartError
      switch error {
      case let error as StartError: failure = error
      case is WaitTimeout: failure = StartError(.timeout)
      case is CancellationError: failure = StartError(.cancelled)
      default: failure = StartError(.failed(.failure(error)))
      }
      // After a failed start nothing of the new process is left: not its name, not its exit in the parent's mailbox.
      if let parent, !parent.isDead { parent.unlink(from: process) }
      process.die(.killed)
      parent?.takeSignal { if case .exit(process.id, _) = $0 { true } else { false } }
      throw failure
    }
  }
}
