import CTestSettings
@_spi(Runtime) @testable import ProcessRuntime
import Supervision
import SupervisionTesting
import Synchronization
import Testing

extension Stress {
  @Suite("Links")
  struct Link {
    @Test("LNK-8, LNK-9: unlink with flush races a death on another thread, and leaves nothing behind")
    func unlinkFlushStress() async throws {
      let reaper = Reaper()
      let leftOvers = Journal<Int>()
      let process = spawn(receiving: Never.self) { inbox in
        CurrentProcess.trapsExits = true
        for _ in 0..<1_500 {
          let other = sleeper()
          try CurrentProcess.link(other)
          reaper.end(other)
          CurrentProcess.unlink(other, flush: true)
          for _ in 0..<200 { _ = other.isAlive }
          leftOvers.note(try await inbox.queuedSignals().count)
          other.exit(.kill)
          await Task.yield()
        }
      }
      #expect(await process.exited() == .normal)
      reaper.stop()
      #expect(leftOvers.entries == Array(repeating: 0, count: 1_500))
    }

    @Test("LNK-8: after unlink has returned, a death on another thread does not end the caller any more")
    func unlinkStress() async throws {
      let reaper = Reaper()
      let returned = Journal<ProcessID>()
      try await onWorkers {
        for _ in 0..<1_000 {
          let process = spawn {
            let other = sleeper()
            try CurrentProcess.link(other)
            reaper.end(other)
            CurrentProcess.unlink(other)
            // Only who is alive after unlink has returned can say so, and must then stay alive.
            if let id = CurrentProcess.id, id.isAlive { returned.note(id) }
            for _ in 0..<200 { _ = other.isAlive }
            other.exit(.kill)
            throw ExitReason.timeout
          }
          let reason = await process.exited()
          if reason == .shutdown, returned.entries.contains(process) { Issue.record("ended by a link that was gone") }
        }
      }
      reaper.stop()
      #expect(!returned.entries.isEmpty)
    }

    @Test("LNK-11: a storm of links, unlinks and deaths on many threads leaves both sides the same")
    func storm() async throws {
      let disagreements = try await onWorkers {
        let count = 12
        var refs: [ProcessRef<[ProcessID]>] = []
        for _ in 0..<count {
          refs.append(
            try spawnMonitor(receiving: [ProcessID].self) { inbox in
              CurrentProcess.trapsExits = true
              let others = try await inbox.next()
              for _ in 0..<2_000 {
                let other = others[Int.random(in: 0..<others.count)]
                if Bool.random() { try CurrentProcess.link(other) } else { CurrentProcess.unlink(other) }
              }
              try await suspendForever()
            }.process)
        }
        let ids = refs.map(\.id)
        for ref in refs { ref.send(ids) }
        while ids.contains(where: { $0.info?.status != .waiting || ($0.info?.reductions ?? 0) < 2 }) {
          try await CurrentProcess.sleep(for: .milliseconds(1))
        }
        for id in ids.prefix(4) { id.exit(.kill) }
        let living = ids.dropFirst(4)
        var disagreements = 0
        for a in living {
          for link in a.info?.links ?? [] where link.info?.links.contains(a) != true { disagreements += 1 }
        }
        for id in living { id.exit(.kill) }
        return disagreements
      }
      #expect(disagreements == 0)
    }

    @Test(
      "LNK-12: a chain of links of any length dies without a deep stack",
      arguments: [testsAreSanitized ? 5_000 : 100_000])
    func longChain(_ length: Int) async throws {
      let (first, last) = try await onWorkers {
        let first = sleeper()
        var last = first
        for _ in 1..<length {
          let next = sleeper()
          _ = last.cell.link(to: next.cell)
          last = next
        }
        first.exit(.shutdown)
        return (first, last)
      }
      #expect(await last.exited() == .shutdown)
      #expect(!first.isAlive)
    }

    @Test("LNK-12: a chain in which each process has started the next one dies and is freed too")
    func longFamily() async throws {
      let last = try await onWorkers {
        let reached = Journal<ProcessID>()
        @Sendable func descend(_ depth: Int) throws {
          try spawnLink {
            if depth > 1 { try descend(depth - 1) } else if let id = CurrentProcess.id { reached.note(id) }
            try await suspendForever()
          }
        }
        let root = spawn {
          try descend(testsAreSanitized ? 5_000 : 20_000)
          try await suspendForever()
        }
        while reached.entries.isEmpty { try await CurrentProcess.sleep(for: .milliseconds(1)) }
        root.exit(.shutdown)
        return reached.entries[0]
      }
      #expect(await last.exited() == .shutdown)
    }
  }
}
