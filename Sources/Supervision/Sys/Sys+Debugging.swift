@_spi(Runtime) import ProcessRuntime

/// Counting, keeping and tracing the events of a server: one for each message, signal or timeout that comes, and one for each
/// that is handled. System messages are no events.
extension Sys {
  /// Counts events from now on (`sys:statistics(_, true)`); begins again if it counts already.
  public static func startStatistics(
    of target: some SystemTarget, timeout: Duration? = .seconds(5)
  ) async throws(SysError) {
    if let remote = target.remoteServer {
      return try await remote.system.perform(.startStatistics, on: remote.process, timeout: timeout)
    }
    try await ask(target, "statistics", timeout) { cell in
      change(cell) { $0.counts = .init(start: ProcessClock.now, reductions: cell.reductions) }
      return .success(())
    }
  }

  /// What was counted (`sys:statistics(_, get)`); nil if nothing is.
  public static func statistics(
    of target: some SystemTarget, timeout: Duration? = .seconds(5)
  ) async throws(SysError) -> SystemStatistics? {
    if let remote = target.remoteServer {
      return try await remote.system.statistics(of: remote.process, timeout: timeout)
    }
    return try await ask(target, "statistics", timeout) { cell in .success(cell.system?.statistics(of: cell)) }
  }

  /// Counts no more (`sys:statistics(_, false)`).
  public static func stopStatistics(
    of target: some SystemTarget, timeout: Duration? = .seconds(5)
  ) async throws(SysError) {
    try await change(target, "statistics", timeout, .stopStatistics) { $0.counts = nil }
  }

  /// Keeps the last events from now on (`sys:log(_, {true, N})`).
  ///
  /// They stand in ``getStatus(of:timeout:)``, and in the report if the server crashes.
  ///
  /// - Parameters:
  ///   - target: the server.
  ///   - last: how many; ten if not given, as in OTP.
  ///   - timeout: how long to wait for the answer; nil for ever.
  /// - Throws: ``SysError``.
  public static func startLog(
    of target: some SystemTarget, last: Int = 10, timeout: Duration? = .seconds(5)
  ) async throws(SysError) {
    try await change(target, "log", timeout, .startLog(last: last)) { $0.keepLog(of: last) }
  }

  /// The events that were kept, the oldest first (`sys:log(_, get)`).
  public static func log(
    of target: some SystemTarget, timeout: Duration? = .seconds(5)
  ) async throws(SysError) -> [SystemEvent] {
    if let remote = target.remoteServer { return try await remote.system.log(of: remote.process, timeout: timeout) }
    return try await ask(target, "log", timeout) { cell in .success(cell.system?.log ?? []) }
  }

  /// Keeps none any more, and forgets those that it has (`sys:log(_, false)`).
  public static func stopLog(of target: some SystemTarget, timeout: Duration? = .seconds(5)) async throws(SysError) {
    try await change(target, "log", timeout, .stopLog) { $0.keepLog(of: 0) }
  }

  /// Tells each event to `sink` (`sys:trace/2`), which prints it if nothing else is said.
  ///
  ///     try await Sys.trace(ref)
  ///     cache.send(.save("hola"))  // *DBG* cache got save("hola")
  ///
  /// The sink runs in a process of its own, some time after the event. One trace at a time.
  public static func trace(
    _ target: some SystemTarget, timeout: Duration? = .seconds(5),
    to sink: @escaping @Sendable (SystemEvent) -> Void = { print($0) }
  ) async throws(SysError) {
    try await install(traceID, in: target, state: (), timeout: timeout) { _, event in sink(event) }
  }

  /// Ends the trace (`sys:trace(_, false)`).
  ///
  /// The sink still gets the events that came before.
  public static func stopTrace(_ target: some SystemTarget, timeout: Duration? = .seconds(5)) async throws(SysError) {
    try await remove(traceID, from: target, timeout: timeout)
  }

