// expect: referencing static method
// Who enters a state cannot go to another one; gen_statem ends the process for it.
// holds: STM-13
import Supervision

struct Door: StateMachine {
  enum State { case locked, open }
  enum Message: Sendable { case push }

  var initialState: State { .locked }

  func handle(_ event: Event, in state: State) -> Transition { .next(.open) }

  func enter(_ state: State, from old: State) -> Entry { .next(.locked) }
}
