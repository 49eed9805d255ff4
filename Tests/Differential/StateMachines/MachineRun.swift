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

  init(program: MachineProgram, log: Log) {
    self.program = program
    self.log = log
    fuel = program.fuel
  }

  var initialState: Int { program.initial }
  var initialActions: [Action] { program.initialActions.map { Self.action($0) } }

  mutating func handle(_ event: Event, in state: Int) -> Transition {
    let event: MachineProgram.Event =
      switch event {
      case .message(let number): .message(number)
      case .internal(let number): .internal(number)
      case .timeout(let content): .timeout(content)
      }
    log.add("s\(state) \(event.term)")
    let row = program.rows.last { $0.state == state && $0.event == event }
    guard let decision = decision(row?.choices ?? [.init()]) else { return .keep }
    let actions = decision.actions.map { Self.action($0) }
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
    let actions: [Entry.Action] = decision.actions.compactMap { Self.timer($0) }
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
