@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Monitors", .timeLimit(.minutes(5)))
struct MonitorTests {
  @Test("MON-1: a monitor is one-way, and placing one never fails")
  func oneWay() async throws {
    try await withTestNode { node in
      let other = sleeper()
      let ref = try CurrentProcess.monitor(other)
      #expect(other.info?.monitors.isEmpty == true)
      #expect(other.info?.monitoredBy == CurrentProcess.id.map { [$0] })
      CurrentProcess.demonitor(ref)
      let watcher = spawn {
        try CurrentProcess.monitor(other)
        throw ExitReason.shutdown
      }
      _ = await watcher.exited()
      #expect(other.isAlive)
      other.exit(.kill)
    }
  }

  @Test(
    "MON-2, MON-3: one down signal with the real reason, to a process that traps exits or not",
    arguments: [ExitReason.normal, .shutdown, .kill, .failure(Broken())], [true, false])
  func down(_ reason: ExitReason, _ traps: Bool) async throws {
    try await withTestNodes(seeds: 0..<25) { node in
      let seen = Probe<[String]>()
      spawn(receiving: Never.self) { inbox in
        CurrentProcess.trapsExits = traps
        let (process, ref) = try spawnMonitor { throw reason }
        guard case .down(ref, process, reason) = try await inbox.signal() else { return }
        #expect(CurrentProcess.id?.info?.monitors.isEmpty == true)
        try await CurrentProcess.sleep(for: .seconds(1))
        seen.ref.send(try await inbox.queuedSignals().map(\.text))
      }
      try await seen.expect([])
    }
  }

  @Test("MON-2: a long reason reaches every one of many watchers")
  func longReason() async throws {
    try await withTestNode { node in
      let reason = ExitReason.shutdown(String(repeating: "x", count: 1_000_000))
      let heard = Probe<Int>()
      let process = sleeper()
      for _ in 0..<50 {
        spawn(receiving: Never.self) { inbox in
          try CurrentProcess.monitor(process)
          if case .down(_, process, reason) = try await inbox.signal() { heard.ref.send(1) }
        }
      }
      try await node.settle()
      process.exit(reason)
      for _ in 0..<50 { try await heard.expect(1) }
    }
  }

  @Test(
    "MON-4, MON-14: monitoring the dead answers noProcess, whatever they died of",
    arguments: [ExitReason.normal, .kill])
  func dead(_ reason: ExitReason) async throws {
    try await withTestNode { node in
      let dead = spawn { throw reason }
      _ = await dead.exited()
      let seen = Probe<String>()
      spawn(receiving: Never.self) { inbox in
        try CurrentProcess.monitor(dead)
        #expect(CurrentProcess.id?.info?.monitors.isEmpty == true)
        seen.ref.send(try await inbox.signal().text)
      }
      try await seen.expect("down no process")
    }
  }

  @Test("MON-5: every monitor of one process is its own")
  func several() async throws {
    try await withTestNode { node in
      let process = sleeper()
      let seen = Probe<Int>()
      spawn(receiving: Never.self) { inbox in
        // More than a handful, so that both ways of keeping them are used.
        let refs = try (0..<50).map { _ in try CurrentProcess.monitor(process) }
        #expect(process.info?.monitoredBy.count == 50)
        for ref in refs.prefix(20) { CurrentProcess.demonitor(ref) }
        #expect(process.info?.monitoredBy.count == 30)
        process.exit(.shutdown)
        let signals = try await inbox.queuedSignals()
        let told = Set(signals.compactMap { if case .down(let ref, process, .shutdown) = $0 { ref } else { nil } })
        #expect(told == Set(refs.dropFirst(20)))
        seen.ref.send(signals.count)
      }
      try await seen.expect(30)
    }
  }

  @Test("MON-6: monitoring oneself gives a reference and no signal")
  func oneself() async throws {
    try await withTestNode { node in
      let process = spawn {
        guard let id = CurrentProcess.id else { return }
        let ref = try CurrentProcess.monitor(id)
        #expect(id.info?.monitors.isEmpty == true)
        #expect(!CurrentProcess.demonitor(ref))
        throw ExitReason.shutdown
      }
      #expect(await process.exited() == .shutdown)
    }
  }

  @Test("MON-7: a name is resolved once, when the monitor is placed; the down signal names it")
  func byName() async throws {
    try await withTestNode { node in
      let name = ProcessName<Int>("watched")
      let first = Probe<Int>()
      let second = Probe<Int>()
      try name.register(first.ref)
      let seen = Probe<String>()
      spawn(receiving: Never.self) { inbox in
        let ref = try CurrentProcess.monitor(name)
        #expect(CurrentProcess.id?.info?.monitors.first?.name == "watched")
        #expect(CurrentProcess.id?.info?.monitors.first?.process == first.ref.id)
        try name.unregister()
        try name.register(second.ref)
        second.ref.id.exit(.kill)
        #expect(try await inbox.queuedSignals().isEmpty)
        first.ref.id.exit(.shutdown)
        guard case .down(ref, first.ref.id, let reason) = try await inbox.signal() else { return }
        seen.ref.send("\(ref.name ?? "") \(reason)")
      }
      try await seen.expect("watched shutdown")
    }
  }

