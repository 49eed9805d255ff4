import SupervisionTesting

extension MachineProgram {
  /// The program of that number; always the same.
  init(seed: UInt64) {
    var generator = MachineGenerator(seed: seed)
    self = generator.program(seed)
  }
}

/// Invents state machines: three states, and what is done in them with four messages, two internal events and four kinds of
/// timeouts.
private struct MachineGenerator {
  private typealias Program = MachineProgram

  private var random: SplitMix

  init(seed: UInt64) {
    random = SplitMix(state: seed &* 0x2545_F491 &+ 11)
  }

  mutating func program(_ seed: UInt64) -> MachineProgram {
    MachineProgram(
      seed: seed, fuel: number(4...40), initial: number(0...2),
      initialActions: (0..<number(0...2)).compactMap { _ in
        let action = action(entering: false)
        return action == .postpone ? nil : action
      },
      rows: rows(), enters: (0..<3).map { _ in chance(40) ? (0..<number(1...3)).map { _ in entry() } : [] },
      steps: (0..<number(3...14)).map { _ in chance(65) ? .send(number(0...3)) : .advance(4 * number(1...3)) })
  }

  private mutating func rows() -> [Program.Row] {
    var rows: [Program.Row] = []
    for state in 0..<3 {
      for event in Program.Event.all where chance(70) {
        let choices = (0..<number(1...3)).map { _ in decision(event) }
        rows.append(Program.Row(state: state, event: event, choices: choices))
      }
    }
    return rows
  }

  /// What a timer has said is not postponed: else who comes first, it or its successor, could not be told apart.
  private mutating func decision(_ event: Program.Event) -> Program.Decision {
    var canPostpone = true
    if case .timeout(let content) = event, content.number < 2 { canPostpone = false }
    let goal: Program.Goal =
      switch number(0...99) {
      case ..<45: .keep
      case ..<88: .next(number(0...2))
      case ..<98: .repeat
      default: .stop
      }
    let actions = (0..<number(0...3)).map { _ in action(entering: false) }
    return Program.Decision(goal: goal, actions: actions.filter { canPostpone || $0 != .postpone })
  }

  private mutating func entry() -> Program.Decision {
    let goal: Program.Goal = chance(85) ? .keep : chance(90) ? .repeat : .stop
    return Program.Decision(goal: goal, actions: (0..<number(0...3)).map { _ in action(entering: true) })
  }

  private mutating func action(entering: Bool) -> Program.Action {
    let key = pick(Program.Key.allCases)
    switch number(entering ? 50...99 : 0...99) {
    case ..<22: return .postpone
    case ..<50: return .insert(pick(Program.Event.inserted))
    case ..<85: return .start(key, units: chance(45) ? 0 : time(key), number: number(0...1))
    case ..<92: return .cancel(key)
    default: return .update(key, number: number(0...1))
    }
  }

  /// No two of one transition are the same: OTP does not say which of those comes first.
  private mutating func time(_ key: Program.Key) -> Int {
    4 * number(1...4) + (Program.Key.allCases.firstIndex(of: key) ?? 0)
  }

  private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
  private mutating func chance(_ percent: Int) -> Bool { number(0...99) < percent }
  private mutating func pick<Element>(_ elements: [Element]) -> Element { elements[number(0...elements.count - 1)] }
}

extension MachineProgram.Event {
  /// What timers say is 0 or 1; what is inserted says 2.
  private static func timeouts(_ numbers: ClosedRange<Int>) -> [Self] {
    MachineProgram.Key.allCases.flatMap { key in numbers.map { .timeout(.init(key: key, number: $0)) } }
  }

  private static let others: [Self] = (0...3).map { .message($0) } + (0...1).map { .internal($0) }
  fileprivate static let all: [Self] = others + timeouts(0...2)
  fileprivate static let inserted: [Self] = others + timeouts(2...2)
}
