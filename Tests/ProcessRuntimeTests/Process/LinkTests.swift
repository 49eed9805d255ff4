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
