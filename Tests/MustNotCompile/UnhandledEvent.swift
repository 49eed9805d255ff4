// expect: switch must be exhaustive
// A state machine handles each event in each state; gen_statem finds a missing clause at run time.
// holds: STM-3
import Supervision

struct Door: StateMachine {
  enum State { case locked, open }
  enum Message: Sendable { case push }
  enum Timeout { case lock }

  var initialState: State { .locked }

  func handle(_ event: Event, in state: State) -> Transition {
    switch (state, event) {
    case (.locked, .message(.push)): .next(.open)
    case (.open, .message(.push)): .keep
    case (.open, .timeout(.lock)): .next(.locked)
    }
  }
}
