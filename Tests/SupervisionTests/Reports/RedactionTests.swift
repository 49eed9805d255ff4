import Logging
import Supervision
import SupervisionTesting
import Synchronization
import Testing

@Suite("Reports", .timeLimit(.minutes(5)))
struct RedactionTests {
  @Test("with typesOnly neither messages nor states are shown, on errors and on traps")
  func typesOnly() async throws {
    try await withTestNodes(seeds: [0]) { node in
      Reports.redaction = .typesOnly
      let vault = try await Vault.start { Vault() }
      vault.send(.open(code: "1234"))
      _ = await vault.id.exited()
      let report = try #require(node.reports(of: CrashReport.self).first)
      try #require(report.lastMessage == "open" && report.state == "Vault")
      try #require(!report.text.contains("1234") && !report.text.contains("gold"))
      try #require(!"\(report.metadata)".contains("1234"))
      let text = report.text
      try #require(text.contains("Last message: open\nState: Vault\n"))
    }
  }

  @Test("a server may be stricter for itself, and not laxer than its node")
  func perServer() async throws {
    try await withTestNodes(seeds: [0]) { node in
      let strict = try await Strict.start { Strict() }
      strict.send("secret")
      _ = await strict.id.exited()
      try #require(node.reports(of: CrashReport.self).last?.state == "Strict")
      let vault = try await Vault.start { Vault() }
      vault.send(.open(code: "1234"))
      _ = await vault.id.exited()
      try #require(node.reports(of: CrashReport.self).last?.state == "Vault(content: \"gold\")")
      try #require(node.reports(of: CrashReport.self).last?.lastMessage == "open(code: \"1234\")")
      Reports.redaction = .typesOnly
      try #require(Reports.redaction == .typesOnly)
      let again = try await Strict.start { Strict() }
      again.send("secret")
      _ = await again.id.exited()
      try #require(node.reports(of: CrashReport.self).last?.state == "Strict")
    }
  }

  @Test("LOG-1: reports go to swift-log, with their keys, and to the logger that was chosen")
  func logger() async throws {
    let memory = MemoryLog()
    try await withTestNode(logsReports: true) { node in
      Reports.log(to: Logger(label: "chosen") { _ in memory })
      let vault = try await Vault.start("vault") { Vault() }
      vault.send(.open(code: "1234"))
      _ = await vault.id.exited()
      try await node.settle()
      Reports.log(to: nil)
      let silent = try await Vault.start { Vault() }
      silent.send(.open(code: "1234"))
      _ = await silent.id.exited()
    }
    let entries = memory.entries
    try #require(entries.count == 1)
    #expect(entries[0].level == .error)
    #expect(entries[0].message.hasPrefix("GenServer vault (<0."))
    #expect(entries[0].message.contains("** (Vault.Locked) no"))
    #expect(entries[0].metadata["process.name"] == "vault")
    #expect(entries[0].metadata["exit.reason"] == "(Vault.Locked) no")
  }

  @Test("nothing is described that nobody would see")
  func nothingInVain() async throws {
    let count = Witness.Count()
    try await withTestNodes(seeds: [0]) { node in
      var logger = Logger(label: "critical") { _ in MemoryLog() }
      logger.logLevel = .critical
      Reports.log(to: logger)
      let server = try await Chatty.start { Chatty(count: count) }
      server.send("x")
      _ = await server.id.exited()
      // The test node itself listens.
      try #require(node.reports.count == 1 && count.alive == 1)
    }
  }
}

private struct Vault: GenServer {
  enum Message: Sendable { case open(code: String) }
  struct Locked: Error, CustomStringConvertible { var description: String { "no" } }
  var content = "gold"
  func handle(_ message: Message) throws { throw Locked() }
}

private struct Strict: GenServer {
  typealias Message = String
  static var redaction: ReportRedaction { .typesOnly }
  var secret = "secret"
  func handle(_ message: String) throws { throw ExitReason.timeout }
}

private struct Chatty: GenServer, CustomStringConvertible {
  typealias Message = String
  let count: Witness.Count
  func handle(_ message: String) throws { throw ExitReason.timeout }
  var description: String {
    count.add(1)
    return "chatty"
  }
}

private final class MemoryLog: LogHandler, Sendable {
  struct Entry: Sendable {
    let level: Logger.Level
    let message: String
    let metadata: Logger.Metadata
  }

  private let seen = Mutex<[Entry]>([])
  var entries: [Entry] { seen.withLock { $0 } }

  var logLevel: Logger.Level {
    get { .trace }
    set {}
  }
  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }
  subscript(metadataKey key: String) -> Logger.MetadataValue? {
    get { nil }
    set {}
  }

  func log(event: LogEvent) {
    seen.withLock {
      $0.append(Entry(level: event.level, message: "\(event.message)", metadata: event.metadata ?? [:]))
    }
  }
}
