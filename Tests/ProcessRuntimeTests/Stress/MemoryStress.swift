import CTestSettings
@_spi(Runtime) @testable import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

extension Stress {
  /// What remains of processes that have ended: nothing.
  @Suite("Memory")
  struct Memory {
    /// Cells, without keeping them.
    private struct Weak: Sendable {
      weak let cell: ProcessCell?
    }

    /// Ends when every cell is gone.
    private func expectFreed(_ cells: [Weak], sourceLocation: SourceLocation = #_sourceLocation) async {
      // A cell is let go by its worker a moment after its death is known: later, if the worker's thread has to wait.
      for _ in 0..<5_000 where cells.contains(where: { $0.cell != nil }) {
        try? await CurrentProcess.sleep(for: .milliseconds(1))
      }
      let left = cells.count { $0.cell != nil }
      #expect(left == 0, "\(left) of \(cells.count) cells are left", sourceLocation: sourceLocation)
    }

    @Test("10 000 processes that have ended, by themselves or not, are freed")
    func freed() async throws {
      let count = testsAreSanitized ? 1_000 : 10_000
      let processes = try await onWorkers {
        let ended = Journal<Weak>()
        for index in 0..<count {
          let process =
            switch index % 4 {
            case 0: spawn {}
            case 1: spawn { throw ExitReason.shutdown }
            case 2: spawn(receiving: Int.self) { inbox in _ = try await inbox.next() }
            default: sleeper()
            }
          ended.note(Weak(cell: process.cell))
          switch index % 4 {
          case 2: ProcessRef<Int>(unsafelyTyped: process).send(1)
          case 3: process.exit(.kill)
          default: break
          }
          _ = await process.exited()
        }
        return ended.takeAll()
      }
      #expect(processes.count == count)
      await expectFreed(processes)
    }

    @Test("processes that were linked, monitored, named, aliased and timed are freed")
    func relations() async throws {
      let journal = Journal<ProcessID>()
      try await onWorkers {
        for index in 0..<500 {
          let (ref, monitor) = try spawnMonitor(receiving: Int.self) { inbox in
            CurrentProcess.trapsExits = true
            CurrentProcess.label = "label"
            let peer = try spawn([.link, .monitor]) { try await suspendForever() }.process
            journal.note(peer)
            let request = inbox.monitor(peer, alias: .untilReply)
            inbox.ref.send(1, after: .seconds(3_600)).cancel()
            request.alias.send(1)
            _ = inbox.replyAlias()
            _ = try await inbox.next()
            peer.exit(.kill)
            // The exit and down signals stay in the mailbox.
            try await CurrentProcess.sleep(for: .seconds(3_600))
          }
          journal.note(ref.id)
          try ProcessName<Int>("related \(index)").register(ref)
          while ref.id.info?.mailboxLength ?? 2 < 2 { await Task.yield() }
          ref.id.exit(.kill)
          CurrentProcess.demonitor(monitor, flush: true)
        }
      }
      await expectFreed(journal.takeAll().map { Weak(cell: $0.cell) })
    }

    @Test("two servers that have called each other are freed")
    func callers() async throws {
      struct Friend: GenServer {
        enum Message: Sendable {
          case visit(ProcessRef<Message>, ReplyTo<Int>)
          case ask(ReplyTo<Int>)
        }
        mutating func handle(_ message: Message) async throws {
          switch message {
          case .visit(let other, let reply): reply(try await other.call { .ask($0) })
          case .ask(let reply): reply(1)
          }
        }
      }
      let ended = Journal<Weak>()
      try await onWorkers {
        for _ in 0..<100 {
          let (a, b) = (try await Friend.start { Friend() }, try await Friend.start { Friend() })
          _ = try await a.call { .visit(b, $0) }
          _ = try await b.call { .visit(a, $0) }
          for ref in [a, b] {
            ended.note(Weak(cell: ref.id.cell))
            ref.id.exit(.kill)
          }
        }
      }
      await expectFreed(ended.takeAll())
    }

    @Test("a line of generations, each started by the one before and outliving it, keeps only the last ones")
    func generations() async throws {
      let journal = Journal<ProcessID>()
      @Sendable func generation(_ left: Int) {
        let process = spawn { if left > 0 { generation(left - 1) } }
        journal.note(process)
      }
      generation(3_000)
      while journal.entries.count < 3_001 { _ = await spawn { await Task.yield() }.exited() }
      await expectFreed(journal.takeAll().map { Weak(cell: $0.cell) })
    }

    @Test("an id, a link and a down signal outlive their test node")
    func afterTheNode() async throws {
      let process = try await withTestNode { node in
        let process = sleeper()
        try CurrentProcess.monitor(process)
        return process
      }
      #expect(!process.isAlive)
      process.exit(.kill)
      #expect(await process.exited() == .killed)
      #expect(process.info == nil)
    }

    @Test("a task that comes back to its process after the test node is gone does no harm")
    func lateTask() async throws {
      for _ in 0..<50 {
        try await withTestNode { node in
          spawn { try await Task.sleep(for: .seconds(60)) }
          try await node.settle()
        }
      }
    }

    @Test("waiting in vain for a process's end leaves nothing with it")
    func exitWaiters() async throws {
      try await withTestNode { node in
        let process = sleeper()
        for _ in 0..<100 { _ = try? await process.exited(within: .milliseconds(1)) {} }
        #expect(process.cell.extras?.exitWaiters.isEmpty ?? true)
      }
    }
  }
}
