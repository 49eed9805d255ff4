@_spi(Runtime) import ProcessRuntime

/// Making descriptions from specifications and from running supervisors.
extension TreeDescription {
  /// A child, as its specification has it.
  init(planned spec: ChildSpec) {
    self.init(spec)
    if case .tree(let tree) = spec.content { fill(tree.read()) { TreeDescription(planned: $0) } }
  }

  init(_ spec: ChildSpec) {
    self.init(id: spec.id.text, kind: spec.kind == .supervisor ? .supervisor : .worker, type: spec.content.typeName)
    restart = "\(spec.restart)"
    shutdown = ShutdownTime(spec.shutdown)
    if spec.significant { significant = true }
    care = CareDescription(spec.care)
    if case .tree(let tree) = spec.content { name = tree.name }
  }

  /// What there is to say of a supervisor.
  mutating func fill(_ snapshot: SupervisorSnapshot, _ describe: (ChildSpec) -> TreeDescription) {
    fillFlags(snapshot)
    children = snapshot.children.map { describe($0.spec) }
  }

  private mutating func fillFlags(_ snapshot: SupervisorSnapshot) {
    kind = snapshot.kind
    strategy = "\(snapshot.settings.strategy.kind)"
    intensity = RestartLimit(snapshot.settings.intensity.restarts, snapshot.settings.intensity.period)
    autoShutdown = "\(snapshot.settings.autoShutdown.kind)"
    maxChildren = snapshot.maxChildren
    if snapshot.others > 0 { unlistedChildren = snapshot.others }
  }

  private mutating func fillState(_ entry: Supervisor.Child) {
    process = entry.process.map { "\($0)" }
    state =
      entry.isQuarantined ? .quarantined : entry.isRestarting ? .restarting : entry.process == nil ? .stopped : .running
  }

  /// What runs under a supervisor.
  mutating func fill(_ supervisor: ProcessID, _ limit: Int, _ timeout: Duration?) async throws(SupervisorError) {
    let snapshot = try await supervisor.supervisorSnapshot(limit, timeout)
    fillFlags(snapshot)
    var described: [TreeDescription] = []
    for child in snapshot.children {
      var description = TreeDescription(child.spec)
      if snapshot.kind == .dynamicSupervisor { description.id = child.entry?.process.map { "\($0)" } ?? description.id }
      if let entry = child.entry {
        description.fillState(entry)
        if let process = entry.process, process.supervisorKind != nil {
          do {
            try await description.fill(process, limit, timeout)
          } catch {
            // It has ended meanwhile: then it is described as its specification has it.
            guard !process.isAlive else { throw error }
          }
        }
      }
      described.append(description)
    }
    // In a fixed order: a dynamic supervisor keeps none.
    children = snapshot.kind == .dynamicSupervisor ? described.sorted { $0.processOrder < $1.processOrder } : described
  }

  /// Processes are numbered as they start.
  private var processOrder: Int {
    process.flatMap { $0.split(separator: ".").dropFirst().first }.flatMap { Int($0) } ?? .max
  }
}

extension Supervisor {
  /// What runs under this supervisor, as data; see ``TreeDescription``.
  ///
  /// Suspends: each supervisor of the tree is asked in turn, so the parts may be of slightly different moments.
  ///
  /// - Parameters:
  ///   - limit: how many children of each dynamic supervisor are listed.
  ///   - timeout: how long each supervisor may take to answer; it does not while it starts or stops a child. Nil for ever.
  /// - Returns: the tree.
  /// - Throws: `noProcess`, `timeout`, `callingSelf`, `deadlock`, or `exited`.
  public func describe(
    limit: Int = 1_000, timeout: Duration? = .seconds(5)
  ) async throws(SupervisorError) -> TreeDescription {
    try await TreeDescription(running: id, limit, timeout)
  }
}

extension DynamicSupervisor {
  /// What runs under this supervisor, as data: see ``Supervisor/describe(limit:timeout:)``.
  public func describe(
    limit: Int = 1_000, timeout: Duration? = .seconds(5)
  ) async throws(SupervisorError) -> TreeDescription {
    guard let process else { throw .noProcess }
    return try await TreeDescription(running: process, limit, timeout)
  }
}

extension TreeDescription {
  fileprivate init(running top: ProcessID, _ limit: Int, _ timeout: Duration?) async throws(SupervisorError) {
    let name = top.registeredName
    self.init(id: name ?? "\(top)", kind: .supervisor, type: top.supervisorKind ?? "Supervisor")
    self.name = name
    try await fill(top, max(0, limit), timeout)
    process = "\(top)"
    state = .running
    estimate()
  }
}

extension ProcessID {
  /// The name of the type of a supervisor; nil if it is none.
  package var supervisorKind: String? {
    if cell.messageType == SupervisorProcess.Message.self { return "Supervisor" }
    return cell.messageType == DynamicSupervisorProcess.Message.self ? "DynamicSupervisor" : nil
  }

  package func supervisorSnapshot(
    _ limit: Int, ofStatic staticLimit: Int = .max, _ timeout: Duration?
  ) async throws(SupervisorError) -> SupervisorSnapshot {
    do {
      if cell.messageType == DynamicSupervisorProcess.Message.self {
        let process = ProcessRef<DynamicSupervisorProcess.Message>(unchecked: cell)
        let result: Result<DynamicSupervisorCaller.Answer, SupervisorError> = try await process.call(timeout: timeout) {
          .call(DynamicSupervisorCaller(reply: $0), .describe(limit))
        }
        if case .description(let snapshot) = try result.get() { return snapshot }
      } else {
        let process = ProcessRef<SupervisorProcess.Message>(unchecked: cell)
        let result: Result<SupervisorCaller.Answer, SupervisorError> = try await process.call(timeout: timeout) {
          .call(SupervisorCaller(reply: $0), .describe(staticLimit))
        }
        if case .description(let snapshot) = try result.get() { return snapshot }
      }
    } catch let error as SupervisorError {
      throw error
    } catch let error as CallError {
      throw SupervisorError(error)
    } catch {
      throw .noProcess
    }
    throw .noProcess
  }
}
