public import ProcessRuntime

/// What a transition does besides choosing the state (the actions of OTP's `gen_statem`).
///
/// Of several timeouts of one kind, and one name, the last one counts.
public struct StateMachineAction<Machine: StateMachine, Place>: Sendable {
  typealias Engine = StateMachineServer<Machine>.Engine

  enum Kind: Sendable {
    case postpone
    case insert(StateMachineEvent<Machine>)
    case timer(Engine.TimerAction)
  }

  let kind: Kind
}

extension StateMachineAction where Place == HandlingEvent {
  /// The event is kept for later: it is handled again after the next change of state.
  public static var postpone: Self { Self(kind: .postpone) }

  /// Inserts an event: it is handled before everything that waits; several, in the order given (`next_event`).
  public static func nextEvent(_ event: StateMachineEvent<Machine>) -> Self { Self(kind: .insert(event)) }

  /// Inserts an event of the machine's own (`{next_event, internal, …}`).
  public static func `internal`(_ event: Machine.Internal) -> Self { nextEvent(.internal(event)) }
}

/// Timeouts of the state: cancelled by its change.
extension StateMachineAction {
  /// The event comes when the machine has been in this state for so long (`state_timeout`).
  ///
  /// With no time at all it comes when what is inserted and retried has been handled, and before what others send.
  public static func stateTimeout(_ event: Machine.Timeout, after time: Duration) -> Self {
    start(.state, event, .after(time))
  }

  /// The event comes at that instant, if the machine is in this state still.
  public static func stateTimeout(_ event: Machine.Timeout, at instant: ProcessClock.Instant) -> Self {
    start(.state, event, .at(instant))
  }

  /// It does not come.
  public static var cancelStateTimeout: Self { Self(kind: .timer(.cancel(.state))) }

  /// Another event comes in its place, at its time; at once, if none is running.
  public static func updateStateTimeout(_ event: Machine.Timeout) -> Self {
    Self(kind: .timer(.update(.state, event)))
  }
}

/// Timeouts of events: cancelled by the next one, whatever it is.
extension StateMachineAction {
  /// The event comes when no other one has come for so long (`timeout`).
  public static func eventTimeout(_ event: Machine.Timeout, after time: Duration) -> Self {
    start(.event, event, .after(time))
  }

  /// The event comes at that instant, if no other one has come before.
  public static func eventTimeout(_ event: Machine.Timeout, at instant: ProcessClock.Instant) -> Self {
    start(.event, event, .at(instant))
  }

  /// It does not come.
  public static var cancelEventTimeout: Self { Self(kind: .timer(.cancel(.event))) }

  /// Another event comes in its place, at its time; at once, if none is running.
  ///
  /// Only within one transition, since each event cancels it.
  public static func updateEventTimeout(_ event: Machine.Timeout) -> Self {
    Self(kind: .timer(.update(.event, event)))
  }
}

/// Timeouts with a name: cancelled by nothing but these.
extension StateMachineAction {
  /// The event comes when the time is over, whatever happens (`{timeout, Name}`).
  public static func timeout(_ event: Machine.Timeout, named name: Machine.TimerName, after time: Duration) -> Self {
    start(.named(name), event, .after(time))
  }

  /// The event comes at that instant.
  public static func timeout(
    _ event: Machine.Timeout, named name: Machine.TimerName, at instant: ProcessClock.Instant
  ) -> Self {
    start(.named(name), event, .at(instant))
  }

  /// It does not come.
  public static func cancelTimeout(named name: Machine.TimerName) -> Self {
    Self(kind: .timer(.cancel(.named(name))))
  }

  /// Another event comes in its place, at its time; at once, if none is running.
  public static func updateTimeout(_ event: Machine.Timeout, named name: Machine.TimerName) -> Self {
    Self(kind: .timer(.update(.named(name), event)))
  }

  private static func start(_ key: Engine.TimerKey, _ event: Machine.Timeout, _ time: Engine.Time) -> Self {
    Self(kind: .timer(.start(key, time, event)))
  }
}

extension StateMachineAction where Machine.TimerName == Machine.Timeout {
  /// A timeout that is named by what it says.
  public static func timeout(_ event: Machine.Timeout, after time: Duration) -> Self {
    timeout(event, named: event, after: time)
  }

  /// The timeout of that name does not come.
  public static func cancelTimeout(_ event: Machine.Timeout) -> Self { cancelTimeout(named: event) }
}
