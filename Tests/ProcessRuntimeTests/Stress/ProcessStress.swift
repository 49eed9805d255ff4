@_spi(Runtime) @testable import ProcessRuntime
import Supervision
import SupervisionTesting
import Synchronization
import Testing

extension Stress {
  @Suite("Spawning")
  struct Spawn {
    @Test("PID-3: on many threads as well")
    func spawnLinkStress() async throws {
      try await onWorkers {
        for _ in 0..<2_000 {
          let starter = spawn {
            try spawnLink { throw ExitReason.shutdown }
            try await suspendForever()
          }
          #expect(await starter.exited() == .shutdown)
        }
      }
    }
  }
}

extension Stress {
  @Suite("Death")
  struct Death {
    @Test("PID-15: on many threads as well: the name is free before the link, the monitor and the waiter hear")
    func nameFirstStress() async throws {
      let name = ProcessName<String>("named down")
      let rounds = try await onWorkers {
        for round in 0..<2_000 {
          let (ref, _) = try spawnMonitor(receiving: String.self) { inbox in _ = try await inbox.next() }
          try name.register(ref)
          let killer = spawn { if round % 2 == 0 { ref.id.exit(.kill) } else { ref.send("end") } }
          _ = await ref.id.exited()
          guard name.whereis == nil else { return round }
          _ = await killer.exited()
        }
        return 2_000
      }
      #expect(rounds == 2_000)
    }

    @Test("PID-21: a kill does not wait for a victim that never suspends: everyone is told at once")
    func killWhileRunning() async throws {
      let isRunning = Atomic(false)
      let mayEnd = Atomic(false)
      let afterEnd = Atomic(0)
      let probe = Probe<Int>()
      let busy = spawn {
        isRunning.store(true, ordering: .releasing)
        while !mayEnd.load(ordering: .acquiring) {}
        probe.ref.send(1)
        afterEnd.store(1, ordering: .releasing)
      }
      while !isRunning.load(ordering: .acquiring) {}
      #expect(busy.info?.status == .running)
      busy.exit(.kill)
      #expect(await busy.exited() == .killed)
      mayEnd.store(true, ordering: .releasing)
      while afterEnd.load(ordering: .acquiring) == 0 {}
      #expect(probe.isEmpty)
      probe.ref.id.exit(.kill)
    }
  }
}

extension Stress {
  @Suite("Exit signals")
  struct ExitSignal {
    @Test("XSG-9: racing exits on many threads: all who hear, hear the same")
    func exitRace() async throws {
      let disagreements = try await onWorkers {
        var disagreements = 0
        for _ in 0..<1_000 {
          let process = sleeper()
          let heard = Journal<ExitReason>()
          let racers = (0..<3).map { index in
            spawn(receiving: Never.self) { inbox in
              let monitor = try CurrentProcess.monitor(process)
              process.exit([.shutdown, .kill, .timeout][index])
              guard case .down(monitor, process, let reason) = try await inbox.signal() else { return }
              if reason != .noProcess { heard.note(reason) }
            }
          }
          for racer in racers { _ = await racer.exited() }
          let end = await process.exited()
          if heard.entries.contains(where: { $0 != end }) { disagreements += 1 }
        }
        return disagreements
      }
      #expect(disagreements == 0)
    }
  }
}

extension Stress {
  @Suite("Monitors")
  struct Monitor {
    @Test("MON-9, MON-10, MON-11: demonitor races a death on another thread: its answer agrees with the mailbox")
    func demonitorStress() async throws {
      let reaper = Reaper()
      let wrong = Journal<String>()
      let process = spawn(receiving: Never.self) { inbox in
        for round in 0..<1_500 {
          let other = sleeper()
          let ref = try CurrentProcess.monitor(other)
          reaper.end(other)
          let inTime = CurrentProcess.demonitor(ref, flush: round % 2 == 0)
          for _ in 0..<200 { _ = other.isAlive }
          let count = try await inbox.queuedSignals().count
          if count != (inTime || round % 2 == 0 ? 0 : 1) {
            wrong.note("round \(round): \(inTime), then \(count) signals")
          }
          other.exit(.kill)
          await Task.yield()
        }
      }
      #expect(await process.exited() == .normal)
      reaper.stop()
      #expect(wrong.entries == [])
    }
  }
}

extension Stress {
  @Suite("Process details")
  struct ProcessDetails {
    @Test("INF-5: on many threads: an asker finds at least what it has sent itself")
    func mailboxLengthStress() async throws {
      let least = try await onWorkers {
        let process = spawn(receiving: Int.self) { inbox in _ = try await inbox.next { $0 < 0 } }
        let ref = ProcessRef<Int>(unsafelyTyped: process)
        let counts = Journal<Bool>()
        let askers = (0..<4).map { _ in
          spawn {
            for number in 1...500 {
              ref.send(number)
              counts.note(process.info.map { $0.mailboxLength >= number } ?? false)
            }
          }
        }
        for asker in askers { _ = await asker.exited() }
        let all = process.info?.mailboxLength
        process.exit(.kill)
        return (counts.entries.allSatisfy { $0 }, all)
      }
      #expect(least.0)
      #expect(least.1 == 2_000)
    }

    @Test("INF-2: details of busy processes can be asked for while they live, change and die")
    func askingStress() async throws {
      try await onWorkers {
        let isOver = Journal<Int>()
        let asked = Journal<ProcessID>()
        let asker = spawn {
          while isOver.entries.isEmpty {
            for process in asked.entries.suffix(20) { _ = process.info }
            await Task.yield()
          }
        }
        for _ in 0..<200 {
          let server = try await ProcessDetailsTests.Slow.start { ProcessDetailsTests.Slow() }
          for number in 0..<5 { server.send(.work(number)) }
          let watcher = spawn {
            CurrentProcess.trapsExits = true
            try CurrentProcess.link(server.id)
            try CurrentProcess.monitor(server.id)
            CurrentProcess.label = "watcher"
            try await suspendForever()
          }
          asked.note(server.id)
          asked.note(watcher)
          await Task.yield()
          server.id.exit(.kill)
          watcher.exit(.kill)
        }
        isOver.note(1)
        #expect(await asker.exited() == .normal)
      }
    }
  }
}
