import Supervision
import SupervisionTesting
import Testing

@Suite("Aliases", .timeLimit(.minutes(5)))
struct AliasTests {
  /// Runs `body` as a process with a mailbox of a test node, with each of a hundred seeds.
  private func inMailbox(
    _ body: @escaping @Sendable (TestNode, inout Mailbox<Int>) async throws -> Void
  ) async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let failure = Journal<any Error>()
      let process = spawn(receiving: Int.self) { inbox in
        do {
          try await body(node, &inbox)
        } catch {
          failure.note(error)
        }
      }
      #expect(await process.exited() == .normal)
      if let error = failure.entries.first { throw error }
    }
  }

  @Test("ALI-1: an alias addresses the process that made it")
  func address() async throws {
    try await inMailbox { node, inbox in
      let alias = inbox.alias()
      spawn { alias.send(7) }
      try await inbox.expect(7)
      #expect(alias == alias && alias != inbox.alias())
    }
  }

  @Test("ALI-2: what comes through an inactive alias is dropped on arrival; what has arrived stays")
  func dropped() async throws {
    try await inMailbox { node, inbox in
      let alias = inbox.alias()
      alias.send(1)
      #expect(inbox.unalias(alias))
      alias.send(2)
      inbox.ref.send(3)
      #expect(inbox.ref.id.info?.mailboxLength == 2)
      try await inbox.expect(1, 3)
    }
  }

  @Test("ALI-3: only its maker takes an alias back, once")
  func unalias() async throws {
    try await inMailbox { node, inbox in
      let alias = inbox.alias()
      let thief = spawn(receiving: Int.self) { other in #expect(!other.unalias(alias)) }
      _ = await thief.exited()
      alias.send(1)
      #expect(inbox.unalias(alias))
      #expect(!inbox.unalias(alias))
      try await inbox.expect(1)
    }
  }

  @Test("ALI-4: the first message through a reply alias ends it")
  func reply() async throws {
    try await inMailbox { node, inbox in
      let alias = inbox.replyAlias()
      for number in 1...3 { spawn { alias.send(number) } }
      try await node.settle()
      #expect(inbox.ref.id.info?.mailboxLength == 1)
      _ = try await inbox.next()
      #expect(!inbox.unalias(alias))
    }
  }

  @Test("ALI-5: an explicit alias of a monitor outlives the down signal and demonitor")
  func explicit() async throws {
    try await inMailbox { node, inbox in
      let (one, other) = (sleeper(), sleeper())
      let fired = inbox.monitor(one, alias: .explicit)
      let takenBack = inbox.monitor(other, alias: .explicit)
      one.exit(.kill)
      _ = try await inbox.signal()
      CurrentProcess.demonitor(takenBack.monitor)
      fired.alias.send(1)
      takenBack.alias.send(2)
      try await inbox.expect(1, 2)
      #expect(inbox.unalias(fired.alias))
      #expect(inbox.unalias(takenBack.alias))
      fired.alias.send(3)
      #expect(inbox.ref.id.info?.mailboxLength == 0)
    }
  }

  @Test("ALI-6: an alias that goes with its monitor ends with it; taking the alias back leaves the monitor")
  func withMonitor() async throws {
    try await inMailbox { node, inbox in
      let (one, other, third) = (sleeper(), sleeper(), sleeper())
      let fired = inbox.monitor(one, alias: .withMonitor)
      let takenBack = inbox.monitor(other, alias: .withMonitor)
      let kept = inbox.monitor(third, alias: .withMonitor)
      fired.alias.send(1)
      fired.alias.send(2)
      try await inbox.expect(1, 2)
      one.exit(.kill)
      fired.alias.send(3)
      #expect(CurrentProcess.demonitor(takenBack.monitor))
      takenBack.alias.send(4)
      #expect(inbox.unalias(kept.alias))
      kept.alias.send(5)
      third.exit(.kill)
      let signals = try await inbox.queuedSignals()
      #expect(signals.count == 2)
      #expect(inbox.ref.id.info?.mailboxLength == 0)
      #expect(!inbox.unalias(fired.alias) && !inbox.unalias(takenBack.alias))
    }
  }

  @Test("ALI-6, MON-4: monitoring the dead ends the alias that goes with the monitor, not an explicit one")
  func deadTarget() async throws {
    try await inMailbox { node, inbox in
      let dead = spawn {}
      _ = await dead.exited()
      let modes: [AliasMode] = [.explicit, .withMonitor, .untilReply]
      let active = modes.map { mode in inbox.unalias(inbox.monitor(dead, alias: mode).alias) }
      #expect(active == [true, false, false])
      let signals = try await inbox.queuedSignals()
      #expect(signals.map(\.text) == Array(repeating: "down no process", count: 3))
    }
  }

  @Test("ALI-7, MON-12: the first message through a reply alias ends its monitor too")
  func untilReply() async throws {
    try await inMailbox { node, inbox in
      let process = sleeper()
      let request = inbox.monitor(process, alias: .untilReply)
      request.alias.send(1)
      request.alias.send(2)
      #expect(process.info?.monitoredBy == [])
      process.exit(.kill)
      try await inbox.expect(1)
      #expect(!CurrentProcess.demonitor(request.monitor))
      #expect(inbox.ref.id.info?.mailboxLength == 0)
    }
  }

  @Test(
    "ALI-8: demonitor with flush ends the monitor and its alias, before and after the down signal",
    arguments: [true, false])
  func flush(_ hasFired: Bool) async throws {
    try await inMailbox { node, inbox in
      for mode in [AliasMode.withMonitor, .untilReply] {
        let process = sleeper()
        let request = inbox.monitor(process, alias: mode)
        if hasFired { process.exit(.kill) }
        #expect(CurrentProcess.demonitor(request.monitor, flush: true) == !hasFired)
        process.exit(.kill)
        request.alias.send(1)
        #expect(inbox.ref.id.info?.mailboxLength == 0)
        #expect(!inbox.unalias(request.alias))
      }
    }
  }

  @Test("ALI-9: death ends the aliases of a process")
  func death() async throws {
    try await withTestNode { node in
      let aliases = Probe<ProcessAlias<Int>>()
      let process = spawn(receiving: Int.self) { inbox in
        aliases.ref.send(inbox.alias())
        try await suspendForever()
      }
      let alias = try await aliases.next()
      process.exit(.kill)
      alias.send(1)
      #expect(process.info == nil)
    }
  }
}

extension Mailbox where Message: Equatable {
  /// The next messages are these.
  func expect(_ expected: Message..., sourceLocation: SourceLocation = #_sourceLocation) async throws {
    for expected in expected {
      let message = try await next(within: .seconds(1))
      #expect(message == expected, sourceLocation: sourceLocation)
    }
  }
}
