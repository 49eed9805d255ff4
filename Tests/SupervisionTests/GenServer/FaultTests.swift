import Supervision
import SupervisionTesting
import Testing

/// Real traps: each costs a parked thread.
@Suite("GenServer: traps", .timeLimit(.minutes(5)), .serialized)
struct FaultTests {
  @inline(never) private static func trap() -> Int {
    let empty = [Int]()
    return empty[opaque(3)]
  }

  @inline(never) @_optimize(none) private static func opaque(_ value: Int) -> Int { value }

  private func isFault(_ text: String) -> Bool { text.hasPrefix("exited(trap:") || text.hasPrefix("failed(trap:") }

  @Test("a trap in a handler ends the server, and its callers at once", arguments: Flavour.allCases)
  func handler(_ flavour: Flavour) async throws {
    try await withTestNodes(seeds: 0..<3) { node in
      let log = Probe<String>()
      let server = try await flavour.start("trapping", Core.Setup(log: log.ref))
      async let putOff = outcome { () async throws(CallError) -> Int in
        try await server.call(timeout: nil) { .hold($0) }
      }
      try await node.settle()
      let own = await outcome { () async throws(CallError) -> Int in
        try await server.call(timeout: nil) { reply in
          .run { core in
            withExtendedLifetime(reply) {}
            core.value = Self.trap()
          }
        }
      }
      try #require(self.isFault(own), "\(own)")
      let other = await putOff
      try #require(self.isFault(other), "\(other)")
      try #require(ProcessName<Command>("trapping").whereis == nil)
      // GS-40: no terminate after a trap, its thread is gone.
      try #require(try await log.all(node) == ["continue"])
      let report = try #require(node.reports(of: CrashReport.self).last)
      try #require(report.reason.fault != nil && report.name == "trapping")
      try #require(report.text.contains("** (trap) ") && report.text.contains("Last message"))
      try #require(report.state == nil)
    }
  }

  @Test("a trap in init fails the start", arguments: Flavour.allCases)
  func initialisation(_ flavour: Flavour) async throws {
    try await withTestNodes(seeds: 0..<2) { node in
      var setup = Core.Setup()
      setup.onInit = { _ = Self.trap() }
      let text = await startOutcome { () async throws(StartError) in try await flavour.start("trapping", setup) }
      try #require(self.isFault(text), "\(text)")
      try #require(ProcessName<Command>("trapping").whereis == nil)
      _ = try await flavour.start("trapping")
    }
  }

  @Test("GS-42: a trap in terminate becomes the exit reason", arguments: Flavour.allCases)
  func terminate(_ flavour: Flavour) async throws {
    try await withTestNodes(seeds: 0..<2) { node in
      var setup = Core.Setup()
      setup.onTerminate = { _ in _ = Self.trap() }
      let server = try await flavour.start(setup)
      let text = await outcome { () async throws(CallError) in try await server.stop() }
      try #require(self.isFault(text), "\(text)")
      try await node.settle()
      try #require(node.reports(of: CrashReport.self).count == 1)
    }
  }

  @Test("GS-51: a trap while the report prints the state changes neither reason nor report", arguments: [true, false])
  func description(_ inMessage: Bool) async throws {
    try await withTestNodes(seeds: 0..<2) { node in
      let server = try await Unprintable.start { Unprintable() }
      server.send(inMessage ? .nasty(Nasty()) : .fail)
      try #require(await server.id.exited() == .failure(Failure("the reason")))
      try await node.settle()
      let reports = node.reports(of: CrashReport.self)
      try #require(reports.count == 1)
      try #require(reports[0].reason == .failure(Failure("the reason")))
      try #require(reports[0].text.contains("** (Failure)"))
      try #require(reports[0].lastMessage == (inMessage ? "nasty" : "fail"))
      try #require(!reports[0].text.contains("hidden"))
    }
  }

  @Test("a thrown error whose description traps is reported by its type")
  func errorDescription() async throws {
    try await withTestNodes(seeds: 0..<2) { node in
      let server = try await Unprintable.start { Unprintable() }
      server.send(.nastyError)
      _ = await server.id.exited()
      try await node.settle()
      let report = try #require(node.reports(of: CrashReport.self).first)
      try #require(report.explanation == "(FaultTests.Nasty)")
      let process = spawn { throw Nasty() }
      _ = await process.exited()
      try await node.settle()
      try #require(node.reports(of: CrashReport.self).last?.process == process)
      try #require(node.reports(of: CrashReport.self).last?.explanation == "(FaultTests.Nasty)")
    }
  }

  private struct Nasty: Error, CustomStringConvertible {
    var description: String { "\(FaultTests.trap())" }
  }

  private struct Unprintable: GenServer, CustomStringConvertible {
    enum Message: Sendable {
      case fail, nastyError
      case nasty(Nasty)
    }
    let secret = "hidden"
    func handle(_ message: Message) throws {
      if case .nastyError = message { throw Nasty() }
      throw Failure("the reason")
    }
    var description: String { "\(FaultTests.trap())" }
  }
}