  /// Has each event handled by a function with a state of its own (`sys:install/2`).
  ///
  /// It runs in a process of its own, which ends with the server. To be removed, it throws; a trap removes it too, and is
  /// reported.
  ///
  /// - Parameters:
  ///   - id: its name: if something of that name is installed already, nothing happens.
  ///   - target: the server.
  ///   - state: what the function begins with.
  ///   - timeout: how long to wait for the answer; nil for ever.
  ///   - handle: is given its state and the event.
  /// - Throws: ``SysError``.
  public static func install<State: Sendable>(
    _ id: String, in target: some SystemTarget, state: State, timeout: Duration? = .seconds(5),
    _ handle: @escaping @Sendable (inout State, SystemEvent) throws -> Void
  ) async throws(SysError) {
    guard let process = target.systemTarget else {
      throw SysError(.call(CallError(.noProcess, target: "\(target)")))
    }
    guard process.remote == nil else { throw SysError(.onlyHere("install")) }
    let listener = listen(to: process, id, state, handle)
    do {
      let isNew = try await ask(process, "install", timeout) { cell in
        var isNew = false
        change(cell) { isNew = $0.install(listener) }
        return .success(isNew)
      }
      if !isNew { listener.process.exit(.shutdown) }
    } catch {
      listener.process.exit(.shutdown)
      throw error
    }
  }

  /// Removes what was installed under that name (`sys:remove/2`).
  ///
  /// It still handles the events that came before.
  public static func remove(
    _ id: String, from target: some SystemTarget, timeout: Duration? = .seconds(5)
  ) async throws(SysError) {
    try await change(target, "remove", timeout) { $0.remove(id) }
  }

  /// Counts, keeps and traces nothing any more, and removes all that was installed (`sys:no_debug/1`).
  public static func noDebug(_ target: some SystemTarget, timeout: Duration? = .seconds(5)) async throws(SysError) {
    try await change(target, "no_debug", timeout, .noDebug) { $0.removeAll() }
  }

  /// The name under which traces are installed.
  static var traceID: String { "trace" }

  static func change(
    _ target: some SystemTarget, _ name: String, _ timeout: Duration?, _ command: RemoteCommand? = nil,
    _ body: @escaping @Sendable (ServerSystem) -> Void
  ) async throws(SysError) {
    if let command, let remote = target.remoteServer {
      return try await remote.system.perform(command, on: remote.process, timeout: timeout)
    }
    try await ask(target, name, timeout) { cell in
      change(cell, body)
      return .success(())
    }
  }

  /// In the server: what it does not need it does not keep.
  static func change(_ cell: ServerCell, _ body: (ServerSystem) -> Void) {
    let system = cell.system ?? ServerSystem()
    body(system)
    cell.system = system.isIdle ? nil : system
  }

  /// A process that handles the events of another one until that ends.
  static func listen<State: Sendable>(
    to process: ProcessID, _ id: String, _ state: State,
    _ handle: @escaping @Sendable (inout State, SystemEvent) throws -> Void
  ) -> ServerSystem.Listener {
    let listener = spawnApart(receiving: SystemEvent?.self, label: "\(id) of \(process)") { inbox in
      try CurrentProcess.monitor(process)
      var state = state
      while case .message(let event?) = try await inbox.receive() {
        do { try handle(&state, event) } catch { return }
      }
    }
    let ref = ProcessRef<SystemEvent?>(unsafelyTyped: listener)
    return ServerSystem.Listener(id: id, process: listener, tell: { ref.send($0) }, end: { ref.send(nil) })
  }
}

extension ServerSystem {
  func statistics(of cell: ServerCell) -> SystemStatistics? {
    counts.map {
      SystemStatistics(
        start: $0.start, current: ProcessClock.now, reductions: cell.reductions - $0.reductions,
        messagesIn: $0.messagesIn, messagesOut: $0.messagesOut)
    }
  }
}