  @Test("MON-7: monitoring a name that nobody has answers noProcess, and names it")
  func byUnknownName() async throws {
    try await withTestNode { node in
      let seen = Probe<String>()
      spawn(receiving: Never.self) { inbox in
        try CurrentProcess.monitor(ProcessName<Int>("nobody"))
        guard case .down(let ref, _, let reason) = try await inbox.signal() else { return }
        seen.ref.send("\(ref.name ?? "") \(reason)")
      }
      try await seen.expect("nobody no process")
    }
  }

  @Test("MON-9: after demonitor nothing comes; to demonitor twice, or a fired monitor, does nothing")
  func demonitor() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let seen = Probe<Int>()
      spawn(receiving: Never.self) { inbox in
        let process = sleeper()
        let ref = try CurrentProcess.monitor(process)
        #expect(CurrentProcess.demonitor(ref))
        #expect(!CurrentProcess.demonitor(ref))
        process.exit(.kill)
        #expect(!CurrentProcess.demonitor(ref))
        seen.ref.send(try await inbox.queuedSignals().count)
      }
      try await seen.expect(0)
    }
  }

  @Test("MON-9: who has not placed a monitor cannot take it back")
  func foreignDemonitor() async throws {
    try await withTestNode { node in
      let process = sleeper()
      let seen = Probe<String>()
      spawn(receiving: Never.self) { inbox in
        let ref = try CurrentProcess.monitor(process)
        let thief = spawn { #expect(!CurrentProcess.demonitor(ref, flush: true)) }
        _ = await thief.exited()
        process.exit(.normal)
        process.exit(.shutdown)
        seen.ref.send(try await inbox.signal().text)
      }
      try await seen.expect("down shutdown")
    }
  }

  @Test("MON-10, MON-11: demonitor tells whether it was in time, and flushes what came")
  func flush() async throws {
    try await withTestNode { node in
      let seen = Probe<Int>()
      spawn(receiving: Never.self) { inbox in
        let process = sleeper()
        let (first, second) = (try CurrentProcess.monitor(process), try CurrentProcess.monitor(process))
        process.exit(.kill)
        #expect(!CurrentProcess.demonitor(first))
        #expect(!CurrentProcess.demonitor(second, flush: true))
        let signals = try await inbox.queuedSignals()
        guard case .down(first, _, _) = signals.first else { return }
        seen.ref.send(signals.count)
      }
      try await seen.expect(1)
    }
  }

  @Test("MON-13: a watcher's death takes its monitors away, and nobody is told")
  func watcherDies() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let process = sleeper()
      let watchers = (0..<20).map { _ in
        spawn {
          try CurrentProcess.monitor(process)
          try await suspendForever()
        }
      }
      try await node.settle()
      #expect(process.info?.monitoredBy.count == 20)
      for watcher in watchers { watcher.exit(.kill) }
      #expect(process.info?.monitoredBy == [])
      #expect(process.info?.mailboxLength == 0)
    }
  }

  @Test("MON-13: the monitored process may end its watcher")
  func killsItsWatcher() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let watcher = spawn {
        guard let me = CurrentProcess.id else { return }
        try spawnMonitor { me.exit(.kill) }
        try await suspendForever()
      }
      #expect(await watcher.exited() == .killed)
      try await node.settle()
      #expect(node.processes.count == 1)
    }
  }

  @Test("MON-14: monitor, then kill by the same process: the reason is killed")
  func monitorThenKill() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let seen = Probe<String>()
      spawn(receiving: Never.self) { inbox in
        let process = sleeper()
        try CurrentProcess.monitor(process)
        process.exit(.kill)
        seen.ref.send(try await inbox.signal().text)
      }
      try await seen.expect("down killed")
    }
  }

  @Test("MON-15: both sides list a monitor as long as it stands")
  func lists() async throws {
    try await withTestNode { node in
      let processes = (0..<5).map { _ in sleeper() }
      let refs = try processes.map { try CurrentProcess.monitor($0) }
      let monitored = { CurrentProcess.id?.info?.monitors.map(\.process) }
      #expect(monitored() == processes)
      CurrentProcess.demonitor(refs[0])
      processes[1].exit(.kill)
      #expect(monitored() == Array(processes.dropFirst(2)))
      #expect(processes[0].info?.monitoredBy == [])
      #expect(processes[2].info?.monitoredBy == CurrentProcess.id.map { [$0] })
    }
  }
}
