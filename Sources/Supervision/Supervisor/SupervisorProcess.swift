@_spi(Runtime) import ProcessRuntime

/// The process of a supervisor: performs what its ``SupervisorMachine`` decides.
///
/// A GenServer, as in OTP.
struct SupervisorProcess: GenServer {
  typealias Machine = SupervisorMachine<SupervisorCaller>

  enum Message: Sendable {
    case call(SupervisorCaller, Machine.Request)
    case retry(Machine.RetryTag)
  }

  private var machine: Machine
  private let shell: SupervisorShell
  private let onGivingUp: @Sendable () -> Void

  /// Starts the children, in order.
  ///
  /// `kind` is its type's name, for reports; `onGivingUp` is called when a restart is one too many: what it ends with does
  /// not tell.
  init(
    _ settings: SupervisorSettings, _ children: [ChildSpec], kind: String = "Supervisor",
    onGivingUp: @escaping @Sendable () -> Void = {}
  ) async throws {
    CurrentProcess.trapsExits = true
    machine = Machine(settings)
    shell = try SupervisorShell(kind)
    self.onGivingUp = onGivingUp
    try await feed(.launch(children))
  }

  mutating func handle(_ message: Message) async throws {
    switch message {
    case .call(let caller, .countChildren): caller.reply(.success(.counts(livingCounts)))
    case .call(let caller, let request): try await feed(.call(caller, request))
    case .retry(let tag): try await feed(.retry(tag))
    }
  }

  mutating func handle(_ signal: Signal) async throws {
    if case .exit(let process, let reason) = signal { try await feed(.exited(process, reason)) }
  }

  mutating func terminate(_ reason: ExitReason) async {
    // Its own end, after it gave up, comes here too: then there is nothing left to stop.
    guard machine.exitReason == nil else { return }
    shell.noteStop(of: machine.children, together: false)
    try? await feed(.stop(reason))
  }

  /// A child that has died counts as dead, even if its exit is still in the mailbox (rule SUP-97).
  private var livingCounts: Supervisor.Counts {
    var counts = machine.counts
    if counts.active > 0 {
      counts.active = machine.children.count { $0.process?.isAlive == true }
    }
    return counts
  }

  /// Hands the machine an event, and performs what it wants until it wants nothing more.
  ///
  /// - Throws: the reason to end.
  private mutating func feed(_ event: Machine.Event) async throws {
    var next: Machine.Event? = event
    var isLaunch = false
    if case .launch = event { isLaunch = true }
    while let event = next {
      next = nil
      // Taken out one by one, and not copied: they are large.
      var actions = machine.handle(event, at: shell.now)
      actions.reverse()
      while let action = actions.popLast() {
        switch action {
        case .start(let spec): next = .started(try await shell.start(spec))
        case .stop(let id, let process, let shutdown):
          next = .stopped(try await shell.stop(process, shutdown, id: id))
        case .report(let report):
          if report.context == .shutdown { onGivingUp() }
          shell.report(report)
        case .progress(let child, let requested):
          if !requested, !isLaunch { shell.noteRestart(of: child.id) }
          shell.report(child, requested: requested)
        case .retryLater(let tag, let wait): shell.send(Message.retry(tag), after: wait)
        case .reply(let caller, let result): caller.reply(result)
        case .ready: break
        case .exit(let reason): throw reason
        }
      }
    }
  }
}

extension SupervisorProcess: SupervisorState {
  package var strategy: Supervisor.Strategy? { machine.settings.strategy }
  package var intensity: Supervisor.Intensity { machine.settings.intensity }
  package var children: [Supervisor.Child] { machine.children }
}

extension SupervisorProcess: CustomStringConvertible {
  /// For crash reports: the whole machine would be of no use there, and long.
  var description: String { "Supervisor with \(machine.counts)" }
}
