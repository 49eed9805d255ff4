@_spi(Runtime) import ProcessRuntime

extension ProcessRef {
  /// Orders a GenServer to end, and waits until it has (`GenServer.stop/3`): it handles what came before, runs
  /// `terminate`, and ends with `reason`.
  ///
  /// A reason that is not clean is logged as a crash.
  ///
  /// - Parameters:
  ///   - reason: what the server ends with.
  ///   - timeout: how long to wait; nil for ever. The order stands even if the wait ends.
  /// - Throws: ``CallError``: `noProcess`, `callingSelf`, `timeout`, or `exited` with the reason if the server ended with
  ///   another one.
  public func stop(reason: ExitReason = .normal, timeout: Duration? = nil) async throws(CallError) {
    try await id.stop(reason: reason, timeout: timeout)
  }
}

extension ProcessName {
  /// Orders whoever has the name to end: see ``ProcessRef/stop(reason:timeout:)``.
  public func stop(reason: ExitReason = .normal, timeout: Duration? = nil) async throws(CallError) {
    guard let process = whereis else { throw CallError(.noProcess, target: rawValue) }
    try await process.stop(reason: reason, timeout: timeout)
  }
}

extension ProcessID {
  func stop(reason: ExitReason, timeout: Duration?) async throws(CallError) {
    let name = description
    if cell === ProcessCell.current { throw CallError(.callingSelf, target: name) }
    guard isAlive else { throw CallError(.noProcess, target: name) }
    var isOrdered = false
    let seen: ExitReason
    do {
      seen = try await exited(within: timeout) {
        isOrdered = true
        cell.push(Envelope<SystemMessage>.make(.stop(reason), kind: .system))
      }
    } catch {
      switch error {
      case is WaitTimeout: throw CallError(.timeout, target: name)
      case let reason as ExitReason: throw CallError(.exited(reason), target: ProcessCell.current?.id.description)
      default: throw CallError(.cancelled, target: name)
      }
    }
    if !isOrdered { throw CallError(.noProcess, target: name) }
    if seen != reason { throw CallError(.exited(seen), target: name) }
  }
}
