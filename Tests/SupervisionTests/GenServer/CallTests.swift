import Supervision
import SupervisionTesting
import Synchronization
import Testing

@Suite("GenServer: calls", .timeLimit(.minutes(5)))
struct CallTests {
  @Test("GEN-11: a call finds its target by process and by name", arguments: Flavour.allCases)
  func targets(_ flavour: Flavour) async throws {
    try await everySeed { _ in
      let name: ProcessName<Command> = "called"
      let server = try await flavour.start(name)
      server.send(.add(3))
      try #require(try await server.get() == 3)
      try #require(try await name.call { .get($0) } == 3)
      let other = ProcessName<String>("called")
      let wrong = await outcome { () async throws(CallError) -> Int in try await other.call { _ in "" } }
      try #require(wrong == "wrongMessageType(\"Command\")")
    }
  }

  @Test(
    "GEN-12: calling oneself fails at once, by process and by name, whatever the timeout", arguments: Flavour.suspending
  )
  func callingSelf(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let name: ProcessName<Command> = "self"
      let server = try await flavour.start(name)
      for timeout in [Duration?.none, .seconds(5), .zero] {
        let text = Mutex("")
        _ = try await server.call {
          .ask($0) {
            let first = await outcome { () async throws(CallError) in try await server.get(timeout: timeout) }
            let second = await outcome { () async throws(CallError) in
              try await name.call(timeout: timeout) { .get($0) }
            }
            text.withLock { $0 = first + " " + second }
            return 0
          }
        }
        try #require(text.withLock { $0 } == "callingSelf callingSelf")
      }
      try #require(node.elapsed < .milliseconds(1))
    }
  }

  @Test("GEN-10, TL-42: a call waits five seconds, or as long as it is told", arguments: Flavour.allCases)
  func timeouts(_ flavour: Flavour) async throws {
    try await withTestNodes(seeds: 0..<20) { node in
      let server = try await flavour.start()
      for (timeout, waited) in [(Duration?.some(.seconds(5)), 5.0), (.milliseconds(10), 0.01), (.zero, 0)] {
        let before = node.elapsed
        let text = await outcome { () async throws(CallError) -> Int in
          try await server.call(timeout: timeout) { .hold($0) }
        }
        try #require(text == "timeout")
        let passed = node.elapsed - before
        try #require(passed >= .seconds(waited) && passed < .seconds(waited + 0.001))
      }
      let before = node.elapsed
      let text = await outcome { () async throws(CallError) -> Int in try await server.call { .hold($0) } }
      try #require(text == "timeout" && node.elapsed - before >= .seconds(5))
    }
  }

  @Test("GEN-10: nil waits for ever", arguments: Flavour.allCases)
  func noTimeout(_ flavour: Flavour) async throws {
    try await withTestNodes(seeds: 0..<20) { node in
      let server = try await flavour.start()
      server.send(.release(9), after: .seconds(86_400))
      try #require(try await server.call(timeout: nil) { .hold($0) } == 9)
      try #require(node.elapsed >= .seconds(86_400))
    }
  }

  @Test("TL-43: with timeout zero the server still handles the request", arguments: Flavour.allCases)
  func timeoutZero(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let server = try await flavour.start(Core.Setup(log: log.ref))
      _ = await outcome { () async throws(CallError) -> Int in
        try await server.call(timeout: .zero) { .answerThen($0) { $0.note("handled") } }
      }
      try #require(try await log.all(node) == ["continue", "handled"])
    }
  }

  @Test("GEN-17, GEN-50: a late reply, a second one and one to a dead caller are dropped", arguments: Flavour.allCases)
  func lateReplies(_ flavour: Flavour) async throws {
    try await everySeed { node in
      try await inTrappingProcess { inbox in
        let server = try await flavour.start()
        let late = await outcome { () async throws(CallError) -> Int in
          try await server.call(timeout: .milliseconds(10)) { .hold($0) }
        }
        try #require(late == "timeout")
        let caller = spawn { _ = try await server.call { .hold($0) } as Int }
        try await node.settle()
        caller.exit(.kill)
        server.send(.release(1))
        // The next call gets its own answer, twice given or not.
        server.send(.run { core in core.value = 7 })
        try #require(try await server.call { reply in .answerThen(reply) { _ in reply(8) } } == 7)
        try #require(try await server.get() == 7)
        try await inbox.requireNothing(within: .seconds(1))
      }
    }
  }

  @Test("GEN-50: any process may give a reply, and later", arguments: Flavour.allCases)
  func replyFromElsewhere(_ flavour: Flavour) async throws {
    try await everySeed { _ in
      let server = try await flavour.start()
      let answer: Int = try await server.call { reply in
        .run { _ in
          spawn {
            try await CurrentProcess.sleep(for: .seconds(1))
            reply(5)
          }
        }
      }
      try #require(answer == 5)
    }
  }

  @Test("a reply that is dropped unanswered is an error at once", arguments: Flavour.allCases)
  func dropped(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let server = try await flavour.start()
      for _ in 0..<3 {
        let text = await outcome { () async throws(CallError) -> Int in try await server.call { .drop($0) } }
        try #require(text == "noReply")
      }
      // Also when the message that held it is forgotten before it is sent, and when a stored one is thrown away.
      let unsent = await outcome { () async throws(CallError) -> Int in try await server.call { _ in .add(1) } }
      try #require(unsent == "noReply")
      server.send(.run { core in core.held = [] }, after: .milliseconds(1))
      let stored = await outcome { () async throws(CallError) -> Int in try await server.call { .hold($0) } }
      try #require(stored == "noReply")
      try #require(node.elapsed < .seconds(1))
    }
  }

  @Test("GEN-14, GEN-16, GEN-20, GS-16, TL-40: the caller learns why the server ended", arguments: Flavour.allCases)
  func serverEnds(_ flavour: Flavour) async throws {
    try await withTestNodes(seeds: 0..<30) { node in
      let reasons: [ExitReason] = [.normal, .shutdown, .shutdown("why"), .timeout, .failure(Failure("x"))]
      for reason in reasons {
        let server = try await flavour.start()
        // In its own call, in one put off, and in one that still waits in the mailbox.
        async let own = outcome { () async throws(CallError) -> Int in
          try await server.call { reply in
            .run { _ in
              withExtendedLifetime(reply) {}; throw reason
            }
          }
        }
        async let putOff = outcome { () async throws(CallError) -> Int in try await server.call { .hold($0) } }
        let texts = await [own, putOff]
        // The second one may have come too late.
        try #require(texts[0] == "exited(\(reason))", "\(texts)")
        try #require(["exited(\(reason))", "noProcess"].contains(texts[1]), "\(texts)")
        let absent = await outcome { () async throws(CallError) in try await server.get() }
        try #require(absent == "noProcess")
      }
      try #require(node.elapsed < .seconds(1))
    }
  }

  @Test("GEN-15: a call's error names whom it called")
  func errorNamesTarget() async throws {
    try await withTestNodes(seeds: [0]) { _ in
      let name: ProcessName<Command> = "nobody"
      do {
        _ = try await name.call { .get($0) } as Int
      } catch let error as CallError {
        try #require(error.target == "nobody")
        try #require(error.description.hasPrefix("call to nobody: no process"))
        try #require(error.reason == .noProcess)
      }
      let server = try await Flavour.synchronous.start()
      do {
        _ = try await server.call { .drop($0) } as Int
      } catch let error as CallError {
        try #require(error.target == "\(server)")
      }
    }
  }

  @Test("GEN-21, TL-40: a reply before death is delivered", arguments: Flavour.allCases)
  func replyThenDeath(_ flavour: Flavour) async throws {
    try await everySeed { _ in
      for reason in [ExitReason.normal, .failure(Failure("x"))] {
        let server = try await flavour.start()
        try #require(try await server.call { .answerThen($0) { _ in throw reason } } == 0)
        try #require([reason, .noProcess].contains(await server.id.exited()))
      }
    }
  }

  @Test("GEN-18: a finished call leaves nothing in the caller's mailbox", arguments: Flavour.allCases)
  func leavesNothing(_ flavour: Flavour) async throws {
    try await everySeed { _ in
      try await inTrappingProcess { inbox in
        let server = try await flavour.start()
        _ = try await server.get()
        server.send(.stop(.normal))
        _ = await outcome { () async throws(CallError) in try await server.get() }
        _ = await server.id.exited()
        try await inbox.requireNothing(within: .seconds(1))
      }
    }
  }

  @Test("TL-45: the end of a caller that waits does not touch the server", arguments: Flavour.allCases)
  func callerKilled(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let server = try await flavour.start()
      let callers = (0..<5).map { _ in spawn { _ = try await server.call(timeout: nil) { .hold($0) } as Int } }
      try await node.settle()
      for caller in callers {
        caller.exit(.kill)
        try #require(await caller.exited() == .killed)
      }
      server.send(.release(1))
      try #require(try await server.get() == 0)
    }
  }

  @Test("a server killed while it handles ends all its calls at once", arguments: Flavour.allCases)
  func serverKilled(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let server = try await flavour.start()
      server.send(.run { _ in CurrentProcess.id?.exit(.kill) }, after: .milliseconds(1))
      async let first = outcome { () async throws(CallError) -> Int in try await server.call(timeout: nil) { .hold($0) }
      }
      async let second = outcome { () async throws(CallError) -> Int in
        try await server.call(timeout: nil) { .hold($0) }
      }
      let texts = await [first, second]
      try #require(texts == ["exited(killed)", "exited(killed)"])
      try #require(node.elapsed < .seconds(1))
    }
  }

  @Test("GEN-19: a call does not look at the caller's mailbox")
  func longMailbox() async throws {
    let process = spawn(receiving: Int.self) { inbox in
      let server = try await Flavour.synchronous.start()
      // The best of several, since others want the processors too.
      func fastest() async throws -> Duration {
        var best = Duration.seconds(3_600)
        for _ in 0..<10 {
          best = min(best, try await ContinuousClock().measure { for _ in 0..<20 { _ = try await server.get() } })
        }
        return best
      }
      let empty = try await fastest()
      for number in 0..<500_000 { inbox.ref.send(number) }
      _ = try await inbox.next()
      let full = try await fastest()
      guard full < empty * 10 else { throw Failure("\(empty) and \(full)") }
    }
    #expect(await process.exited() == .normal)
  }

  @Test("calls from outside of processes end like others, and by cancellation", arguments: Flavour.allCases)
  func outside(_ flavour: Flavour) async throws {
    let server = try await flavour.start()
    server.send(.add(2))
    #expect(try await server.get() == 2)
    let short = await outcome { () async throws(CallError) -> Int in
      try await server.call(timeout: .milliseconds(1)) { .hold($0) }
    }
    #expect(short == "timeout")
    let task = Task { await outcome { () async throws(CallError) -> Int in try await server.call { .hold($0) } } }
    // It waits when a later call has been answered, or has not begun: both end as cancelled.
    _ = try await server.get()
    task.cancel()
    #expect(await task.value == "cancelled")
    try await server.stop()
    #expect(await outcome { () async throws(CallError) in try await server.get() } == "noProcess")
  }

  @Test("several requests of one process may be on their way at a time", arguments: Flavour.allCases)
  func concurrentRequests(_ flavour: Flavour) async throws {
    try await everySeed { _ in
      let servers = [try await flavour.start(), try await flavour.start(), try await flavour.start()]
      for (index, server) in servers.enumerated() { server.send(.add(index)) }
      let sum = try await withThrowingTaskGroup(of: Int.self) { group in
        for server in servers { group.addTask { try await server.get() } }
        return try await group.reduce(0, +)
      }
      try #require(sum == 3)
    }
  }
}
