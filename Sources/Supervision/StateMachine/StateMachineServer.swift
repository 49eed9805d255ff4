@_spi(Runtime) import ProcessRuntime

/// The server in which a state machine runs: asks the machine what to do with an event, and its engine what that means.
struct StateMachineServer<Machine: StateMachine>: GenServer {
  typealias Message = Machine.Message
  typealias Engine = StateMachineEngine<Machine.State, Input, Machine.Timeout, Machine.TimerName>

  enum Input: Sendable {
    case event(StateMachineEvent<Machine>)
    case signal(Signal)
  }

  var machine: Machine
  var engine: Engine
  private var armed: [UInt64: TimerEntry] = [:]

  init(_ machine: Machine) {
    self.machine = machine
    engine = Engine(machine.initialState)
  }

  mutating func handleContinue() async throws {
    try await complete(StateMachineTransition(goal: .keep, actions: machine.initialActions), isInitial: true)
    try await handleQueue()
  }

  mutating func handle(_ message: Message) async throws {
    try await handle(engine.take(.event(.message(message))))
  }

  mutating func handle(_ signal: Signal) async throws {
    try await handle(engine.take(.signal(signal)))
  }

  mutating func terminate(_ reason: ExitReason) async {
    for timer in armed.values { _ = ProcessCell.current?.node.timers.cancel(timer) }
    armed = [:]
    await machine.terminate(reason, in: engine.state)
  }

  static var restart: ChildSpec.Restart { Machine.restart }
  static var redaction: ReportRedaction { Machine.redaction }

  // MARK: Events

  private mutating func timerFired(_ number: UInt64) async throws {
    armed[number] = nil
    if let item = engine.fired(number) { try await handle(item) }
  }

  private mutating func handle(_ item: Engine.Item) async throws {
    try await decide(item)
    try await handleQueue()
  }

  private mutating func handleQueue() async throws {
    while ProcessCell.current?.isDead == false, let item = engine.next() {
      try await decide(item)
      // A machine may insert events for ever: the others want their turn too.
      if ProcessCell.turnIsOver() { await ProcessCell.current?.yieldTurn() }
    }
  }

  private mutating func decide(_ item: Engine.Item) async throws {
    let state = engine.state
    let transition =
      switch item {
      case .given(.event(let event)): try await machine.handle(event, in: state)
      case .given(.signal(let signal)): try await machine.handle(signal, in: state)
      case .timeout(_, let content): try await machine.handle(.timeout(content), in: state)
      }
    try await complete(transition)
  }

  private mutating func complete(_ transition: Machine.Transition, isInitial: Bool = false) async throws {
    var left = engine.decide(try decision(transition), isInitial: isInitial)
    while let old = left, ProcessCell.current?.isDead == false {
      left = engine.entered(try decision(try await machine.enter(engine.state, from: old)))
    }
    for effect in engine.complete() { perform(effect) }
  }

  /// What the engine is to know of it.
  ///
  /// - Throws: the reason to end.
  private func decision<Place>(_ transition: StateMachineTransition<Machine, Place>) throws -> Engine.Decision {
    var decision = Engine.Decision()
    switch transition.goal {
    case .keep: break
    case .next(let state): decision.next = state
    case .repeatState: decision.repeats = true
    case .stop(let reason): throw reason
    }
    for action in transition.actions {
      switch action.kind {
      case .postpone: decision.postpones = true
      case .insert(let event): decision.inserted.append(.event(event))
      case .timer(let action): decision.timers.append(action)
      }
    }
    return decision
  }

  // MARK: Timers

  private mutating func perform(_ effect: Engine.Effect) {
    guard let cell = ProcessCell.current else { return }
    switch effect {
    case .disarm(let number):
      if let timer = armed.removeValue(forKey: number) { _ = cell.node.timers.cancel(timer) }
    case .arm(let number, let time):
      let deadline =
        switch time {
        case .after(let duration): cell.node.clock.now().after(duration)
        case .at(let instant): instant.nanoseconds
        }
      armed[number] = cell.node.timers.start(at: deadline, for: cell) { [weak cell] _ in
        cell?.push(Envelope<SystemMessage>.make(.request(Fired(number: number)), kind: .system))
      }
    }
  }

  /// A timer's message to its own machine.
  private struct Fired: ServerRequest {
    let number: UInt64

    var name: String { "timeout" }
    var isSystemMessage: Bool { false }

    func perform(on server: ServerCell, for caller: WaitTicket?) async throws {
      guard let server = server as? ServerProcess<StateMachineServer>, server.hasState else { return }
      try await server.state.pointee.timerFired(number)
    }
  }
}
