/// What a state machine handles (the event types of OTP's `gen_statem`).
///
/// Calls are messages with a ``ReplyTo`` in them. What a machine has not declared, it need not handle.
public enum StateMachineEvent<Machine: StateMachine>: Sendable {
  /// Something that was sent.
  case message(Machine.Message)
  /// Something that the machine itself has inserted.
  case `internal`(Machine.Internal)
  /// The time of a timeout is over, of whatever kind.
  case timeout(Machine.Timeout)
}
