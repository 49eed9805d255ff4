@_spi(Runtime) import ProcessRuntime

/// The process of a dynamic supervisor: performs what its ``DynamicSupervisorMachine`` decides.
struct DynamicSupervisorProcess: GenServer {
  typealias Machine = DynamicSupervisorMachine<DynamicSupervisorCaller>

  enum Message: Sendable {
    case call(DynamicSupervisorCaller, Machine.Request)
    case retry(Machine.RetryTag)
    case timerFired(Duration)
  }

  private var machine: Machine
  private let shell: SupervisorShell
  private var isOver = false

  init(_ settings: DynamicSupervisorSettings) throws {
    do {
      try settings.validate()
    } catch {
      throw StartError(.invalid(error.description))
    }
    CurrentProcess.trapsExits = true
    machine = Machine(settings)
    shell = try SupervisorShell("DynamicSupervisor")
  }

  mutating func handle(_ message: Message) async throws {
    try await feed(Self.event(message))
  }

  mutating func handle(_ signal: Signal) async throws {
    try await feed(Self.event(signal))
  }

  /// Stops all children at once, and waits for them: exits, downs and timers come in as they come.
  mutating func terminate(_ reason: ExitReason) async {
    guard !isOver, let cell = ProcessCell.current else { return }
    shell.noteStop(of: [], together: true)
    do {
      try await feed(.stop(reason))
      while !isOver {
        let next = try await cell.receive(Self.anything)
        try await feed(next)
      }
    } catch {
      // The machine's own `exit`, or the process's end: there is nothing left to wait for.
    }
  }

  /// What comes next, message or signal.
  private static var anything: Wanted<Machine.Event> {
    Wanted {
      $0.pointee.kind != .system
    } open: { envelope in
      envelope.pointee.kind == .signal
        ? event(Envelope<Signal>.open(envelope)) : event(Envelope<Message>.open(envelope))
    }
  }

  private static func event(_ message: Message) -> Machine.Event {
    switch message {
    case .call(let caller, let request): .call(caller, request)
    case .retry(let tag): .retry(tag)
    case .timerFired(let time): .timerFired(time)
    }
  }

  private static func event(_ signal: Signal) -> Machine.Event {
    switch signal {
    case .exit(let process, let reason): .exited(process, reason)
    case .down(_, let process, let reason): .down(process, reason)
    }
  }

  /// Hands the machine an event, and performs what it wants until it wants nothing more.
  ///
  /// - Throws: the reason to end.
  private mutating func feed(_ event: Machine.Event) async throws {
    var next: Machine.Event? = event
    var ended: [(process: ProcessID, reason: ExitReason)] = []
    var isCall = false
    if case .call = event { isCall = true }
    while let event = next {
      next = nil
      // Taken out one by one, and not copied: they are large.
      var actions = machine.handle(event, at: shell.now)
      actions.reverse()
      while let action = actions.popLast() {
        switch action {
        case .start(let spec):
          let outcome = try await shell.start(spec)
          if !isCall, case .started = outcome { shell.noteRestart(of: spec.id) }
          next = .started(outcome)
        case .stop(let process, let shutdown): next = .stopped(try await shell.stop(process, shutdown))
        case .stopAll(let processes, let reason):
          ended.insert(contentsOf: try await stopAll(processes, reason).reversed(), at: 0)
        case .kill(let processes): for process in processes { process.exit(.kill) }
        case .startTimer(let time): shell.own(Message.self).send(.timerFired(time), after: time)
        case .report(let report): shell.report(report)
        case .retryLater(let tag, let wait): shell.send(Message.retry(tag), after: wait)
        case .reply(let caller, let result): caller.reply(result)
        case .exit(let reason):
          isOver = true
          throw reason
        }
      }
      if next == nil, let (process, reason) = ended.popLast() { next = .down(process, reason) }
    }
  }

  /// Those that have ended at once; the others are told to, and will be heard of.
  private func stopAll(
    _ processes: [ProcessID], _ reason: ExitReason
  ) async throws -> [(process: ProcessID, reason: ExitReason)] {
    var ended: [(process: ProcessID, reason: ExitReason)] = []
    for process in processes {
      if let reason = await shell.endAtOnce(process, reason) {
        ended.append((process, reason))
        continue
      }
      try CurrentProcess.monitor(process)
      process.exit(reason)
    }
    return ended
  }
}

extension DynamicSupervisorProcess: SupervisorState {
  package var strategy: Supervisor.Strategy? { nil }
  package var intensity: Supervisor.Intensity { machine.settings.intensity }
  package var children: [Supervisor.Child] { machine.entries.map { $1.child($0) } }
}

extension DynamicSupervisorProcess: CustomStringConvertible {
  /// For crash reports: the whole machine would be of no use there, and long.
  var description: String { "DynamicSupervisor" }
}
