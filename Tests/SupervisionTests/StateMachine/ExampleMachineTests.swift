import Supervision
import SupervisionTesting
import Testing

/// The machines of the article on state machines.
@Suite("StateMachine: examples", .timeLimit(.minutes(5)))
struct ExampleMachineTests {
  @Test("STM-30: a door opens for its code, forgets half of one, and locks itself; buttons wait while it is open")
  func door() async throws {
    try await everySeed { _ in
      let door = try await Door.start { Door(code: [1, 2, 3]) }
      for digit in [1, 2] { door.send(.button(digit)) }
      try await CurrentProcess.sleep(for: .seconds(6))
      door.send(.button(3))
      try #require(try await door.call { .isOpen($0) } == false)
      for digit in [1, 2, 3, 1, 2, 3] { door.send(.button(digit)) }
      try #require(try await door.call { .isOpen($0) })
      try await CurrentProcess.sleep(for: .seconds(11))
      // The buttons that were pressed meanwhile have opened it again.
      try #require(try await door.call { .isOpen($0) })
      try await CurrentProcess.sleep(for: .seconds(10))
      try #require(try await door.call { .isOpen($0) } == false)
    }
  }

  @Test("STM-10: requests wait for a connection, which is tried for ever more seldom")
  func connection() async throws {
    try await everySeed { node in
      let line = try await Line.start { Line(failing: 3) }
      let before = node.elapsed
      let first = try await line.call(timeout: nil) { .request("a", $0) }
      try #require(first == "a after 3")
      let waited = node.elapsed - before
      try #require(waited >= .seconds(14) && waited < .seconds(15), "\(waited)")
      try #require(try await line.call { .request("b", $0) } == "b after 3")
    }
  }

  @Test("STM-20, STM-33: a crossing stops the cars, but not before they had their time")
  func crossing() async throws {
    try await everySeed { node in
      let crossing = try await Crossing.start { Crossing() }
      let began = node.elapsed
      crossing.send(.button)
      var seen: [String] = []
      for second in stride(from: 1, through: 43, by: 2) {
        try await CurrentProcess.sleep(for: .seconds(second) - (node.elapsed - began))
        let light = try await crossing.call { .light($0) }
        if seen.last != "\(light)" { seen.append("\(light)") }
        if second == 25 { crossing.send(.button) }
      }
      try #require(seen == ["go", "amber", "walk", "flashing", "go", "amber", "walk"], "\(seen)")
    }
  }
}

private struct Door: StateMachine {
  enum State { case locked, open }
  enum Message: Sendable {
    case button(Int)
    case isOpen(ReplyTo<Bool>)
  }
  enum Timeout { case lock, forget }

  let code: [Int]
  private var pressed: [Int] = []

  init(code: [Int]) { self.code = code }

  var initialState: State { .locked }

  mutating func handle(_ event: Event, in state: State) -> Transition {
    switch (state, event) {
    case (.locked, .message(.button(let digit))):
      pressed = (pressed + [digit]).suffix(code.count)
      return pressed == code ? .next(.open) : .keep(.eventTimeout(.forget, after: .seconds(5)))
    case (.open, .message(.button)):
      return .postpone
    case (_, .message(.isOpen(let reply))):
      reply(state == .open)
      return .keep
    case (_, .timeout(.forget)):
      pressed = []
      return .keep
    case (_, .timeout(.lock)):
      return .next(.locked)
    }
  }

  mutating func enter(_ state: State, from old: State) -> Entry {
    switch state {
    case .locked:
      pressed = []
      return .keep
    case .open:
      return .keep(.stateTimeout(.lock, after: .seconds(10)))
    }
  }
}

private struct Line: StateMachine {
  enum State: Equatable { case disconnected, connected(attempts: Int) }
  enum Message: Sendable {
    case request(String, ReplyTo<String>)
  }
  enum Internal { case connect }
  enum Timeout { case connect }

  private var failing: Int
  private var failures = 0

  init(failing: Int) { self.failing = failing }

  var initialState: State { .disconnected }
  var initialActions: [Action] { [.internal(.connect)] }

  mutating func handle(_ event: Event, in state: State) async throws -> Transition {
    switch (state, event) {
    case (.disconnected, .internal(.connect)), (.disconnected, .timeout(.connect)):
      await Task.yield()
      guard failures == failing else {
        failures += 1
        return .keep(.stateTimeout(.connect, after: .seconds(1 << min(failures, 6))))
      }
      return .next(.connected(attempts: failures))
    case (.disconnected, .message(.request)):
      return .postpone
    case (.connected(let attempts), .message(.request(let text, let reply))):
      reply("\(text) after \(attempts)")
      return .keep
    case (.connected, .internal), (.connected, .timeout):
      return .keep
    }
  }
}

private struct Crossing: StateMachine {
  enum State { case go, mayStop, amber, walk, flashing }
  enum Message: Sendable {
    case button
    case light(ReplyTo<State>)
  }
  enum Timeout { case over }

  var initialState: State { .go }

  func handle(_ event: Event, in state: State) -> Transition {
    switch (state, event) {
    case (.go, .message(.button)), (.flashing, .message(.button)): .postpone
    case (.mayStop, .message(.button)): .next(.amber)
    case (.amber, .message(.button)), (.walk, .message(.button)): .keep
    case (_, .message(.light(let reply))): answer(reply, state)
    case (.go, .timeout(.over)): .next(.mayStop)
    case (.amber, .timeout(.over)): .next(.walk)
    case (.walk, .timeout(.over)): .next(.flashing)
    case (.flashing, .timeout(.over)): .next(.go)
    case (.mayStop, .timeout(.over)): .keep
    }
  }

  func enter(_ state: State, from old: State) -> Entry {
    switch state {
    case .go: .keep(.stateTimeout(.over, after: .seconds(10)))
    case .mayStop: .keep
    case .amber: .keep(.stateTimeout(.over, after: .seconds(3)))
    case .walk: .keep(.stateTimeout(.over, after: .seconds(8)))
    case .flashing: .keep(.stateTimeout(.over, after: .seconds(6)))
    }
  }

  private func answer(_ reply: ReplyTo<State>, _ state: State) -> Transition {
    reply(state)
    return .keep
  }
}
