import Logging
import Supervision
import SupervisionTesting
import Testing

@Suite("CrashReport", .timeLimit(.minutes(5)))
struct CrashReportTests {
  @Test("LOG-10, LOG-20, LOG-31, LOG-32, LOG-35: a crash reads as Elixir's does")
  func text() async throws {
    try await everySeed { node in
      let name: ProcessName<Parser.Message> = "parser"
      let parser = try await name.startParser()
      let client = spawn { _ = try await name.call { .parse("x", $0) } as Int }
      _ = await client.exited()
      let report = try #require(node.reports(of: CrashReport.self).first)
      let me = try #require(CurrentProcess.id)
      try #require(
        report.text == """
          GenServer parser (\(parser)) terminating
          ** (Parser.Failure) not a number: "x"
          Last message (from \(client)): parse("x", ReplyTo)
          State: Parser(last: Optional(3))
          Initial Call: Parser
          Ancestors: [\(me)]
          """)
    }
  }

  @Test("LOG-1, PL-30: a report is structured: who, why and where")
  func structure() async throws {
    try await withTestNodes(seeds: [0]) { node in
      let name: ProcessName<Parser.Message> = "parser"
      let parser = try await name.startParser()
      name.send(.label("the parser"))
      name.send(.link(try await Parser.start { Parser() }.id))
      name.send(.fail)
      let reason = await parser.id.exited()
      let report = try #require(node.reports(of: CrashReport.self).first { $0.process == parser.id })
      try #require(report.name == "parser" && report.label == "the parser" && report.kind == "Parser")
      try #require(report.behaviour == "GenServer" && report.reason == reason && report.level == .error)
      try #require(report.ancestors == [CurrentProcess.id] && report.links.count == 1 && !report.trapsExits)
      try #require(report.lastMessage == "fail" && report.client == nil && report.mailboxLength == 0)
      let metadata = report.metadata
      try #require(metadata["process.id"] == "\(parser)" && metadata["process.name"] == "parser")
      try #require(metadata["process.kind"] == "Parser" && metadata["process.behaviour"] == "GenServer")
      try #require(metadata["exit.reason"] == "(Parser.Failure) fail" && metadata["process.last-message"] == "fail")
      try #require(report.text.contains("\nProcess Label: the parser\n"))
    }
  }

  @Test("PL-1: a process knows its ancestors, the nearest first, in its report")
  func ancestors() async throws {
    try await withTestNodes(seeds: [0]) { node in
      let chain = Probe<ProcessID>()
      let outer = spawn {
        let inner = spawn {
          let parser = try await Parser.start { Parser() }
          chain.ref.send(CurrentProcess.id ?? parser.id)
          parser.send(.fail)
        }
        _ = await inner.exited()
      }
      let inner = try await chain.next()
      _ = await outer.exited()
      try await node.settle()
      let report = try #require(node.reports(of: CrashReport.self).first)
      try #require(report.ancestors == [inner, outer, CurrentProcess.id])
    }
  }

  @Test("PL-31: neighbours are linked processes that do not trap exits, fifteen at most")
  func neighbours() async throws {
    try await withTestNodes(seeds: [0]) { node in
      let parser = try await Parser.start { Parser() }
      let near = (0..<10).map { _ in spawn { try await suspendForever() } }
      let far = (0..<10).map { index in
        spawn {
          try CurrentProcess.link(near[index])
          try await suspendForever()
        }
      }
      let trapping = spawn {
        CurrentProcess.trapsExits = true
        try await suspendForever()
      }
      try await node.settle()
      for process in near + [trapping] { parser.send(.link(process)) }
      parser.send(.fail)
      _ = await parser.id.exited()
      let report = try #require(node.reports(of: CrashReport.self).first)
      try #require(report.neighbours.count == 15)
      try #require(Set(report.neighbours.prefix(10)) == Set(near))
      try #require(Set(report.neighbours.suffix(5)).isSubset(of: far))
    }
  }

  @Test("LOG-11: the report names the client that waits, by its name if it has one", arguments: Flavour.allCases)
  func client(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let server = try await flavour.start()
      let client = spawn(receiving: Int.self) { inbox in
        try ProcessName<Int>("asker").register(inbox.ref)
        _ =
          try await server.call { reply in
            .run { _ in
              withExtendedLifetime(reply) {}; throw Failure("x")
            }
          } as Int
      }
      _ = await client.exited()
      try #require(node.reports(of: CrashReport.self).first { $0.process == server.id }?.client == "asker")
      // A cast has none, and neither has a call that was answered.
      let other = try await flavour.start()
      try #require(try await other.call { .answerThen($0) { _ in throw Failure("y") } } == 0)
      _ = await other.id.exited()
      let report = try #require(node.reports(of: CrashReport.self).last)
      try #require(
        report.process == other.id && report.client == nil && report.text.contains("\nLast message: answerThen("))
    }
  }

  @Test("LOG-11: what ended a server by order stands as its last message", arguments: Flavour.allCases)
  func orders(_ flavour: Flavour) async throws {
    try await withTestNodes(seeds: 0..<20) { node in
      try await flavour.start().stop(reason: .timeout)
      try #require(node.reports(of: CrashReport.self).last?.lastMessage == "stop(timeout)")
      let parent = spawn {
        let server = try await flavour.startLink()
        server.send(.run { _ in CurrentProcess.trapsExits = true })
        _ = try await server.get()
        throw ExitReason.timeout
      }
      _ = await parent.exited()
      try await node.settle()
      try #require(node.reports(of: CrashReport.self).last?.lastMessage == "exit(\(parent), timeout)")
    }
  }

  @Test("the state is shown as it was before terminate", arguments: Flavour.allCases)
  func stateBeforeTerminate(_ flavour: Flavour) async throws {
    try await withTestNodes(seeds: 0..<20) { node in
      var setup = Core.Setup()
      setup.onTerminate = { core in core.value = 99 }
      let server = try await flavour.start(setup)
      server.send(.add(41))
      server.send(.fail("x"))
      _ = await server.id.exited()
      let state = try #require(node.reports(of: CrashReport.self).first?.state)
      // Objects are no values: theirs prints as it is.
      if flavour != .object, flavour != .agent { try #require(state.contains("value: 41"), "\(state)") }
    }
  }

  @Test("EXR-4, EXR-5, PL-3: clean reasons are silent, all others are reported once", arguments: Flavour.allCases)
  func classes(_ flavour: Flavour) async throws {
    try await withTestNodes(seeds: 0..<20) { node in
      let reasons: [(ExitReason, Bool)] = [
        (.normal, false), (.shutdown, false), (.shutdown(3), false), (.timeout, true), (.failure(Failure("x")), true),
        (.killed, true), (.noProcess, true),
      ]
      for (reason, isReported) in reasons {
        let before = node.reports.count
        let server = try await flavour.start()
        server.send(.stop(reason))
        _ = await server.id.exited()
        try #require(node.reports.count - before == (isReported ? 1 : 0), "\(reason)")
      }
    }
  }

  @Test("LOG-22: a plain process reports the error it ends of, and no exit")
  func plainProcess() async throws {
    try await everySeed { node in
      for reason in [ExitReason.normal, .shutdown, .timeout, .killed] { _ = await spawn { throw reason }.exited() }
      try #require(node.reports.isEmpty)
      let process = spawn { throw Failure("raw") }
      _ = await process.exited()
      let report = try #require(node.reports(of: CrashReport.self).first)
      try #require(report.text.hasPrefix("Process \(process) terminating\n** (Failure) raw\nAncestors: ["))
    }
  }
}

/// The server of the reports above.
private struct Parser: GenServer {
  enum Message: Sendable {
    case parse(String, ReplyTo<Int>)
    case label(String)
    case link(ProcessID)
    case fail
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private var last: Int? = 3

  func handle(_ message: Message) throws {
    switch message {
    case .parse(let text, let reply):
      guard let number = Int(text) else { throw Failure(description: "not a number: \"\(text)\"") }
      reply(number)
    case .label(let text): CurrentProcess.label = text
    case .link(let process): try CurrentProcess.link(process)
    case .fail: throw Failure(description: "fail")
    }
  }
}

extension ProcessName where Message == Parser.Message {
  fileprivate func startParser() async throws -> ProcessRef<Message> { try await Parser.start(self) { Parser() } }
}
