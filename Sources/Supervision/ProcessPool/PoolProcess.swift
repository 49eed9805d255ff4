@_spi(Runtime) import ProcessRuntime

/// The process of a pool: performs what its ``PoolMachine`` decides.
///
/// Its workers are temporary children of a dynamic supervisor of its own, which ends with it, and it with that.
struct PoolProcess: GenServer {
  typealias Machine = PoolMachine<ProcessID, Client>

  /// Who asks for a worker.
  struct Client: Sendable {
    /// Nil: outside of processes; nobody can see its end.
    let process: ProcessID?
    let reply: ReplyTo<Result<ProcessID, PoolError>>
  }

  enum Message: Sendable {
    case checkout(UInt64, Client)
    case release(UInt64)
    case status(ReplyTo<PoolStatus>)
  }

  private let settings: PoolSettings
  private let worker: ChildSpec
  /// The pool, for the labels of those that are its own.
  private let title: String
  private let supervisor: DynamicSupervisor
  private var machine: Machine
  private var replacements: RestartWindow
  /// The monitors of clients that have a lease, or wait for one.
  private var monitors: [UInt64: MonitorRef] = [:]
  private var leases: [MonitorRef: UInt64] = [:]
  private var isDrained = false

  init(_ settings: PoolSettings, _ worker: ChildSpec) async throws {
    if let problem = settings.problem { throw StartError.failed(.failure(SupervisorError.invalidSettings(problem))) }
    CurrentProcess.trapsExits = true
    self.settings = settings
    self.worker = worker
    machine = Machine(settings)
    replacements = RestartWindow(settings.intensity ?? .restarts(3 * settings.size, within: .seconds(5)))
    title = CurrentProcess.id.map { $0.registeredName ?? $0.description } ?? ""
    supervisor = try await DynamicSupervisor.startLink()
    supervisor.process?.cell.giveLabel("workers of \(title)")
    try await perform(machine.fill())
  }

  mutating func handle(_ message: Message) async throws {
    switch message {
    case .checkout(let lease, let client):
      if let process = client.process {
        let monitor = try CurrentProcess.monitor(process)
        monitors[lease] = monitor
        leases[monitor] = lease
      }
      try await perform(machine.handle(.checkout(lease, client)))
    case .release(let lease): try await perform(machine.handle(.release(lease)))
    case .status(let reply): reply(machine.status)
    }
  }

  mutating func handle(_ signal: Signal) async throws {
    switch signal {
    case .exit(let process, let reason): if process == supervisor.process { throw reason }
    case .down(let monitor, let process, _):
      if let lease = leases[monitor] { return try await perform(machine.handle(.release(lease))) }
      let actions = machine.handle(.ended(process))
      let isReplaced = actions.contains { if case .start = $0 { true } else { false } }
      if isReplaced, !replacements.allowsRestart(at: .nanoseconds(Node.now())) { throw PoolExhausted() }
      try await perform(actions)
    }
  }

  /// At an orderly end it waits for what is lent.
  mutating func terminate(_ reason: ExitReason) async {
    if reason.isClean, let cell = ProcessCell.current {
      let deadline = cell.node.clock.now().after(settings.drain)
      try? await perform(machine.handle(.drain))
      while !isDrained, let next = try? await cell.receive(until: deadline, Self.anything) {
        switch next {
        case .message(let message): try? await handle(message)
        case .signal(let signal): try? await handle(signal)
        }
      }
    }
    try? await supervisor.stop(reason: .shutdown)
  }

  private static var anything: Wanted<Received<Message>> {
    Wanted {
      $0.pointee.kind != .system
    } open: {
      $0.pointee.kind == .signal ? .signal(Envelope<Signal>.open($0)) : .message(Envelope<Message>.open($0))
    }
  }

  /// - Throws: the reason to end: a worker does not start.
  private mutating func perform(_ actions: [Machine.Action]) async throws {
    var actions = actions[...]
    while let action = actions.popFirst() {
      switch action {
      case .grant(_, let client, let worker): client.reply(.success(worker))
      case .refuse(_, let client, let refusal):
        client.reply(.failure(PoolError(refusal)))
        if refusal != .draining { settings.onDiscard?(client.process) }
      case .start:
        let process = try await supervisor.startChild(worker)
        process.cell.giveLabel("worker of \(title)")
        try CurrentProcess.monitor(process)
        actions.append(contentsOf: machine.handle(.started(process)))
      case .stop(let worker):
        // It may take its time, and the pool has none.
        let supervisor = supervisor
        spawn { try? await supervisor.terminateChild(worker) }
      case .forget(let lease):
        guard let monitor = monitors.removeValue(forKey: lease) else { continue }
        leases[monitor] = nil
        CurrentProcess.demonitor(monitor, flush: true)
      case .drained: isDrained = true
      }
    }
  }
}

extension PoolProcess: CustomStringConvertible {
  /// For crash reports.
  var description: String { "ProcessPool with \(machine.status)" }
}

extension PoolError {
  fileprivate init(_ refusal: PoolProcess.Machine.Refusal) {
    switch refusal {
    case .full: self.init(Kind.full)
    case .discarded: self.init(Kind.discarded)
    case .draining: self.init(Kind.draining)
    }
  }
}

extension ProcessID {
  /// Whether it is the process of a ``ProcessPool``.
  package var isPool: Bool { cell.messageType == PoolProcess.Message.self }
}

/// Workers end faster than the pool may replace them.
private struct PoolExhausted: Error, CustomStringConvertible {
  var description: String { "more workers have ended than may be replaced within the period of its intensity" }
}
