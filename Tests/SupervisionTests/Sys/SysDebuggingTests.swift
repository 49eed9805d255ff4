import Supervision
import SupervisionTesting
import Testing

@Suite("Sys: statistics, log and traces", .timeLimit(.minutes(5)))
struct SysDebuggingTests {
  @Test("SYS-7: one call is one in and one out, one send one in; system messages are none", arguments: Flavour.allCases)
  func statistics(_ flavour: Flavour) async throws {
    try await everySeed { _ in
      let server = try await flavour.start()
      server.send(.add(1))
      try #require(try await Sys.statistics(of: server) == nil)
      let began = ProcessClock.now
      try await Sys.startStatistics(of: server)
      try await CurrentProcess.sleep(for: .seconds(2))
      _ = try await server.get()
      server.send(.add(1))
      _ = try await Sys.getStatus(of: server)
      let counts = try #require(try await Sys.statistics(of: server))
      try #require(counts.messagesIn == 2 && counts.messagesOut == 1 && counts.reductions >= 2, "\(counts)")
      try #require(counts.start >= began && counts.current >= counts.start.advanced(by: .seconds(2)))
      try await Sys.stopStatistics(of: server)
      try #require(try await Sys.statistics(of: server) == nil)
    }
  }

  @Test("SYS-8, SYS-13: a trace tells what comes and what becomes of it, in OTP's words")
  func trace() async throws {
    try await everySeed { node in
      let lines = Probe<String>()
      let tally = try await Tally.start("tally") { Tally() }
      try await Sys.trace(tally) { lines.ref.send("\($0)") }
      tally.send(.add(2))
      _ = try await Sys.getState(of: tally, as: Tally.self)
      let client = spawn { _ = try await tally.call { .get($0) } as Int }
      _ = await client.exited()
      try await Sys.stopTrace(tally)
      tally.send(.add(3))
      try #require(
        try await lines.all(node) == [
          "*DBG* tally got add(2)", "*DBG* tally new state Tally(count: 2)",
          "*DBG* tally got call get(ReplyTo) from \(client)",
          "*DBG* tally sent a reply to \(client), new state Tally(count: 2)",
        ])
    }
  }

  @Test("SYS-8: signals and timeouts are traced as well; an answer that is put off is none")
  func traceOthers() async throws {
    try await everySeed { node in
      let events = Probe<SystemEvent.Kind>()
      let server = try await Flavour.synchronous.start()
      server.send(.run { _ in CurrentProcess.trapsExits = true })
      try await Sys.trace(server) { events.ref.send($0.kind) }
      server.id.exit(.shutdown("x"))
      async let held = outcome { () async throws(CallError) -> Int in try await server.call { .hold($0) } }
      try await node.settle()
      server.send(.run { _ in CurrentProcess.timeout(after: .seconds(1)) })
      try await CurrentProcess.sleep(for: .seconds(2))
      server.send(.release(1))
      _ = await held
      var received: [String] = []
      var replies = 0
      try await node.settle()
      while !events.isEmpty {
        switch try await events.next() {
        case .received(let text, _): received.append(String(text.prefix(4)))
        case .replied: replies += 1
        case .handled, .other: break
        }
      }
      try #require(received == ["exit", "hold", "run(", "time", "rele"] && replies == 0, "\(received)")
    }
  }

  @Test("SYS-9: the last events are kept, ten if not told otherwise, and stand in the crash report")
  func log() async throws {
    try await everySeed { node in
      let tally = try await Tally.start("tally") { Tally() }
      try await Sys.startLog(of: tally)
      for number in 1...8 { tally.send(.add(number)) }
      let kept = try await Sys.log(of: tally)
      try #require(kept.count == 10)
      try #require(kept.first?.kind == .received("add(4)", client: nil))
      try #require(kept.last?.kind == .handled(state: "Tally(count: 36)"))
      try await Sys.startLog(of: tally, last: 2)
      try #require(try await Sys.log(of: tally).count == 2)
      tally.send(.fail)
      _ = await tally.id.exited()
      let report = try #require(node.reports(of: CrashReport.self).first)
      try #require(
        report.text.contains("\nLog: [*DBG* tally new state Tally(count: 36), *DBG* tally got fail]\n"),
        "\(report.text)")
    }
  }

  @Test("SYS-9: without a log nothing is kept")
  func noLog() async throws {
    try await everySeed { node in
      let tally = try await Tally.start { Tally() }
      try await Sys.startLog(of: tally)
      tally.send(.add(1))
      try await Sys.stopLog(of: tally)
      tally.send(.add(1))
      try #require(try await Sys.log(of: tally).isEmpty)
      tally.send(.fail)
      _ = await tally.id.exited()
      try #require(node.reports(of: CrashReport.self).first?.text.contains("Log: ") == false)
    }
  }

  @Test("GS-52: logged events show no more of messages and state than a crash report does")
  func redactedLog() async throws {
    try await withTestNodes(seeds: [0]) { node in
      Reports.redaction = .typesOnly
      let tally = try await Tally.start("tally") { Tally() }
      try await Sys.startLog(of: tally)
      tally.send(.add(1234))
      tally.send(.fail)
      _ = await tally.id.exited()
      let text = try #require(node.reports(of: CrashReport.self).first).text
      try #require(
        text.contains("Log: [*DBG* tally got add, *DBG* tally new state Tally, *DBG* tally got fail]"), "\(text)")
      try #require(!text.contains("1234"))
    }
  }

  @Test("SYS-11: an installed function has a state of its own, a name once, and goes when it throws or is removed")
  func install() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let tally = try await Tally.start { Tally() }
      let count: @Sendable (String) -> @Sendable (inout Int, SystemEvent) throws -> Void = { name in
        { state, event in
          state += 1
          log.ref.send("\(name) \(state)")
          if state == 4 { throw Failure("done") }
        }
      }
      try await Sys.install("count", in: tally, state: 0, count("first"))
      try await Sys.install("count", in: tally, state: 10, count("second"))
      try await Sys.install("other", in: tally, state: 100, count("other"))
      tally.send(.add(1))
      try await Sys.remove("other", from: tally)
      try await Sys.remove("unknown", from: tally)
      tally.send(.add(1))
      _ = try await Sys.getStatus(of: tally)
      try await node.settle()
      tally.send(.add(1))
      let lines = try await log.all(node)
      try #require(lines.filter { $0.hasPrefix("first") } == ["first 1", "first 2", "first 3", "first 4"], "\(lines)")
      try #require(lines.filter { $0.hasPrefix("other") } == ["other 101", "other 102"], "\(lines)")
      try #require(!lines.contains { $0.hasPrefix("second") })
      try #require(try await Sys.getStatus(of: tally).installed.isEmpty)
      try #require(node.reports(of: CrashReport.self).isEmpty)
      try await Sys.install("count", in: tally, state: 0, count("again"))
      try await Sys.startLog(of: tally)
      try await Sys.startStatistics(of: tally)
      try await Sys.noDebug(tally)
      tally.send(.add(1))
      let status = try await Sys.getStatus(of: tally)
      try #require(status.installed.isEmpty && status.log.isEmpty && status.statistics == nil)
      try #require(log.isEmpty)
    }
  }

  @Test("SYS-11: a function that traps is removed, and the server goes on; none outlives its server")
  func trappingFunction() async throws {
    try await withTestNodes(seeds: 0..<3) { node in
      let tally = try await Tally.start { Tally() }
      let before = node.processes.count
      try await Sys.install("trap", in: tally, state: [1]) { numbers, _ in _ = numbers[numbers.count + 1] }
      try await Sys.install("fine", in: tally, state: 0) { _, _ in }
      tally.send(.add(1))
      try await node.settle()
      tally.send(.add(1))
      try #require(try await tally.call { .get($0) } == 2)
      try #require(try await Sys.getStatus(of: tally).installed == ["fine"])
      try await tally.stop()
      try await node.settle()
      try #require(node.processes.count == before - 1)
    }
  }

  @Test("SYS-11: what is removed, or refused because its name is taken, leaves no process behind")
  func removedProcesses() async throws {
    try await everySeed { node in
      let tally = try await Tally.start { Tally() }
      let before = node.processes.count
      for _ in 0..<2 { try await Sys.install("i", in: tally, state: 0) { _, _ in } }
      try await Sys.trace(tally) { _ in }
      try await node.settle()
      try #require(node.processes.count == before + 2)
      try await Sys.remove("i", from: tally)
      try await node.settle()
      try #require(node.processes.count == before + 1)
      try await Sys.noDebug(tally)
      try await node.settle()
      try #require(node.processes.count == before)
    }
  }

  @Test("SYS-11: what is installed in nobody leaves no process behind")
  func installInTheDead() async throws {
    try await everySeed { node in
      let tally = try await Tally.start { Tally() }
      tally.id.exit(.kill)
      try await node.settle()
      let before = node.processes.count
      let text = await failure { try await Sys.install("i", in: tally, state: 0) { _, _ in } }
      try #require(text.contains("no process"))
      try await node.settle()
      try #require(node.processes.count == before)
    }
  }
}
