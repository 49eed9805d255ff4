/// A state machine whose every decision stands in a table, and what comes to it.
struct MachineProgram: DifferentialCase {
  enum Key: String, Hashable, Sendable, CaseIterable { case event, state, a, b }

  struct Content: Hashable, Sendable {
    let key: Key
    let number: Int
  }

  enum Event: Hashable, Sendable {
    case message(Int)
    case `internal`(Int)
    case timeout(Content)
  }

  enum Goal: Hashable, Sendable {
    case keep, `repeat`, stop
    case next(Int)
  }

  enum Action: Hashable, Sendable {
    case postpone
    case insert(Event)
    case start(Key, units: Int, number: Int)
    case cancel(Key)
    case update(Key, number: Int)
  }

  struct Decision: Hashable, Sendable {
    var goal = Goal.keep
    var actions: [Action] = []
  }

  /// What is done with an event in a state: one of several, as the fuel says.
  struct Row: Sendable {
    let state: Int
    let event: Event
    var choices: [Decision]
  }

  enum Step: Hashable, Sendable {
    case send(Int)
    case advance(Int)
  }

  let seed: UInt64
  /// How many callbacks decide anything: then all is kept as it is.
  var fuel: Int
  var initial: Int
  var initialActions: [Action]
  var rows: [Row]
  /// What is done when a state is entered.
  var enters: [[Decision]]
  var steps: [Step]

  func canonical(_ lines: [String]) -> [String] { lines }
}

extension MachineProgram {
  var term: String {
    let rows = rows.map { "{{s\($0.state),\($0.event.term)},\(list($0.choices.map(\.term)))}" }
    let enters = enters.enumerated().filter { !$0.element.isEmpty }
      .map { "{s\($0.offset),\(list($0.element.map(\.term)))}" }
    return "{state_machine,\(seed),\(fuel),s\(initial),\(list(initialActions.map(\.term))),"
      + "\(list(rows)),\(list(enters)),\(list(steps.map(\.term)))}"
  }

  var smaller: [Self] {
    var smaller: [Self] = []
    func add(_ change: (inout Self) -> Void) {
      var copy = self
      change(&copy)
      smaller.append(copy)
    }
    for index in steps.indices { add { $0.steps.remove(at: index) } }
    for index in rows.indices { add { $0.rows.remove(at: index) } }
    for (row, choices) in rows.enumerated() {
      for (choice, decision) in choices.choices.enumerated() {
        for action in decision.actions.indices { add { $0.rows[row].choices[choice].actions.remove(at: action) } }
      }
    }
    for index in enters.indices where !enters[index].isEmpty { add { $0.enters[index] = [] } }
    for index in initialActions.indices { add { $0.initialActions.remove(at: index) } }
    if fuel > 1 { add { $0.fuel /= 2 } }
    return smaller
  }
}

private func list(_ terms: [String]) -> String { "[\(terms.joined(separator: ","))]" }

extension MachineProgram.Event {
  var term: String {
    switch self {
    case .message(let number): "{cast,\(number)}"
    case .internal(let number): "{internal,\(number)}"
    case .timeout(let content): "{timeout,\(content.key.rawValue),\(content.number)}"
    }
  }
}

extension MachineProgram.Decision {
  fileprivate var term: String {
    let goal =
      switch goal {
      case .keep: "keep"
      case .repeat: "repeat"
      case .stop: "stop"
      case .next(let state): "{next,s\(state)}"
      }
    return "{\(goal),\(list(actions.map(\.term)))}"
  }
}

extension MachineProgram.Action {
  fileprivate var term: String {
    switch self {
    case .postpone: "postpone"
    case .insert(let event): "{insert,\(event.term)}"
    case .start(let key, let units, let number): "{start,\(key.rawValue),\(units),\(number)}"
    case .cancel(let key): "{cancel,\(key.rawValue)}"
    case .update(let key, let number): "{update,\(key.rawValue),\(number)}"
    }
  }
}

extension MachineProgram.Step {
  var term: String {
    switch self {
    case .send(let number): "{cast,\(number)}"
    case .advance(let units): "{advance,\(units)}"
    }
  }
}
