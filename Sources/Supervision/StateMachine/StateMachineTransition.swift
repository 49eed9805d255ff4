public import ProcessRuntime

/// Where a transition comes from: a handler, which may do everything.
public enum HandlingEvent {}

/// Where a transition comes from: the callback for entering a state, which may not leave it, postpone, or insert events.
public enum EnteringState {}

/// What a callback of a ``StateMachine`` has decided.
///
///     return .keep
///     return .next(.open, .stateTimeout(.lock, after: .seconds(10)))
///     return .postpone
public struct StateMachineTransition<Machine: StateMachine, Place>: Sendable {
  /// What a transition does besides.
  public typealias Action = StateMachineAction<Machine, Place>

  enum Goal: Sendable {
    case keep
    case next(Machine.State)
    case repeatState
    case stop(ExitReason)
  }

  let goal: Goal
  let actions: [Action]

  /// The state stays as it is (`keep_state`).
  public static var keep: Self { Self(goal: .keep, actions: []) }

  /// The state stays as it is.
  public static func keep(_ actions: Action...) -> Self { Self(goal: .keep, actions: actions) }

  /// The state stays as it is.
  public static func keep(_ actions: [Action]) -> Self { Self(goal: .keep, actions: actions) }

  /// The state stays, and is entered once more (`repeat_state`).
  ///
  /// Postponed events stay postponed, and the state's timeout goes on.
  public static var repeatState: Self { Self(goal: .repeatState, actions: []) }

  /// The state stays, and is entered once more.
  public static func repeatState(_ actions: Action...) -> Self { Self(goal: .repeatState, actions: actions) }

  /// The state stays, and is entered once more.
  public static func repeatState(_ actions: [Action]) -> Self { Self(goal: .repeatState, actions: actions) }

  /// The machine ends, as ``ExitReason/normal`` (`stop`).
  public static var stop: Self { stop(.normal) }

  /// The machine ends with that reason (`{stop, Reason}`).
  ///
  /// Whoever waits for an answer has it already, if it was given in the callback: so there is no `stop_and_reply`.
  public static func stop(_ reason: ExitReason) -> Self { Self(goal: .stop(reason), actions: []) }
}

extension StateMachineTransition where Place == HandlingEvent {
  /// The machine goes to that state (`next_state`).
  ///
  /// If it is another one, the state's timeout is cancelled, the state is entered, and what was postponed is handled again.
  public static func next(_ state: Machine.State, _ actions: Action...) -> Self {
    Self(goal: .next(state), actions: actions)
  }

  /// The machine goes to that state.
  public static func next(_ state: Machine.State, _ actions: [Action]) -> Self {
    Self(goal: .next(state), actions: actions)
  }

  /// The event is kept for later: it is handled again after the next change of state.
  public static var postpone: Self { Self(goal: .keep, actions: [.postpone]) }
}
