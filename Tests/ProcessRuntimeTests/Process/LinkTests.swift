@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Links", .timeLimit(.minutes(5)))
struct LinkTests {
  @Test("LNK-1, INF-7: a link shows on both sides, and never names the process itself")
  func bothSides() async throws {
    try await withTestNode { node in
      let other = sleeper()
      try CurrentProcess.link(other)
      #expect(CurrentProcess.links == [other])
      #expect(other.info?.links == CurrentProcess.id.map { [$0] })
      CurrentProcess.unlink(other)
      #expect(CurrentProcess.links == [])
      #expect(other.info?.links == [])
    }
  }

  @Test("LNK-2: two processes share at most one link, whoever asks for it, and one unlink removes it")
  func oneLink() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let test = CurrentProcess.id
      let other = spawn {
        if let test { try CurrentProcess.link(test) }
        try await suspendForever()
      }
      for _ in 0..<3 { try CurrentProcess.link(other) }
      try await node.settle()
      #expect(CurrentProcess.links == [other])
      CurrentProcess.unlink(other)
      #expect(CurrentProcess.links == [])
      other.exit(.shutdown)
      try await node.settle()
    }
  }

  @Test("LNK-3: linking to oneself does nothing")
  func toOneself() async throws {
    try await withTestNode { node in
      let process = spawn {
        if let id = CurrentProcess.id { try CurrentProcess.link(id) }
        #expect(CurrentProcess.links == [])
        throw ExitReason.timeout
      }
      #expect(await process.exited() == .timeout)
    }
  }

  @Test("LNK-4, LNK-7: linking and unlinking succeed, with and without a link")
  func succeed() async throws {
    try await withTestNode { node in
      let other = sleeper()
      CurrentProcess.unlink(other)
      try CurrentProcess.link(other)
      try CurrentProcess.link(other)
      CurrentProcess.unlink(other)
      CurrentProcess.unlink(other)
      CurrentProcess.unlink(other, flush: true)
      other.exit(.kill)
      CurrentProcess.unlink(other)
    }
  }

  @Test("LNK-5, LNK-13: linking to a dead process is an error, or an exit signal to one that traps exits")
  func toDead() async throws {
    try await withTestNode { node in
      let dead = spawn {}
      _ = await dead.exited()
      let error = #expect(throws: ProcessError.self) { try CurrentProcess.link(dead) }
      #expect(error?.kind == .noProcess(dead))
      let probe = Probe<String>()
      spawn(receiving: Never.self) { inbox in
        CurrentProcess.trapsExits = true
        try CurrentProcess.link(dead)
        probe.ref.send(try await inbox.signal().text)
      }
      try await probe.expect("exit no process")
    }
  }

  @Test("LNK-8: unlink, then the other's death: nothing comes, to a process that traps exits or not")
  func unlinkThenDeath() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let other = sleeper()
      try CurrentProcess.link(other)
      CurrentProcess.unlink(other)
      other.exit(.shutdown)
      try await node.settle()
      let probe = Probe<Int>()
      spawn(receiving: Never.self) { inbox in
        CurrentProcess.trapsExits = true
        let other = sleeper()
        try CurrentProcess.link(other)
        CurrentProcess.unlink(other)
        other.exit(.kill)
        probe.ref.send(try await inbox.queuedSignals().count)
      }
      try await probe.expect(0)
    }
  }

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

  @Test("LNK-11: an exit of a link that is gone when it arrives is dropped", arguments: [true, false])
  func staleExit(_ traps: Bool) async throws {
    try await withTestNode { node in
      let (process, other) = (
        spawn(receiving: Never.self) { _ in
          CurrentProcess.trapsExits = traps
          try await suspendForever()
        }, sleeper()
      )
      try await node.settle()
      #expect(process.cell.link(to: other.cell))
      process.cell.unlink(from: other.cell)
      // As if it had been on its way.
      process.cell.receiveExit(from: other.cell, .shutdown, isLink: true)
      #expect(process.info?.mailboxLength == 0)
      #expect(process.isAlive)
    }
  }

  @Test("LNK-9, LNK-10: a flush removes one exit of that process, and no other")
  func flush() async throws {
    try await withTestNode { node in
      let probe = Probe<[String]>()
      let process = spawn(receiving: Never.self) { inbox in
        CurrentProcess.trapsExits = true
        let me = CurrentProcess.id
        let bystander = sleeper()
        try CurrentProcess.link(bystander)
        let other = spawn {
          me?.exit(.timeout)
          if let me { try CurrentProcess.link(me) }
          throw ExitReason.shutdown
        }
        _ = await other.exited()
        bystander.exit(.kill)
        CurrentProcess.unlink(other, flush: true)
        probe.ref.send(try await inbox.queuedSignals().map(\.text))
      }
      try await probe.expect(["exit shutdown", "exit killed"])
      _ = await process.exited()
    }
  }

  @Test("LNK-11: links and unlinks from both sides at once end the same on both sides")
  func simultaneous() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let pair = Probe<ProcessID>()
      for _ in 0..<2 {
        spawn(receiving: ProcessID.self) { inbox in
          pair.ref.send(inbox.ref.id)
          let other = try await inbox.next()
          for step in 0..<10 {
            if (step + Int.random(in: 0...1)) % 2 == 0 {
              try CurrentProcess.link(other)
            } else {
              CurrentProcess.unlink(other)
            }
            try await CurrentProcess.sleep(for: .zero)
          }
          try await suspendForever()
        }
      }
      let (a, b) = (try await pair.next(), try await pair.next())
      ProcessRef<ProcessID>(unsafelyTyped: a).send(b)
      ProcessRef<ProcessID>(unsafelyTyped: b).send(a)
      try await CurrentProcess.sleep(for: .seconds(1))
      #expect(a.info?.links.contains(b) == b.info?.links.contains(a))
    }
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

  @Test("LNK-12: death goes over every link, with its reason, and removes the link on both sides")
  func death() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let hub = sleeper()
      let heard = Probe<String>()
      for _ in 0..<20 {
        spawn(receiving: Never.self) { inbox in
          CurrentProcess.trapsExits = true
          try CurrentProcess.link(hub)
          guard case .exit(hub, let reason) = try await inbox.signal() else { return }
          #expect(CurrentProcess.links == [])
          heard.ref.send("\(reason)")
        }
      }
      try await node.settle()
      hub.exit(.failure(Broken()))
      for _ in 0..<20 { try await heard.expect("Broken: Broken(why: \"broken\")") }
    }
  }

  @Test("LNK-12: a chain of links of any length dies without a deep stack", arguments: [100_000])
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
        try descend(20_000)
        try await suspendForever()
      }
      while reached.entries.isEmpty { try await CurrentProcess.sleep(for: .milliseconds(1)) }
      root.exit(.shutdown)
      return reached.entries[0]
    }
    #expect(await last.exited() == .shutdown)
  }

  @Test("LNK-14: an unlink just before one's own death is honoured")
  func unlinkThenDie() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let peer = sleeper()
      let process = spawn {
        try CurrentProcess.link(peer)
        CurrentProcess.unlink(peer)
        throw ExitReason.failure(Broken())
      }
      _ = await process.exited()
      try await node.settle()
      #expect(peer.isAlive)
    }
  }
}
