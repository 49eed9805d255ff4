@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Spawning", .timeLimit(.minutes(5)))
struct SpawnTests {
  @Test("PID-1: an id is never used again, and prints as Erlang prints it")
  func uniqueIDs() async throws {
    try await withTestNode { node in
      var seen: Set<ProcessID> = []
      var numbers: Set<String> = []
      for _ in 0..<1_000 {
        let process = spawn {}
        seen.insert(process)
        numbers.insert(process.description)
        _ = await process.exited()
      }
      #expect(seen.count == 1_000)
      #expect(numbers.count == 1_000)
      #expect(numbers.allSatisfy { $0.hasPrefix("<0.") && $0.hasSuffix(".0>") })
    }
  }

  @Test("PID-2: spawn returns before the process runs, and what is sent at once arrives")
  func usableAtOnce() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let hasRun = Journal<Int>()
      let results = Probe<[Int]>()
      let process = spawn(receiving: Int.self) { inbox in
        hasRun.note(1)
        results.ref.send([try await inbox.next(), try await inbox.next()])
      }
      #expect(hasRun.entries.isEmpty)
      #expect(process.isAlive)
      let ref = ProcessRef<Int>(unsafelyTyped: process)
      ref.send(1)
      ref.send(2)
      let monitor = try CurrentProcess.monitor(process)
      try await results.expect([1, 2])
      CurrentProcess.demonitor(monitor)
    }
  }

  @Test("PID-2: an exit that is sent before a process has run ends it before its first instruction")
  func exitBeforeFirstRun() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let hasRun = Journal<Int>()
      let process = spawn { hasRun.note(1) }
      process.exit(.shutdown)
      #expect(await process.exited() == .shutdown)
      try await node.settle()
      #expect(hasRun.entries.isEmpty)
    }
  }

  @Test("PID-3: a linked process that ends at once takes its starter with its real reason")
  func spawnLinkIsOneStep() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let starter = spawn {
        try spawnLink { throw ExitReason.failure(Broken()) }
        try await suspendForever()
      }
      #expect(await starter.exited() == .failure(Broken()))
    }
  }

  @Test("PID-3: a starter that traps exits hears the real reason, never noProcess")
  func spawnLinkTrapped() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let probe = Probe<ExitReason>()
      spawn(receiving: Never.self) { inbox in
        CurrentProcess.trapsExits = true
        let child = try spawnLink { throw Broken() }
        if case .exit(child, let reason) = try await inbox.signal() { probe.ref.send(reason) }
      }
      try await probe.expect(.failure(Broken()))
    }
  }

  @Test("PID-4: a monitored process that ends at once tells its real reason, never noProcess")
  func spawnMonitorIsOneStep() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let probe = Probe<String>()
      spawn(receiving: Never.self) { inbox in
        let (process, monitor) = try spawnMonitor { throw ExitReason.timeout }
        if case .down(monitor, process, let reason) = try await inbox.signal() { probe.ref.send("\(reason)") }
      }
      try await probe.expect("timeout")
    }
  }

  @Test("PID-5: linked and monitored, an end is an exit and a down signal")
  func linkAndMonitor() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let probe = Probe<Set<String>>()
      spawn(receiving: Never.self) { inbox in
        CurrentProcess.trapsExits = true
        let (process, monitor) = try spawn([.link, .monitor], label: "both") { throw ExitReason.shutdown }
        #expect(monitor != nil)
        #expect(process.info?.label == "both")
        #expect(CurrentProcess.links == [process])
        probe.ref.send([try await inbox.signal().text, try await inbox.signal().text])
      }
      try await probe.expect(["exit shutdown", "down shutdown"])
    }
  }

  @Test("PID-5: without options there is neither link nor monitor")
  func noOptions() async throws {
    try await withTestNode { node in
      let (process, monitor) = try spawn([]) { try await suspendForever() }
      #expect(monitor == nil)
      #expect(CurrentProcess.links.isEmpty)
      #expect(process.info?.monitoredBy == [])
      process.exit(.kill)
    }
  }

  @Test("PID-6: a process whose closure returns ends as normal")
  func returning() async throws {
    try await withTestNode { node in
      #expect(await spawn {}.exited() == .normal)
      #expect(await spawn(receiving: Int.self) { _ in }.exited() == .normal)
    }
  }

  @Test(
    "PID-7: what leaves a process uncaught is its exit reason",
    arguments: [
      (Broken(), ExitReason.failure(Broken())), (ExitReason.shutdown, .shutdown), (ExitReason.kill, .kill),
      (ExitReason.shutdown("why"), .shutdown("why")), (ExitReason.failure(Broken()), .failure(Broken())),
    ] as [(any Error & Sendable, ExitReason)])
  func throwing(_ error: any Error & Sendable, _ reason: ExitReason) async throws {
    try await withTestNode { node in
      #expect(await spawn { throw error }.exited() == reason)
    }
  }

  @Test("PID-8: the starter is the parent, linked or not; outside of processes there is none")
  func parent() async throws {
    try await withTestNode { node in
      let child = sleeper()
      #expect(child.info?.parent == CurrentProcess.id)
    }
    let orphan = sleeper()
    #expect(orphan.info != nil)
    #expect(orphan.info?.parent == nil)
    orphan.exit(.kill)
  }

  @Test("PID-9: a process runs on its starter's node and knows its ancestors")
  func inheritance() async throws {
    try await withTestNode { node in
      let probe = Probe<[ProcessID]>()
      let grandparent = CurrentProcess.id
      spawn {
        let parent = CurrentProcess.id
        spawn {
          #expect(node.processes.contains { $0 == CurrentProcess.id })
          let ancestors = CurrentProcess.id?.info?.ancestors ?? []
          #expect(ancestors.first == parent)
          probe.ref.send(ancestors)
        }
      }
      let ancestors = try await probe.next()
      #expect(ancestors.count == 2)
      #expect(ancestors.last == grandparent)
    }
  }

  @Test("PID-13: a process may send to itself, behind what is there")
  func selfSend() async throws {
    try await withTestNode { node in
      let probe = Probe<[Int]>()
      let process = spawn(receiving: Int.self) { inbox in
        inbox.ref.send(2)
        probe.ref.send([try await inbox.next(), try await inbox.next()])
      }
      ProcessRef<Int>(unsafelyTyped: process).send(1)
      try await probe.expect([1, 2])
    }
  }

  @TaskLocal private static var colour: String?

  @Test("PID-17: what a process keeps in task-local values is its own, and ends with it")
  func processLocalValues() async throws {
    try await withTestNode { node in
      let seen = Probe<[String?]>()
      spawn {
        await Self.$colour.withValue("red") {
          spawn { seen.ref.send(["child", Self.colour]) }
          await Task.yield()
          seen.ref.send(["process", Self.colour])
        }
      }
      let lines = [try await seen.next(), try await seen.next()]
      #expect(Set(lines) == [["child", nil], ["process", "red"]])
      #expect(Self.colour == nil)
    }
  }

  @Test("PID-18: a label shows in details and in reports, and is gone with the process")
  func label() async throws {
    try await withTestNode { node in
      let process = spawn(label: "first") {
        #expect(CurrentProcess.label == "first")
        CurrentProcess.label = "second"
        try await CurrentProcess.sleep(for: .seconds(1))
        throw Broken()
      }
      #expect(process.label == "first")
      #expect(sleeper().label == nil)
      try await node.settle()
      #expect(process.label == "second")
      _ = await process.exited()
      #expect(process.label == nil)
      #expect(node.reports(of: CrashReport.self).map(\.label) == ["second"])
    }
  }

  @Test("outside of processes, what needs one throws and leaves nothing behind")
  func outside() {
    #expect(throws: ProcessError.self) { try spawnLink {} }
    #expect(throws: ProcessError.self) { try spawnMonitor {} }
    #expect(throws: ProcessError.self) { try spawn([.link]) {} }
    #expect(throws: ProcessError.self) { try CurrentProcess.link(ProcessID(placeholder: 7)) }
    #expect(CurrentProcess.id == nil)
    #expect(CurrentProcess.links == [])
  }
}
