import Supervision
import Testing

/// On real threads: on a test node nothing happens between the steps of an end.
@Suite("Who waits for an end", .timeLimit(.minutes(2)))
struct EndOfWaitTests {
  private struct Child: GenServer {
    enum Message: Sendable { case end }
    func handle(_ message: Message) throws { throw ExitReason.normal }
  }

  private struct Parent: GenServer {
    enum Message: Sendable {
      case start(ProcessName<Child.Message>, ReplyTo<ProcessRef<Child.Message>>)
      case exits(ReplyTo<Int>)
    }

    private var exits = 0

    init() { CurrentProcess.trapsExits = true }

    mutating func handle(_ message: Message) async throws {
      switch message {
      case .start(let name, let reply): reply(try await Child.startLink(name) { Child() })
      case .exits(let reply): reply(exits)
      }
    }

    mutating func handle(_ signal: Signal) async throws { exits += 1 }
  }

  @Test("a linked process has the exit signal when exited() or unregistered(within:) answers")
  func linksHaveHeard() async throws {
    let parent = try await Parent.start { Parent() }
    let name = ProcessName<Child.Message>("who-waits-for-an-end")
    for round in 1...4_000 {
      let child = try await parent.call { .start(name, $0) }
      child.send(.end)
      if round.isMultiple(of: 2) {
        _ = await child.id.exited()
      } else {
        try await name.unregistered(within: .seconds(10))
      }
      let exits = try await parent.call { .exits($0) }
      try #require(exits == round, "after \(round.isMultiple(of: 2) ? "exited()" : "unregistered(within:)")")
    }
    try await parent.stop()
  }
}
