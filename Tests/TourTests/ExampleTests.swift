import Supervision
import SupervisionTesting
import Testing

@testable import tour

extension TourTests {
  /// The functions of the example files, as they stand there: each prints what its comments say.
  @Suite("the examples")
  struct Examples {
    init() { Output.isSilent = true }

    /// Runs an example and answers with what it prints, `<pid>` for each process id; and with what was reported meanwhile.
    private func run(
      seed: Int, _ example: @escaping @Sendable () async throws -> Void
    ) async throws -> (lines: [String], reports: [any Report]) {
      let count = Output.count
      let reports = try await withTestNode(seed: UInt64(seed)) { node in
        try await example()
        return node.reports
      }
      return (Output.lines(since: count).map { $0.replacing(/<0\.[0-9]+\.0>/, with: "<pid>") }, reports)
    }

    @Test("Cache.swift: saved, killed, back under its name in its initial state", arguments: 0..<10)
    func cache(seed: Int) async throws {
      let (lines, reports) = try await run(seed: seed) { try await supervisedCache() }
      #expect(lines == [#"Optional("hola")"#, "<pid>", "nil"])
      #expect(reports.compactMap { $0 as? SupervisorErrorReport }.map(\.report.reason) == [.killed])
    }

    @Test("FootballMatchTracker.swift: 1-0, a crash, 0-0, its end, nothing left", arguments: 0..<10)
    func football(seed: Int) async throws {
      let (lines, reports) = try await run(seed: seed) { try await trackMatches() }
      #expect(
        lines == [
          "Score(home: 1, away: 0)", "Score(home: 0, away: 0)", "specs 0, active 0, supervisors 0, workers 0",
        ])
      let crashes = reports.compactMap { $0 as? CrashReport }
      #expect(crashes.map { $0.reason.error is FootballMatchTracker.UnknownEvent } == [true])
      #expect(crashes.map(\.name) == ["match_123"])
    }

    @Test("Parser.swift: a trap ends the linked shell, or is its message", arguments: 0..<10)
    func parser(seed: Int) async throws {
      let (lines, reports) = try await run(seed: seed) { try await unsupervised() }
      let fault = "trap: …Unexpectedly found nil while unwrapping an Optional value…"
      let expected = ["shell exited: \(fault)", "links: [<pid>]", "EXIT <pid> \(fault)"]
      #expect(lines.count == expected.count)
      for (line, pattern) in zip(lines, expected) { #expect(LinePattern(stringLiteral: pattern).matches(line)) }
      // The shell that dies with its parser has not crashed itself.
      #expect(reports.compactMap { $0 as? CrashReport }.map(\.kind) == ["Parser", "Parser"])
    }

    @Test("HomemadeSupervisor.swift: two parsers", arguments: 0..<10)
    func homemadeSupervisor(seed: Int) async throws {
      let (lines, reports) = try await run(seed: seed) { try await homemade() }
      #expect(lines == ["[<pid>, <pid>]"])
      #expect(reports.isEmpty)
    }

    @Test("WorkerTree.swift: counted, listed, already started, nested, stopped", arguments: 0..<10)
    func tree(seed: Int) async throws {
      let (lines, reports) = try await run(seed: seed) { try await workerTree() }
      #expect(
        lines == [
          "specs 0, active 0, supervisors 0, workers 0", #"[(id: "Worker", process: <pid>, kind: worker)]"#,
          "already started: <pid>", "specs 3, active 3, supervisors 1, workers 2",
        ])
      #expect(reports.compactMap { $0 as? CrashReport }.isEmpty)
    }

    @Test("DynamicWorkers.swift: a crash is restarted, and nobody else notices", arguments: 0..<10)
    func workers(seed: Int) async throws {
      let (lines, reports) = try await run(seed: seed) { try await dynamicWorkers() }
      #expect(lines == [#"[(id: "StoreWorker", process: <pid>, kind: worker)]"#])
      let crashes = reports.compactMap { $0 as? CrashReport }
      // The client's reference is to the worker that has crashed, not to the one that has taken its place; so its mailbox
      // stays empty, and it ends too.
      #expect(crashes.map { ($0.reason.error as? StoreWorker.Failure)?.text } == ["heck", nil])
      #expect(crashes.last?.reason.error as? MailboxError == .timeout)
    }
  }
}
