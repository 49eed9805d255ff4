import Supervision
import SupervisionTesting
import Synchronization

extension MachineProgram {
  func run() async throws -> [String] {
    try await withTestNode(seed: seed) { _ in
      let log = Log()
      let machine = try await TableMachine.start { TableMachine(program: self, log: log) }
      await quiet(machine)
      for step in steps {
        log.add("-- \(step.term)")
        switch step {
        case .send(let number): machine.send(number)
        case .advance(let units): try await CurrentProcess.sleep(for: Self.time(units))
        }
        await quiet(machine)
      }
      return log.lines
    }
  }

  fileprivate static func time(_ units: Int) -> Duration { .seconds(units) }

  /// Until the machine has done all that it can; the clock stands still.
  private func quiet(_ machine: ProcessRef<Int>) async {
    _ = try? await Sys.statistics(of: machine)
  }
}

/// What the machine has said.
private final class Log: Sendable {
  private let said = Mutex<[String]>([])

  var lines: [String] { said.withLock { $0 } }
  func add(_ line: String) { said.withLock { $0.append(line) } }
}

/// The machine that does what the table says.
private struct TableMachine: StateMachine {
  enum TimerName { case a, b }

  typealias State = Int
  typealias Message = Int
  typealias Internal = Int
  typealias Timeout = MachineProgram.Content

  let program: MachineProgram
  let log: Log
  var fuel: Int
  /// Whose timeouts without time may not have come yet.
  var zeros: Set<MachineProgram.Key> = []

  init(program: MachineProgram, log: Log) {
    self.program = program
    self.log = log
    fuel = program.fuel
    initialState = program.initial
    initialActions = withoutLostTimers(program.initialActions).map { Self.action($0) }
  }

  let initialState: Int
  var initialActions: [Action] = []

  mutating func handle(_ event: Event, in state: Int) -> Transition {
    let event: MachineProgram.Event =
      switch event {
      case .message(let number): .message(number)
      case .internal(let number): .internal(number)
      case .timeout(let content): .timeout(content)
      }
    log.add("s\(state) \(event.term)")
    let row = program.rows.last { $0.state == state && $0.event == event }
    if case .timeout(let content) = event, content.number < 2 { zeros.remove(content.key) }
    guard let decision = decision(row?.choices ?? [.init()]) else { return .keep }
    if case .next(let next) = decision.goal, next != state { zeros.remove(.state) }
    let actions = withoutLostTimers(decision.actions).map { Self.action($0) }
    return switch decision.goal {
    case .keep: .keep(actions)
    case .repeat: .repeatState(actions)
    case .next(let state): .next(state, actions)
    case .stop: .stop
    }
  }

  mutating func enter(_ state: Int, from old: Int) -> Entry {
    log.add("enter s\(state) from s\(old)")
    let choices = program.enters[state]
    guard let decision = decision(choices.isEmpty ? [.init()] : choices) else { return .keep }
    let actions: [Entry.Action] = withoutLostTimers(decision.actions).compactMap { Self.timer($0) }
    return switch decision.goal {
    case .repeat: .repeatState(actions)
    case .stop: .stop
    case .keep, .next: .keep(actions)
    }
  }

  func terminate(_ reason: ExitReason, in state: Int) {
    log.add("terminate s\(state) \(reason)")
  }

  private mutating func decision(_ choices: [MachineProgram.Decision]) -> MachineProgram.Decision? {
    guard fuel > 0 else { return nil }
    defer { fuel -= 1 }
    return choices[fuel % choices.count]
  }

  /// A timer that takes the place of a timeout without time that has not come yet is lost in OTP (seen in 25): it is started,
  /// but its message comes as a foreign one.
  ///
  /// So there are none here: the other side leaves them out by the same rule.
  private mutating func withoutLostTimers(_ actions: [MachineProgram.Action]) -> [MachineProgram.Action] {
    actions.filter { action in
      switch action {
      case .start(let key, let units, _) where units > 0 && key != .event: return !zeros.contains(key)
      case .start(let key, _, _), .update(let key, _): zeros.insert(key)
      case .postpone, .insert, .cancel: break
      }
      return true
    }
  }

  private static func action(_ action: MachineProgram.Action) -> Action {
    switch action {
    case .postpone: return .postpone
    case .insert(.message(let number)): return .nextEvent(.message(number))
    case .insert(.internal(let number)): return .internal(number)
    case .insert(.timeout(let content)): return .nextEvent(.timeout(content))
    case .start, .cancel, .update: return timer(action) ?? .postpone
    }
  }

  private static func timer<Place>(
    _ action: MachineProgram.Action
  ) -> StateMachineAction<TableMachine, Place>? {
    switch action {
    case .start(let key, let units, let number):
      let content = MachineProgram.Content(key: key, number: number)
      return switch key {
      case .event: .eventTimeout(content, after: MachineProgram.time(units))
      case .state: .stateTimeout(content, after: MachineProgram.time(units))
      case .a: .timeout(content, named: .a, after: MachineProgram.time(units))
      case .b: .timeout(content, named: .b, after: MachineProgram.time(units))
      }
    case .cancel(.event): return .cancelEventTimeout
    case .cancel(.state): return .cancelStateTimeout
    case .cancel(.a): return .cancelTimeout(named: .a)
    case .cancel(.b): return .cancelTimeout(named: .b)
    case .update(let key, let number):
      let content = MachineProgram.Content(key: key, number: number)
      return switch key {
      case .event: .updateEventTimeout(content)
      case .state: .updateStateTimeout(content)
      case .a: .updateTimeout(content, named: .a)
      case .b: .updateTimeout(content, named: .b)
      }
    case .postpone, .insert: return nil
    }
  }
}
