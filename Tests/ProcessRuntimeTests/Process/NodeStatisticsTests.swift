import Logging
import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("A node's numbers", .timeLimit(.minutes(1)))
struct NodeStatisticsTests {
  @Test("TEL-1: processes, timers and mail are those of the moment")
  func numbers() async throws {
    try await withTestNode { node in
      let before = NodeStatistics.current
      let idle = (0..<5).map { _ in spawn { try await suspendForever() } }
      let sleeper = spawn { try await CurrentProcess.sleep(for: .seconds(60)) }
      try await node.settle()
      let during = NodeStatistics.current
      #expect(during.processes == before.processes + 6)
      #expect(during.timers == before.timers + 1)
      for process in idle { process.exit(.kill) }
      sleeper.exit(.kill)
      try await node.settle()
      #expect(NodeStatistics.current.processes == before.processes)
      // A test's node has no threads of its own.
      #expect(during.schedulers == 0)
      #expect(during.utilisation(since: before) == nil)
    }
  }

  @Test("TEL-1: what waits in a mailbox is counted, and that of a dead process is nil")
  func mailbox() async throws {
    try await withTestNode { node in
      let process = spawn(receiving: Int.self) { _ in try await suspendForever() }
      let ref = try #require(ProcessRef<Int>(process))
      for number in 0..<3 { ref.send(number) }
      #expect(process.mailboxLength == 3)
      try await node.settle()
      #expect(process.mailboxLength == 3)
      #expect(process.mailboxLength == process.info?.mailboxLength)
      process.exit(.kill)
      #expect(process.mailboxLength == nil)
    }
  }

  @Test("TEL-1: contained faults are counted by kind, and use up the budget")
  func faults() async throws {
    let before = NodeStatistics.current
    let process = spawn { fatalError("as told") }
    _ = await process.exited()
    var after = NodeStatistics.current
    for _ in 0..<5_000 where after.faultBudgetLeft == before.faultBudgetLeft {
      try await Task.sleep(for: .milliseconds(1))
      after = .current
    }
    #expect(after.faults[.trap, default: 0] > before.faults[.trap, default: 0])
    #expect(after.faultBudgetLeft < before.faultBudgetLeft)
  }

  #if os(Linux)
    @Test("TEL-1: schedulers that compute are utilised, those that rest are not")
    func utilisation() async throws {
      let workers = NodeStatistics.current.schedulers
      #expect(workers > 0)
      let start = NodeStatistics.current
      let ends = ContinuousClock.now + .milliseconds(200)
      let processes = (0..<workers).map { _ in spawn { while ContinuousClock.now < ends {} } }
      for process in processes { _ = await process.exited() }
      let busy = try #require(NodeStatistics.current.utilisation(since: start))
      #expect(busy > 0 && busy <= 1)
      #expect(start.utilisation(since: start) == nil)
    }
  #endif

  @Test("TEL-4: a line of the log names the process that writes it, and none outside of processes")
  func metadata() async throws {
    try await withTestNode { _ in
      let provider = Logger.MetadataProvider.process
      let plain = Probe<Logger.Metadata>()
      let id = spawn { plain.ref.send(provider.get()) }
      let first = try await plain.next()
      #expect(first == ["process.id": "\(id)"])
      let named = spawn(label: "the third") {
        let own = try #require(CurrentProcess.id.flatMap { ProcessRef<Never>($0) })
        try ProcessName<Never>("metadata").register(own)
        plain.ref.send(provider.get())
      }
      let second = try await plain.next()
      #expect(
        second == ["process.id": "\(named)", "process.name": "metadata", "process.label": "the third"])
    }
    #expect(Logger.MetadataProvider.process.get().isEmpty)
  }
}
