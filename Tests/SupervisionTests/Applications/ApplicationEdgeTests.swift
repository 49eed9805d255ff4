import ProcessRuntime
@_spi(Runtime) @testable import Supervision
import SupervisionTesting
import Testing

@Suite("Applications: at the edges", .timeLimit(.minutes(1)))
struct ApplicationEdgeTests {
  private static func deaf(_ name: ApplicationName, _ stage: Stage) -> App {
    App(name, stage).with {
      $0.manner = .deaf
      $0.shutdown = .infinity
    }
  }

  @Test("APP-3: an application whose own process is killed while it starts has not started, and who waits hears of it")
  func killedWhileStarting() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      let masters = Probe<ProcessID?>()
      let app = App("a", stage).with {
        $0.meanwhile = { what in
          guard what == "willStart" else { return }
          masters.ref.send(CurrentProcess.id?.info?.parent)
          try await suspendForever()
        }
      }
      let errors = Probe<String?>()
      for _ in 0..<2 {
        spawn {
          errors.ref.send(
            await applicationError { () async throws(ApplicationError) in try await Applications.start(app) })
        }
      }
      let master = try #require(try await masters.next())
      master.exit(.kill)
      for _ in 0..<2 { #expect(try await errors.next() == "application a: start failed: killed") }
      #expect(await startedNames().isEmpty)
      try await Applications.unload("a")
      try await Applications.start(App("a", stage))
    }
  }

  @Test("APP-12: who has ordered one to stop hears of it, also if all are stopped meanwhile")
  func stopAndStopAll() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      try await Applications.start(App("first", stage))
      try await Applications.start(App("slow", stage).with { $0.manner = .slow(.seconds(3)) })
      let done = Probe<String>()
      spawn {
        try await Applications.stop("slow")
        done.ref.send("slow")
      }
      try await CurrentProcess.sleep(for: .seconds(1))
      try await Applications.stopAll()
      done.ref.send("all")
      #expect(try await done.next() == "slow")
      #expect(try await done.next() == "all")
      #expect(stage.take() == ["start first", "start slow", "stop slow", "stop first"])
    }
  }

  @Test("STP-5: who joins a stop that has no deadline may set one, and of several the first counts")
  func joinedDeadline() async throws {
    try await withTestNode { node in
      let stage = Stage()
      try await Applications.start(Self.deaf("a", stage))
      let reports = Probe<ShutdownReport?>()
      spawn { reports.ref.send(try await Applications.stop("a")) }
      spawn { reports.ref.send(try await Applications.stop("a", deadline: .seconds(60))) }
      try await node.settle()
      let report = try await Applications.stop("a", deadline: .seconds(5))
      #expect(report?.deadline == .seconds(5))
      #expect(report?.stragglers.first?.process == stage["a"])
      for _ in 0..<2 { #expect(try await reports.next() == report) }
      #expect(node.elapsed < .seconds(6))

      try await Applications.start(Self.deaf("b", stage))
      spawn { reports.ref.send(try await Applications.stopAll()) }
      spawn { reports.ref.send(try await Applications.stopAll(deadline: .seconds(60))) }
      try await node.settle()
      let all = try await Applications.stopAll(deadline: .seconds(5))
      #expect(all?.stragglers.first?.process == stage["b"])
      for _ in 0..<2 { #expect(try await reports.next() == all) }
      #expect(node.elapsed < .seconds(12))
      #expect(node.reports(of: ShutdownReport.self).count == 2)
    }
  }

  @Test("STP-5: the deadline of all holds for one that is just starting too")
  func startingAtDeadline() async throws {
    try await withTestNode { node in
      let stage = Stage()
      try await Applications.start(App("first", stage))
      let stuck = App("stuck", stage).with { $0.meanwhile = { if $0 == "willStart" { try await suspendForever() } } }
      let errors = Probe<String?>()
      spawn {
        errors.ref.send(
          await applicationError { () async throws(ApplicationError) in try await Applications.start(stuck) })
      }
      try await node.settle()
      let report = try await Applications.stopAll(deadline: .seconds(5))
      #expect(report?.stragglers.map(\.path).contains(["stuck", "willStart"]) == true)
      #expect(try await errors.next() == "application stuck: start failed: killed")
      #expect(await startedNames().isEmpty)
      #expect(stage["first"]?.isAlive == false)
    }
  }

  @Test("APP-14: of two values of one name the settings of the first that is loaded count; unload forgets what was put")
  func settingsOfTheFirst() async throws {
    let port = ApplicationKey<Int>("a", "port", default: 80)
    try await withTestNode { _ in
      let stage = Stage()
      ApplicationEnvironment.current.replaceOutside(OutsideSettings(arguments: []) { _ in nil })
      func app(_ value: Int) -> App { App("a", stage).with { $0.settings = [ApplicationSetting(port, value)] } }
      try await Applications.load(app(81))
      try await Applications.load(app(82))
      #expect(Applications.value(port) == 81)
      try await Applications.start(app(83))
      #expect(Applications.value(port) == 81)
      try await Applications.load(app(84))
      #expect(Applications.value(port) == 81)
      Applications.put(port, 85)
      try await Applications.stop("a")
      #expect(Applications.value(port) == 85)
      try await Applications.unload("a")
      try await Applications.load(app(86))
      #expect(Applications.value(port) == 86)
    }
  }
}
