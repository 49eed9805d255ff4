import Supervision
import SupervisionTesting
import Testing

@Suite("News of restarts", .timeLimit(.minutes(1)))
struct ChildRestartTests {
  private struct Worker: GenServer {
    enum Message: Sendable {}
    func handle(_ message: Message) {}
  }

  @Test(
    "TEL-2: each child that is started again is told of, with its supervisor; a first start and one on request are not")
  func supervisor() async throws {
    try await withTestNode { node in
      let news = Probe<String>()
      let monitor = ChildRestarts.monitor { news.ref.send("\($0.supervisor) \($0.child)") }
      let supervisor = try await Supervisor.start(strategy: .restForOne, name: "store") {
        for id in ["a", "b", "c"] { ChildSpec(id: .init(id)) { Worker() } }
      }
      try await supervisor.terminateChild("c")
      try await supervisor.restartChild("c")
      try await supervisor.child("b").process?.exit(.kill)
      #expect(try await news.next() == "store b")
      #expect(try await news.next() == "store c")
      try await supervisor.child("a").process?.exit(.kill)
      for id in ["a", "b", "c"] { #expect(try await news.next() == "store \(id)") }
      monitor.demonitor()
      try await supervisor.child("c").process?.exit(.kill)
      try await node.settle()
      await #expect(throws: MailboxError.self) { try await news.next(within: .zero) }
      try await supervisor.stop()
    }
  }

  @Test("TEL-2: a dynamic supervisor tells of restarts too, and not of the starts that somebody asked for")
  func dynamic() async throws {
    try await withTestNode { _ in
      let news = Probe<String>()
      ChildRestarts.monitor { news.ref.send("\($0.supervisor) \($0.child)") }
      let supervisor = try await DynamicSupervisor.start(name: "workers")
      let first = try await supervisor.startChild(ChildSpec(id: "one") { Worker() })
      _ = try await supervisor.startChild(ChildSpec(id: "two") { Worker() })
      first.exit(.kill)
      #expect(try await news.next() == "workers one")
      await #expect(throws: MailboxError.self) { try await news.next(within: .zero) }
      try await supervisor.stop()
    }
  }
}
