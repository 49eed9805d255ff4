import Logging
import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Applications.run", .timeLimit(.minutes(1)))
struct ApplicationRunTests {
  private static func run(
    _ apps: App..., deadline: Duration? = nil, _ meanwhile: @escaping @Sendable () async throws -> Void
  ) async throws -> (ApplicationEnd, [any Report]) {
    let last = apps[apps.count - 1]
    return try await withTestNode { node in
      let ends = Probe<ApplicationEnd>()
      spawn { ends.ref.send(try await Applications.run(last, shutdownDeadline: deadline)) }
      try await node.settle()
      try await meanwhile()
      return (try await ends.next(within: .seconds(1_000)), node.reports)
    }
  }

  @Test("APP-8, APP-12: when one ends the others are stopped, and the program knows which it was and why")
  func oneEnds() async throws {
    let stage = Stage()
    let base = App("base", stage)
    let (end, _) = try await Self.run(App("top", stage, needs: [base])) {
      _ = stage.take()
      stage["base"]?.exit(.kill)
    }
    #expect(end.application == "base")
    #expect("\(end)" == "gave up: shutdown")
    #expect(end.exitStatus == 1)
    #expect(stage.take() == ["stop top"])
  }

  @Test("APP-8: an application that ends with its significant children ends the program with 0")
  func finishes() async throws {
    let stage = Stage()
    let (end, _) = try await Self.run(App("job", stage).with { $0.autoShutdown = .allSignificant }) {
      stage.tell("job", .end(.normal))
    }
    #expect("\(end)" == "finished: shutdown")
    #expect(end.exitStatus == 0)
  }

  @Test("APP-12: it returns when somebody stops all applications")
  func stopped() async throws {
    let stage = Stage()
    let (end, _) = try await Self.run(App("a", stage)) { try await Applications.stopAll() }
    #expect("\(end)" == "stopped")
    #expect(end.exitStatus == 0)
    #expect(end.application == nil)
    #expect(end.stragglers.isEmpty)
  }

  @Test(
    "APP-12: an order to stop that comes between two starts holds for those that start after it",
    arguments: 0..<50 as Range<UInt64>)
  func orderWhileStarting(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { _ in
      let stage = Stage()
      let first = App("first", stage).with {
        $0.meanwhile = { if $0 == "didStart" { spawn { try await Applications.stopAll() } } }
      }
      let end = try await Applications.run(first, App("second", stage), App("third", stage, needs: [first]))
      #expect("\(end)" == "stopped")
      #expect(await startedNames().isEmpty)
      let log = stage.take()
      #expect(log.count { $0.hasPrefix("start") } == log.count { $0.hasPrefix("stop") })
    }
  }

  @Test("APP-6, APP-9: an application that does not start is an error, and what was started is stopped")
  func notStarted() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      stage.next("top", .fails)
      let error = await applicationError { () async throws(ApplicationError) in
        try await Applications.run(App("top", stage, needs: [App("base", stage)]))
      }
      #expect(error?.hasPrefix("application top: start failed: shutdown: failed to start child") == true)
      #expect(stage.take() == ["start base", "start top fails", "stop base"])
      #expect(await startedNames().isEmpty)
    }
  }

  @Test("STP-5: a program's deadline holds for all its applications together, and its end names what was killed")
  func deadline() async throws {
    let stage = Stage()
    let base = App("base", stage)
    let top = App("top", stage, needs: [base]).with {
      $0.manner = .deaf
      $0.shutdown = .infinity
    }
    let (end, reports) = try await Self.run(top, deadline: .seconds(10)) {
      let report = try await Applications.stopAll(deadline: .seconds(10))
      #expect(report?.stragglers.map(\.path) == [["top", "top"], ["base", "Player"]])
    }
    #expect(end.exitStatus == 0)
    #expect(end.stragglers.map { $0.path.last } == ["top", "Player"])
    #expect(end.stragglers.map(\.phase) == [.asked(.seconds(10)), .notAsked])
    #expect(reports.compactMap { $0 as? ShutdownReport }.map(\.subject) == ["top, base"])
  }

  @Test("STP-5: a deadline of one application kills what is left of it alone")
  func oneDeadline() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let slow = App("slow", stage).with {
        $0.tells = true
        $0.manner = .deaf
        $0.shutdown = .infinity
      }
      try await Applications.start(App("other", stage))
      try await Applications.start(slow)
      _ = stage.take()
      let report = try #require(try await Applications.stop("slow", deadline: .seconds(3)))
      #expect(report.stragglers.map(\.process) == [stage["slow"]])
      #expect(stage.take() == ["willStop slow"])
      #expect(await startedNames() == ["other"])
      #expect(node.reports(of: ShutdownReport.self).count == 1)
      try await Applications.start(slow)
    }
  }

  @Test("STP-5: what an application does before its stop is named if it does not end")
  func hangingHook() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      try await Applications.start(
        App("a", stage).with { $0.meanwhile = { if $0 == "willStop" { try await suspendForever() } } })
      let report = try #require(try await Applications.stop("a", deadline: .seconds(3)))
      #expect(report.stragglers.map(\.path).contains(["a", "willStop"]))
      #expect(stage["a"]?.isAlive == false)
    }
  }
}
