import Supervision
import SupervisionTesting

/// A state machine that does what its messages say, and tells `log` what happens to it.
struct Scripted: StateMachine {
  enum State: Equatable, Sendable { case a, b, c }
  enum Timer: Hashable, Sendable { case one, two }

  enum Message: Sendable {
    /// Runs when it is handled; told to `log` by this name.
    case run(String, Step)
    case state(ReplyTo<State>)
    /// Answers, and does that.
    case answer(String, ReplyTo<String>, StateMachineTransition<Scripted, HandlingEvent>)
    /// Answers in that state, and is postponed in any other.
    case answerLater(String, ReplyTo<String>, in: State)
  }

  typealias Internal = String
  typealias Timeout = String
  typealias TimerName = Timer
  typealias Step = @Sendable (inout Scripted, State) throws -> Transition

  struct Setup: Sendable {
    var log: ProcessRef<String>?
    var initial = State.a
    var actions: [Scripted.Action] = []
    var onTimeout: (@Sendable (String, State) -> Scripted.Transition)?
    var onInternal: (@Sendable (String, State) -> Scripted.Transition)?
    var onEnter: (@Sendable (State, State) throws -> Scripted.Entry)?
    var onSignal: (@Sendable (State) -> Scripted.Transition)?
    var onTerminate: (@Sendable (ExitReason) -> Void)?
  }

  var setup: Setup
  var value = 0

  init(_ setup: Setup) { self.setup = setup }

  var initialState: State { setup.initial }
  var initialActions: [Action] { setup.actions }

  mutating func handle(_ event: Event, in state: State) throws -> Transition {
    switch event {
    case .message(.run(let name, let step)):
      note("\(state) \(name)")
      return try step(&self, state)
    case .message(.state(let reply)):
      reply(state)
      return .keep
    case .message(.answer(let text, let reply, let transition)):
      note("\(state) answer \(text)")
      reply(text)
      return transition
    case .message(.answerLater(let text, let reply, let wanted)):
      note("\(state) answer \(text)")
      if state != wanted { return .postpone }
      reply(text)
      return .keep
    case .internal(let text):
      note("\(state) internal \(text)")
      return setup.onInternal?(text, state) ?? .keep
    case .timeout(let text):
      note("\(state) timeout \(text)")
      return setup.onTimeout?(text, state) ?? .keep
    }
  }

  mutating func handle(_ signal: Signal, in state: State) -> Transition {
    switch signal {
    case .exit(_, let reason): note("\(state) exit \(reason)")
    case .down(_, _, let reason): note("\(state) down \(reason)")
    }
    return setup.onSignal?(state) ?? .keep
  }

  mutating func enter(_ state: State, from old: State) throws -> Entry {
    guard let onEnter = setup.onEnter else { return .keep }
    note("enter \(state) from \(old)")
    return try onEnter(state, old)
  }

  mutating func terminate(_ reason: ExitReason, in state: State) {
    note("terminate \(reason) in \(state)")
    setup.onTerminate?(reason)
  }

  func note(_ text: String) { setup.log?.send(text) }
}

extension ProcessRef where Message == Scripted.Message {
  /// Has the machine decide so when this is handled.
  func next(_ name: String, _ transition: Scripted.Transition) {
    send(.run(name) { _, _ in transition })
  }

  /// Has it do so in that state, and postpones it in any other.
  func later(_ name: String, in wanted: Scripted.State, _ transition: Scripted.Transition = .keep) {
    send(.run(name) { _, state in state == wanted ? transition : .postpone })
  }
}
