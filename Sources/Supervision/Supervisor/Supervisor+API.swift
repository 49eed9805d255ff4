@_spi(Runtime) public import ProcessRuntime

/// Asking a running supervisor. Each call waits, without limit, until the supervisor has done it: while it starts or stops a
/// child it does nothing else. From the supervisor's own process a call is the error `callingSelf`; from a child that it is
/// just starting or stopping, `deadlock`; of a dead one, `noProcess`.
extension Supervisor {
  /// How many children there are (`Supervisor.count_children/1`).
  public func countChildren() async throws(SupervisorError) -> Counts {
    guard case .counts(let counts) = try await ask(.countChildren) else { throw .noProcess }
    return counts
  }

  /// The children, the newest first (`Supervisor.which_children/1`).
  public func children() async throws(SupervisorError) -> [Child] {
    guard case .children(let children) = try await ask(.children) else { throw .noProcess }
    return children
  }

  /// One child (`:supervisor.which_child/2`).
  ///
  /// - Throws: `notFound`.
  public func child(_ id: ChildSpec.ID) async throws(SupervisorError) -> Child {
    guard case .child(let child) = try await ask(.child(id)) else { throw .notFound }
    return child
  }

  /// A child's specification, with what was left out filled in (`:supervisor.get_childspec/2`).
  ///
  /// - Throws: `notFound`.
  public func childSpec(_ id: ChildSpec.ID) async throws(SupervisorError) -> ChildSpec {
    guard case .childSpec(let spec) = try await ask(.childSpec(id)) else { throw .notFound }
    return spec
  }

  /// Adds a child after the others and starts it (`Supervisor.start_child/2`).
  ///
  /// - Returns: its process.
  /// - Throws: `alreadyStarted` if the id is taken by a running child, `alreadyPresent` if by one that does not run,
  ///   `startFailed` if it does not start (then it is not added), `ignored` if it chose not to run (then it is added, unless
  ///   temporary), `invalidSpec`.
  @discardableResult
  public func startChild(_ spec: ChildSpec) async throws(SupervisorError) -> ProcessID {
    guard case .process(let process?) = try await ask(.startChild(spec)) else { throw .ignored }
    return process
  }

  /// Stops a child (`Supervisor.terminate_child/2`).
  ///
  /// Its specification stays, unless it is temporary; it is not restarted. Fine for one that does not run.
  ///
  /// - Throws: `notFound`.
  public func terminateChild(_ id: ChildSpec.ID) async throws(SupervisorError) {
    _ = try await ask(.terminateChild(id))
  }

  /// Starts a child that does not run (`Supervisor.restart_child/2`).
  ///
  /// - Throws: `running`, `restarting`, `notFound`, `startFailed`, `ignored`.
  @discardableResult
  public func restartChild(_ id: ChildSpec.ID) async throws(SupervisorError) -> ProcessID {
    guard case .process(let process?) = try await ask(.restartChild(id)) else { throw .ignored }
    return process
  }

  /// Forgets a child that does not run (`Supervisor.delete_child/2`).
  ///
  /// - Throws: `running`, `restarting`, `notFound`.
  public func deleteChild(_ id: ChildSpec.ID) async throws(SupervisorError) {
    _ = try await ask(.deleteChild(id))
  }

  /// Ends the supervisor: its children first, the newest first (`Supervisor.stop/3`).
  ///
  /// Suspends until it is gone.
  ///
  /// - Parameters:
  ///   - reason: what the supervisor ends with.
  ///   - timeout: how long to wait; nil for ever. The order stands even if the wait ends.
  /// - Throws: `noProcess`, `callingSelf`, `timeout`, or `exited` if it ended with another reason.
  public func stop(reason: ExitReason = .normal, timeout: Duration? = nil) async throws(SupervisorError) {
    do {
      try await id.stop(reason: reason, timeout: timeout)
    } catch {
      throw SupervisorError(error)
    }
  }

  private func ask(_ request: SupervisorProcess.Machine.Request) async throws(SupervisorError)
    -> SupervisorCaller.Answer
  {
    let process = ProcessRef<SupervisorProcess.Message>(unchecked: id.cell)
    let result: Result<SupervisorCaller.Answer, SupervisorError>
    do {
      result = try await process.call(timeout: nil) { .call(SupervisorCaller(reply: $0), request) }
    } catch {
      throw SupervisorError(error)
    }
    return try result.get()
  }
}

extension SupervisorError {
  init(_ error: CallError) {
    switch error.kind {
    case .exited(let reason): self = .exited(reason)
    case .callingSelf: self = .callingSelf
    case .deadlock(let path): self = .deadlock(path)
    case .timeout, .cancelled, .mailboxFull: self = .timeout
    case .noReply, .noProcess, .wrongMessageType: self = .noProcess
    }
  }
}
