import Logging
import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Applications: ending", .timeLimit(.minutes(2)))
struct ApplicationStopTests {
  @Test("APP-10: a stop calls willStop, stops the tree, calls didStop, and kills what is left; others stay")
  func stop() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let strays = Probe<ProcessID>()
      let app = App("a", stage).with {
        $0.tells = true
        $0.meanwhile = { what in
          // Linked to nobody: nothing but the application knows of it.
          if what == "didStart" { strays.ref.send(spawn { try await suspendForever() }) }
        }
      }
      try await Applications.start(App("other", stage), type: .permanent)
      try await Applications.start(app, type: .permanent)
      let stray = try await strays.next()
      #expect(stray.application == "a")
      _ = stage.take()
      let report = try await Applications.stop("a")
      #expect(report == nil)
      #expect(stage.take() == ["willStop a", "stop a", "didStop a"])
      #expect(stray.reasonIfDead == .killed)
      #expect(await startedNames() == ["other"])
      let twice = await applicationError { () async throws(ApplicationError) in try await Applications.stop("a") }
      #expect(twice == "application a is not started")
      #expect(node.applicationReports.last == "Application a exited: stopped")
    }
  }

  @Test("APP-10: a trap before the stop, or behind it, does not keep the tree from being stopped")
  func stopTraps() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      try await Applications.start(
        App("a", stage).with {
          $0.meanwhile = { if $0.hasSuffix("Stop") { trapNow() } }
        })
      _ = stage.take()
      try await Applications.stop("a")
      #expect(stage.take() == ["stop a"])
      #expect(await startedNames().isEmpty)
    }
  }

  @Test("APP-11: an application whose tree ends by itself is cleaned up in the same way")
  func endsByItself() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let strays = Probe<ProcessID>()
      try await Applications.start(
        App("a", stage).with {
          $0.tells = true
          $0.meanwhile = { if $0 == "didStart" { strays.ref.send(spawn { try await suspendForever() }) } }
        })
      let stray = try await strays.next()
      _ = stage.take()
      stage["a"]?.exit(.kill)
      #expect(await stray.exited() == .killed)
      try await node.settle()
      #expect(stage.take() == ["willStop a", "didStop a"])
      #expect(node.applicationReports.last == "Application a exited: gave up: shutdown")
    }
  }

  @Test(
    "APP-8, APP-16: the end of an application, by its type: only normal is clean, and shutdown is not",
    arguments: Applications.StartType.allCases, ["normal", "shutdown", "gave up"])
  func types(type: Applications.StartType, ending: String) async throws {
    try await withTestNode { node in
      let stage = Stage()
      try await Applications.start(App("other", stage))
      let tops = Probe<ProcessID>()
      let app = App("a", stage).with {
        $0.autoShutdown = ending == "shutdown" ? .anySignificant : .never
        $0.meanwhile = {
          // The tree's top is what the application's own process is linked to besides this one.
          if $0 == "didStart", let top = stageTop(stage) { tops.ref.send(top) }
        }
      }
      try await Applications.start(app, type: type)
      _ = stage.take()
      switch ending {
      case "normal": try await Supervisor(id: try await tops.next()).stop(reason: .normal)
      case "shutdown": stage.tell("a", .end(.normal))
      default: stage["a"]?.exit(.kill)
      }
      try await node.settle()
      let staysUp = type == .temporary || (type == .transient && ending == "normal")
      #expect(await startedNames() == (staysUp ? ["other"] : []))
      #expect(stage.take().contains("stop other") == !staysUp)
      let end = ["normal": "finished: normal", "shutdown": "finished: shutdown"][ending] ?? "gave up: shutdown"
      let reports = node.reports(of: ApplicationReport.self).filter { $0.end != nil }
      #expect(reports.first?.text == "Application a exited: \(end)")
      #expect(reports.first?.metadata["application.type"] == "\(type)")
      #expect(reports.dropFirst().map(\.text) == (staysUp ? [] : ["Application other exited: stopped"]))
    }
  }

  @Test("APP-9: a start that fails stops the others, if the application was to be permanent or transient")
  func failedStart() async throws {
    for type in Applications.StartType.allCases {
      try await withTestNode { node in
        let stage = Stage()
        try await Applications.start(App("other", stage))
        stage.next("a", .fails)
        let error = await applicationError { () async throws(ApplicationError) in
          try await Applications.start(App("a", stage), type: type)
        }
        #expect(error?.contains("start failed") == true)
        try await node.settle()
        #expect(await startedNames() == (type == .temporary ? ["other"] : []))
      }
    }
  }

  @Test("APP-9: a transient application whose start is refused with normal stops nobody")
  func refusedNormally() async throws {
    try await withTestNode { node in
      let stage = Stage()
      try await Applications.start(App("other", stage))
      let app = App("a", stage).with { $0.meanwhile = { _ in throw ExitReason.normal } }
      let error = await applicationError { () async throws(ApplicationError) in
        try await Applications.start(app, type: .transient)
      }
      #expect(error == "application a: start failed: normal")
      try await node.settle()
      #expect(await startedNames() == ["other"])
    }
  }

  @Test(
    "APP-12: all are stopped in the reverse of the order in which they have started, each gone before the next",
    arguments: 0..<50 as Range<UInt64>)
  func all(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let base = App("base", stage)
      let middle = App("middle", stage, needs: [base]).with { $0.manner = .slow(.seconds(2)) }
      try await Applications.ensureAllStarted(App("top", stage, needs: [middle]))
      _ = stage.take()
      let report = try await Applications.stopAll()
      #expect(report == nil)
      #expect(stage.take() == ["stop top", "stop middle", "stop base"])
      #expect(await startedNames().isEmpty)
      // It is over, and they can be started again.
      try await Applications.start(base)
    }
  }

  @Test("APP-12: while all are being stopped none can be started, and one that is just starting starts first")
  func whileStopping() async throws {
    try await withTestNode { node in
      let stage = Stage()
      try await Applications.start(App("slow", stage).with { $0.manner = .slow(.seconds(3)) })
      let late = App("late", stage).with {
        $0.meanwhile = { if $0 == "willStart" { try await CurrentProcess.sleep(for: .seconds(1)) } }
      }
      spawn { try await Applications.start(late) }
      try await node.settle()
      let stop = spawn { try await Applications.stopAll() }
      try await CurrentProcess.sleep(for: .seconds(2))
      let refused = await applicationError { () async throws(ApplicationError) in
        try await Applications.start(App("other", stage))
      }
      #expect(refused == "all applications are being stopped; none can be started until that is over")
      _ = await stop.exited()
      #expect(stage.take() == ["start slow", "start late", "stop late", "stop slow"])
    }
  }

  @Test("APP-8: an application whose own process is killed has ended, and so has its tree")
  func masterKilled() async throws {
    try await withTestNode { node in
      let stage = Stage()
      try await Applications.start(App("a", stage))
      let top = try #require(stageTop(stage))
      let master = try #require(top.info?.parent)
      master.exit(.kill)
      _ = await top.exited()
      try await node.settle()
      #expect(await startedNames().isEmpty)
      #expect(node.applicationReports.last == "Application a exited: gave up: killed")
    }
  }
}

/// The supervisor of the child that was started last under `a`.
private func stageTop(_ stage: Stage) -> ProcessID? { stage["a"]?.info?.parent }
