import Supervision
import SupervisionTesting
import Testing
struct Tr: GenServer {
  enum Message: Sendable { case event(String), score(ReplyTo<Int>) }
  struct U: Error {}
  static var restart: ChildSpec.Restart { .transient }
  mutating func handle(_ message: Message) throws {
    switch message {
    case .event("end"): throw ExitReason.normal
    case .event: throw U()
    case .score(let r): r(1)
    }
  }
}
@Suite(.timeLimit(.minutes(1))) struct Scratch {
  @Test func x() async throws {
    try await withTestNodes(seeds: 0..<300) { node in
      let matches = try await DynamicSupervisor.start(name: "football_match_supervisor")
      let final = ProcessName<Tr.Message>("match_123")
      let match = try await matches.startChild(final) { Tr() }
      #expect(try await final.call { .score($0) } == 1)
      final.send(.event("goal"))
      _ = try await final.registered(otherThan: match.id, within: .seconds(1))
      #expect(try await final.call { .score($0) } == 1)
      final.send(.event("end"))
      try await final.unregistered(within: .seconds(1))
      #expect(try await matches.countChildren().active == 0)
      try await matches.stop()
    }
  }
}
