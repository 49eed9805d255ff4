@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Synchronization
import Testing

@Suite("Death", .timeLimit(.minutes(5)))
struct DeathTests {
  @Test("PID-10: after a kill by the same caller a process is not alive, whatever it does")
  func notAliveAfterKill() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let process = sleeper()
      if Bool.random() { try await node.settle() }
      process.exit(.kill)
      #expect(!process.isAlive)
    }
    for _ in 0..<1_000 {
      let process = spawn { while !Task.isCancelled { await Task.yield() } }
      process.exit(.kill)
      #expect(!process.isAlive)
    }
  }

  @Test("PID-11: the list of processes holds the living, the oldest first")
  func list() async throws {
    try await withTestNode { node in
      let processes = (0..<100).map { _ in sleeper() }
      #expect(Array(ProcessID.all.suffix(100)) == processes)
      processes[50].exit(.kill)
      #expect(!ProcessID.all.contains(processes[50]))
      for process in processes { process.exit(.kill) }
      #expect(ProcessID.all.allSatisfy { !processes.contains($0) })
    }
  }

  @Test("GEN-14, GEN-20: who calls a process that takes the call out of its mailbox and traps hears of it at once")
  func callTakenIntoTrap() async throws {
    try await withTestNode { node in
      let process = spawn(receiving: ReplyTo<Int>.self) { inbox in
        var kept: [ReplyTo<Int>] = []
        for number in 0..<100 {
          let reply = try await inbox.next()
          if number < 97 { reply(number) } else { kept.append(reply) }
        }
        _ = kept.isEmpty ? 0 : [1][kept.count]
      }
      let ref = try #require(ProcessRef<ReplyTo<Int>>(process))
      for number in 0..<97 {
        let answer: Int = try await ref.call { $0 }
        #expect(answer == number)
      }
      let errors = Probe<(any Error)?>()
      for _ in 0..<3 {
        spawn {
          do {
            let answer: Int = try await ref.call(timeout: nil) { $0 }
            errors.ref.send(answer < 0 ? CancellationError() : nil)
          } catch {
            errors.ref.send(error)
          }
        }
      }
      for _ in 0..<3 {
        let error = try #require(try await errors.next() as? CallError)
        guard case .exited(let reason) = error.kind else { throw error }
        #expect(reason.fault?.kind == .trap)
      }
    }
  }

  @Test("PID-12: sending to a process that has ended does nothing")
  func sendToDead() async throws {
    try await withTestNode { node in
      let (ref, _) = try spawnMonitor(receiving: Int.self) { _ in }
      _ = await ref.id.exited()
      ref.send(1)
      ref.id.exit(.kill)
      #expect(await ref.id.exited() == .normal)
    }
  }

  @Test("PID-12: what nobody will handle is destroyed, and so its caller answered")
  func mailIsDestroyed() async throws {
    final class Payload: Sendable {}
    try await withTestNode { node in
      let process = spawn(receiving: Payload.self) { _ in try await suspendForever() }
      let ref = ProcessRef<Payload>(unsafelyTyped: process)
      weak var queued: Payload?
      weak var late: Payload?
      do {
        let payload = Payload()
        queued = payload
        ref.send(payload)
      }
      #expect(queued != nil)
      process.exit(.kill)
      do {
        let payload = Payload()
        late = payload
        ref.send(payload)
      }
      try await node.settle()
      #expect(queued == nil)
      #expect(late == nil)
    }
  }

  @Test("PID-14: nothing that a dead process still does reaches anybody")
  func fence() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let probe = Probe<String>()
      let victim = sleeper()
      let ghost = Journal<ProcessID>()
      let name = ProcessName<String>("a dead process's wish")
      let process = spawn(receiving: String.self) { inbox in
        let alias = inbox.alias()
        CurrentProcess.id?.exit(.kill)
        // What follows still runs, for nobody.
        probe.ref.send("message")
        probe.ref.send("timer", after: .seconds(1))
        victim.exit(.kill)
        alias.send("to itself")
        try CurrentProcess.link(victim)
        try CurrentProcess.monitor(victim)
        #expect(throws: NameError.self) { try name.register(probe.ref) }
        ghost.note(spawn { probe.ref.send("child") })
        probe.ref.send("end")
      }
      #expect(await process.exited() == .killed)
      try await CurrentProcess.sleep(for: .seconds(2))
      #expect(probe.isEmpty)
      #expect(victim.isAlive)
      #expect(victim.info?.links == [])
      #expect(victim.info?.monitoredBy == [])
      #expect(name.whereis == nil)
      #expect(ghost.entries.allSatisfy { !$0.isAlive })
    }
  }

  @Test("PID-14: a process that is waiting runs nothing more of its body than its unwinding")
  func noUserCode() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let journal = Journal<String>()
      let process = spawn {
        journal.note("begin")
        try await CurrentProcess.sleep(for: .seconds(5))
        journal.note("end")
      }
      try await node.settle()
      process.exit(.shutdown)
      try await CurrentProcess.sleep(for: .seconds(10))
      #expect(journal.entries == ["begin"])
    }
  }

  @Test("PID-15, NAM-4, MON-8: who hears of a death can use the name at once")
  func nameFirst() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let name = ProcessName<String>("cache")
      let done = Probe<Int>()
      let heir = Probe<String>()
      spawn(receiving: Never.self) { inbox in
        for _ in 0..<10 {
          let (ref, _) = try spawnMonitor(receiving: String.self) { _ in try await suspendForever() }
          try name.register(ref)
          let byName = try CurrentProcess.monitor(name)
          ref.id.exit(.kill)
          guard case .down = try await inbox.signal(), case .down(_, ref.id, _) = try await inbox.signal() else {
            return
          }
          #expect(byName.name == "cache")
          #expect(name.whereis == nil)
          try name.register(heir.ref)
          try name.unregister()
        }
        done.ref.send(1)
      }
      try await done.expect(1)
    }
  }

  @Test("PID-16: links and monitors of one process may hear in any order, but all of them do")
  func allHear() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let process = sleeper()
      let heard = Probe<String>()
      for index in 0..<10 {
        spawn(receiving: Never.self) { inbox in
          CurrentProcess.trapsExits = true
          if index % 2 == 0 { try CurrentProcess.link(process) } else { try CurrentProcess.monitor(process) }
          heard.ref.send("ready")
          heard.ref.send(try await inbox.signal().text)
        }
      }
      for _ in 0..<10 { try await heard.expect("ready") }
      process.exit(.shutdown)
      var texts: [String] = []
      for _ in 0..<10 { texts.append(try await heard.next()) }
      #expect(
        texts.sorted() == Array(repeating: "down shutdown", count: 5) + Array(repeating: "exit shutdown", count: 5))
    }
  }

  @Test("PID-20: a process that waits for mail handles exits, links, monitors and questions")
  func waitingHandlesSignals() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let process = spawn(receiving: Int.self) { inbox in
        while true { _ = try await inbox.next { $0 < 0 } }
      }
      try await node.settle()
      try CurrentProcess.link(process)
      let monitor = try CurrentProcess.monitor(process)
      #expect(process.info?.status == .waiting)
      #expect(process.info?.links == CurrentProcess.id.map { [$0] })
      CurrentProcess.unlink(process)
      process.exit(.shutdown)
      #expect(!process.isAlive)
      #expect(!CurrentProcess.demonitor(monitor, flush: true))
    }
  }
}
