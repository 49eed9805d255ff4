// expect: success
import Supervision

struct Door: StateMachine {
  enum State { case locked, open }
  enum Message: Sendable { case push }
  enum Timeout { case lock }

  var initialState: State { .locked }

  func handle(_ event: Event, in state: State) -> Transition {
    switch (state, event) {
    case (.locked, .message(.push)): .next(.open)
    case (.open, .message(.push)): .postpone
    case (_, .timeout(.lock)): .next(.locked)
    }
  }

  func enter(_ state: State, from old: State) -> Entry { .keep(.stateTimeout(.lock, after: .seconds(1))) }
}

func use() async throws {
  let door = try await Door.start { Door() }
  door.send(.push)
  try await Sys.suspend(door)
}
