@_spi(Runtime) import ProcessRuntime

extension GenServer {
  /// Starts a server that is linked to nobody (`GenServer.start/3`).
  ///
  /// Suspends until the closure has made it.
  ///
  /// - Parameters:
  ///   - name: registered before the closure runs.
  ///   - timeout: how long the closure may take before the new process is killed; nil: no limit.
  ///   - mailbox: what becomes of more mail than it can handle; nil: what holds for the program.
  ///   - make: makes the server, inside the new process (`init/1`). To give up, throw.
  /// - Returns: the server, ready.
  /// - Throws: ``StartError``: `alreadyStarted` if the name is taken, `timeout`, or what the closure has thrown.
  public static func start(
    _ name: ProcessName<Message>? = nil, timeout: Duration? = nil, mailbox: MailboxPolicy? = nil,
    _ make: @escaping @Sendable () throws -> Self
  ) async throws(StartError) -> ProcessRef<Message> {
    let process = ServerProcess(node: .current, parent: nil, .synchronous(make))
    try await ServerStart(name?.target, process, mailbox).run(linkedTo: nil, timeout)
    return ProcessRef(unchecked: process)
  }

  /// The same, for a server whose making suspends.
  public static func start(
    _ name: ProcessName<Message>? = nil, timeout: Duration? = nil, mailbox: MailboxPolicy? = nil,
    _ make: @escaping @Sendable () async throws -> Self
  ) async throws(StartError) -> ProcessRef<Message> {
    let process = ServerProcess(node: .current, parent: nil, .asynchronous(make))
    try await ServerStart(name?.target, process, mailbox).run(linkedTo: nil, timeout)
    return ProcessRef(unchecked: process)
  }

  /// Starts a server that is linked to the calling process, its parent, from its first instant
  /// (`GenServer.start_link/3`).
  ///
  /// Suspends until the closure has made it.
  ///
  /// If the closure throws, the new process's exit reaches the parent as any exit of a linked process: one that does not
  /// trap exits ends too.
  public static func startLink(
    _ name: ProcessName<Message>? = nil, timeout: Duration? = nil, mailbox: MailboxPolicy? = nil,
    _ make: @escaping @Sendable () throws -> Self
  ) async throws(StartError) -> ProcessRef<Message> {
    let parent = try ServerStart.parent()
    let process = ServerProcess(node: .current, parent: parent, .synchronous(make))
    try await ServerStart(name?.target, process, mailbox).run(linkedTo: parent, timeout)
    return ProcessRef(unchecked: process)
  }

  /// The same, for a server whose making suspends.
  public static func startLink(
    _ name: ProcessName<Message>? = nil, timeout: Duration? = nil, mailbox: MailboxPolicy? = nil,
    _ make: @escaping @Sendable () async throws -> Self
  ) async throws(StartError) -> ProcessRef<Message> {
    let parent = try ServerStart.parent()
    let process = ServerProcess(node: .current, parent: parent, .asynchronous(make))
    try await ServerStart(name?.target, process, mailbox).run(linkedTo: parent, timeout)
    return ProcessRef(unchecked: process)
  }

  /// Starts a server that the calling process monitors from its first instant (`gen_server:start_monitor/3`).
  ///
  /// Suspends until the closure has made it.
  ///
  /// The caller is its parent, as with `startLink`. If the start fails there is no down signal: the error tells.
  public static func startMonitor(
    _ name: ProcessName<Message>? = nil, timeout: Duration? = nil, mailbox: MailboxPolicy? = nil,
    _ make: @escaping @Sendable () throws -> Self
  ) async throws(StartError) -> (process: ProcessRef<Message>, monitor: MonitorRef) {
    let parent = try ServerStart.parent()
    let process = ServerProcess(node: .current, parent: parent, .synchronous(make))
    let monitor = try await ServerStart(name?.target, process, mailbox).runMonitored(by: parent, timeout)
    return (ProcessRef(unchecked: process), monitor)
  }

  /// The same, for a server whose making suspends.
  public static func startMonitor(
    _ name: ProcessName<Message>? = nil, timeout: Duration? = nil, mailbox: MailboxPolicy? = nil,
    _ make: @escaping @Sendable () async throws -> Self
  ) async throws(StartError) -> (process: ProcessRef<Message>, monitor: MonitorRef) {
    let parent = try ServerStart.parent()
    let process = ServerProcess(node: .current, parent: parent, .asynchronous(make))
    let monitor = try await ServerStart(name?.target, process, mailbox).runMonitored(by: parent, timeout)
    return (ProcessRef(unchecked: process), monitor)
  }
}

extension GenServer {
  /// `startLink` for a child specification, which keeps no more of it than there is.
  static func starting(
    _ name: NameTarget?, _ make: ServerMake<Self>
  ) -> @Sendable () async throws -> ProcessID? {
    guard let name else {
      return switch make {
      case .synchronous(let make): { try await startLinked(nil, .synchronous(make)) }
      case .asynchronous(let make): { try await startLinked(nil, .asynchronous(make)) }
      }
    }
    return { try await startLinked(name, make) }
  }

  private static func startLinked(_ name: NameTarget?, _ make: ServerMake<Self>) async throws(StartError) -> ProcessID {
    let parent = try ServerStart.parent()
    let process = ServerProcess(node: .current, parent: parent, make)
    try await ServerStart(name, process).run(linkedTo: parent, nil)
    return process.id
  }
}
