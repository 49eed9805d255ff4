public import ProcessRuntime

/// A process that is in one of several states, and does different things with the same event in each (OTP's `gen_statem`).
///
///     struct Door: StateMachine {
///       enum State { case locked, open }
///       enum Message: Sendable {
///         case button(Int)
///         case isOpen(ReplyTo<Bool>)
///       }
///       enum Timeout { case lock }
///
///       let code: [Int]
///       private var pressed: [Int] = []
///
///       init(code: [Int]) { self.code = code }
///
///       var initialState: State { .locked }
///
///       mutating func handle(_ event: Event, in state: State) -> Transition {
///         switch (state, event) {
///         case (.locked, .message(.button(let digit))):
///           pressed = (pressed + [digit]).suffix(code.count)
///           return pressed == code ? .next(.open, .stateTimeout(.lock, after: .seconds(10))) : .keep
///         case (.open, .message(.button)):
///           return .postpone
///         case (_, .message(.isOpen(let reply))):
///           reply(state == .open)
///           return .keep
///         case (_, .timeout(.lock)):
///           pressed = []
///           return .next(.locked)
///         }
///       }
///     }
///
///     let door = try await Door.start { Door(code: [1, 2, 3]) }
///     door.send(.button(1))
///     let isOpen = try await door.call { .isOpen($0) }
///
/// The state is an enum, the machine itself is the data that all states share: a value, changed by `mutating` callbacks. A
/// callback says what comes next by what it returns. It is started, named, called, supervised and stopped as a
/// ``GenServer`` is.
///
/// Write each callback with or without `async` and `throws`, as the work needs. To stop, return `.stop`, or throw
/// ``ExitReason/normal``; to stop and reply, reply first. Any other error, and any trap, is an abnormal end, as in a GenServer.
/// The crash report shows the state, the data, and the events that were queued and postponed.
public protocol StateMachine: SendableMetatype {
  /// The states: an enum as a rule. A change is what is not equal.
  associatedtype State: Equatable & Sendable
  /// What can be sent to the machine: an enum, so that the compiler sees to it that each state handles each message.
  associatedtype Message: Sendable
  /// What the machine inserts for itself (`{next_event, internal, …}`); none if not declared.
  associatedtype Internal: Sendable = Never
  /// What its timeouts say when they come; none if not declared.
  associatedtype Timeout: Hashable & Sendable = Never
  /// The names of timeouts that no event cancels (`{timeout, Name}`): what they say, if not declared.
  associatedtype TimerName: Hashable & Sendable = Timeout

  /// What comes to `handle`.
  typealias Event = StateMachineEvent<Self>
  /// What a handler returns.
  typealias Transition = StateMachineTransition<Self, HandlingEvent>
  /// What ``enter(_:from:)`` returns.
  typealias Entry = StateMachineTransition<Self, EnteringState>
  /// What a transition does besides.
  typealias Action = StateMachineAction<Self, HandlingEvent>

  /// The state to begin in.
  var initialState: State { get }

  /// What to do before the first event: start timeouts, insert events (the actions that `init/1` returns).
  var initialActions: [Action] { get }

  /// Handles one event in a state (`handle_event/4`).
  mutating func handle(_ event: Event, in state: State) async throws -> Transition

  /// Handles an exit, if the machine traps exits, or the end of a process that it monitors. The exit of the parent, who
  /// started the machine with `startLink`, never comes here: it ends the machine. What is not handled is logged.
  mutating func handle(_ signal: Signal, in state: State) async throws -> Transition

  /// Runs whenever a state is entered: at the beginning, when both are the initial state, at each change, and at
  /// `.repeatState` (state enter calls).
  ///
  /// It may start timeouts and stop the machine; it cannot choose another state, postpone, or insert events.
  mutating func enter(_ state: State, from old: State) async throws -> Entry

  /// Cleans up (`terminate/3`), as a server's `terminate` does.
  mutating func terminate(_ reason: ExitReason, in state: State) async

  /// When a supervisor restarts it, unless its child specification says otherwise.
  static var restart: ChildSpec.Restart { get }

  /// How much of its messages, its state and its data stands in crash reports.
  static var redaction: ReportRedaction { get }
}

extension StateMachine {
  /// Nothing.
  public var initialActions: [Action] { [] }

  /// Reports the signal and goes on.
  public mutating func handle(_ signal: Signal, in state: State) async throws -> Transition {
    StateMachineServer<Self>.reportUnhandled(signal)
    return .keep
  }

  /// Does nothing.
  public mutating func enter(_ state: State, from old: State) async throws -> Entry { .keep }

  /// Does nothing.
  public mutating func terminate(_ reason: ExitReason, in state: State) async {}

  /// Always restarted.
  public static var restart: ChildSpec.Restart { .permanent }
  /// Nothing is left out of reports.
  public static var redaction: ReportRedaction { .none }
}
