import Supervision
import SupervisionTesting

extension MachineProgram {
  func run() async throws -> [String] {
    try await withTestNode(seed: seed) { node in
      let log = Probe<String>()
      let machine = try await TableMachine.start { TableMachine(program: self, log: log.ref) }
      var lines = try await log.lines(node)
      for step in steps {
        lines.append("-- \(step.term)")
        switch step {
        case .send(let number): machine.send(number)
        case .advance(let units): try await CurrentProcess.sleep(for: .seconds(units))
        }
        lines += try await log.lines(node)
      }
      return lines
    }
  }
}

/// The machine that does what the table says.
private struct TableMachine: StateMachine {
  enum TimerName { case a, b }

  typealias State = Int
  typealias Message = Int
  typealias Internal = Int
  typealias Timeout = MachineProgram.Content

  let program: MachineProgram
  let log: ProcessRef<String>
  var fuel: Int

  init(program: MachineProgram, log: ProcessRef<String>) {
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
    log.send("s\(state) \(event.term)")
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
    log.send("enter s\(state) from s\(old)")
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
    log.send("terminate s\(state) \(reason)")
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
      case .event: .eventTimeout(content, after: .seconds(units))
      case .state: .stateTimeout(content, after: .seconds(units))
      case .a: .timeout(content, named: .a, after: .seconds(units))
      case .b: .timeout(content, named: .b, after: .seconds(units))
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

extension Probe where Message == String {
  /// What was said, when nobody has anything to do any more.
  fileprivate func lines(_ node: TestNode) async throws -> [String] {
    try await node.settle()
    var lines: [String] = []
    while !isEmpty { lines.append(try await next()) }
    return lines
  }
}
