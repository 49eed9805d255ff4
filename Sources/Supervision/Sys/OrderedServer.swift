@_spi(Runtime) package import ProcessRuntime

/// A server in its own turn, for an order that has come from elsewhere: what OTP's `sys` can have it do.
package struct OrderedServer: Sendable {
  private let cell: ServerCell

  init(_ cell: ServerCell) { self.cell = cell }

  /// The server's process.
  package var process: ProcessCell { cell }

  /// Whether it leaves messages where they are.
  package var isSuspended: Bool { cell.system?.isSuspended == true }
  package func suspend() { Sys.change(cell) { $0.isSuspended = true } }
  package func resume() { Sys.change(cell) { $0.isSuspended = false } }

  package func status() async -> SystemStatus { await Sys.status(of: cell) }

  // MARK: Events

  package func startStatistics() {
    Sys.change(cell) { $0.counts = .init(start: ProcessClock.now, reductions: cell.reductions) }
  }
  package func stopStatistics() { Sys.change(cell) { $0.counts = nil } }
  package var statistics: SystemStatistics? { cell.system?.statistics(of: cell) }

  package var log: [SystemEvent] { cell.system?.log ?? [] }
  /// Keeps that many events; none any more if it is 0.
  package func keepLog(of length: Int) { Sys.change(cell) { $0.keepLog(of: length) } }

  /// Prints each event, if it does not already.
  package func trace() {
    let listener = Sys.listen(to: cell.id, Sys.traceID, ()) { _, event in print(event) }
    var isNew = false
    Sys.change(cell) { isNew = $0.install(listener) }
    if !isNew { listener.process.exit(.shutdown) }
  }
  package func stopTrace() { Sys.change(cell) { $0.remove(Sys.traceID) } }
  package func noDebug() { Sys.change(cell) { $0.removeAll() } }

  // MARK: The state

  /// A copy of the state; nil if it must not be seen.
  package var state: Any? { cell.redaction == .none ? cell.inspectedState : nil }

  /// False if it is of another type than the server's.
  package func replaceState(with new: Any) -> Bool { (cell as? any SystemServer)?.replaceState(with: new) ?? false }

  /// Runs the user's code in a process of its own: a trap ends that one, and not the server.
  package func apart<Value>(
    _ what: String, _ body: @escaping () throws -> Value
  ) async -> Result<Value, ExitReason> {
    await Sys.apart(from: cell, what, body)
  }
}

/// What is to be done in a server's turn, behind what stands in its mailbox.
private struct OutsideOrder: ServerRequest {
  let name: String
  let isSystemMessage: Bool
  let body: @Sendable (OrderedServer) async throws -> Void

  func perform(on server: ServerCell, for caller: WaitTicket?) async throws { try await body(OrderedServer(server)) }
}

extension Sys {
  /// A part of the state of a server of whatever type; nil if it must not be seen.
  ///
  /// The closure runs on a copy, in a process of its own.
  package static func inspectState<Part: Sendable>(
    of process: ProcessID, timeout: Duration?, _ body: @escaping @Sendable (Any) throws -> Part
  ) async throws(SysError) -> Part? {
    try await ask(process, "get_state", timeout) { cell -> Result<Part?, SysError> in
      guard let state = OrderedServer(cell).state else { return .success(nil) }
      return await apart(from: cell, "get_state") { try body(state) }
        .map(Optional.some).mapError { SysError(.callbackFailed($0)) }
    }
  }

  /// Has a server of this node do something in its own turn, and waits for the answer.
  package static func perform<Answer: Sendable>(
    _ name: String, on target: some SystemTarget, timeout: Duration?,
    _ body: @escaping @Sendable (OrderedServer) async -> Result<Answer, SysError>
  ) async throws(SysError) -> Answer {
    try await ask(target, name, timeout) { await body(OrderedServer($0)) }
  }

  /// An order for a server, of whatever kind.
  ///
  /// - Parameters:
  ///   - name: for reports.
  ///   - process: the server.
  ///   - isSystemMessage: whether it is obeyed while the server is suspended.
  ///   - body: what the server is to end with is thrown.
  /// - Returns: nil if the process is no server.
  package static func order(
    _ name: String, for process: ProcessCell, isSystemMessage: Bool = true,
    _ body: @escaping @Sendable (OrderedServer) async throws -> Void
  ) -> SystemMessage? {
    guard process is ServerCell else { return nil }
    return .request(OutsideOrder(name: name, isSystemMessage: isSystemMessage, body: body))
  }
}

/// A server that runs a behaviour whose state is two values: OTP's `{State, Data}`.
package protocol SplitState {
  var parts: (state: Any, data: Any) { get }
  /// False if one is of another type.
  mutating func setParts(_ state: Any, _ data: Any) -> Bool
}

extension StateMachineServer: SplitState {
  package var parts: (state: Any, data: Any) { (engine.state, machine) }

  package mutating func setParts(_ state: Any, _ data: Any) -> Bool {
    guard let state = state as? Machine.State, let data = data as? Machine else { return false }
    engine.state = state
    machine = data
    return true
  }
}

/// What can be seen of a supervisor without asking it.
package protocol SupervisorState {
  /// Nil for a dynamic one.
  var strategy: Supervisor.Strategy? { get }
  var intensity: Supervisor.Intensity { get }
  var children: [Supervisor.Child] { get }
}
