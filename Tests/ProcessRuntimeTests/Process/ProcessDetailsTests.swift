@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Process details", .timeLimit(.minutes(5)))
struct ProcessDetailsTests {
  struct Slow: GenServer {
    enum Message: Sendable {
      case work(Int)
      case ask(ReplyTo<Int>)
    }

    mutating func handle(_ message: Message) async throws {
      try await CurrentProcess.sleep(for: .seconds(10))
      if case .ask(let reply) = message { reply(1) }
    }
  }

  @Test("INF-1: nothing is told about the dead")
  func dead() async throws {
    try await withTestNode { node in
      let process = sleeper()
      #expect(process.info != nil)
      process.exit(.kill)
      #expect(process.info == nil)
      #expect(ProcessID(placeholder: 3).info == nil)
    }
  }

  @Test("INF-2: what can be asked for")
  func items() async throws {
    try await withTestNode { node in
      let name = ProcessName<Slow.Message>("slow")
      let server = try await Slow.startLink(name) { Slow() }
      let monitor = try CurrentProcess.monitor(server.id)
      server.send(.work(1))
      server.send(.work(2))
      try await node.settle()
      let info = try #require(server.id.info)
      #expect(info.id == server.id)
      #expect(info.kind == "Slow")
      #expect(info.name == "slow")
      #expect(info.label == nil)
      #expect(info.status == .waiting)
      #expect(info.currentMessage == "work")
      #expect(info.mailboxLength == 1)
      #expect(!info.trapsExits)
      #expect(info.links == CurrentProcess.id.map { [$0] })
      #expect(info.monitors == [])
      #expect(info.monitoredBy == CurrentProcess.id.map { [$0] })
      #expect(info.parent == CurrentProcess.id)
      #expect(info.ancestors == CurrentProcess.id.map { [$0] })
      #expect(info.reductions > 0)
      CurrentProcess.demonitor(monitor)
      CurrentProcess.unlink(server.id)
    }
  }

  @Test("INF-2: waiting, runnable and running")
  func status() async throws {
    try await withTestNode { node in
      #expect(CurrentProcess.id?.info?.status == .running)
      let process = sleeper()
      #expect(process.info?.status == .runnable)
      try await node.settle()
      #expect(process.info?.status == .waiting)
    }
  }

  @Test("INF-3: a process without a name says so")
  func noName() async throws {
    try await withTestNode { node in
      #expect(sleeper().info.map { $0.name == nil } == true)
    }
  }

  @Test("INF-5, INF-6: what the asker has sent before is counted, handled or not")
  func mailboxLength() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let process = spawn(receiving: Int.self) { inbox in _ = try await inbox.next { $0 < 0 } }
      let ref = ProcessRef<Int>(unsafelyTyped: process)
      for number in 0..<20 {
        ref.send(number)
        #expect(process.info?.mailboxLength == number + 1)
        if Bool.random() { try await node.settle() }
      }
      ref.send(-1)
      try await node.settle()
      #expect(process.info == nil)
    }
  }
}
