import Logging
import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Applications: starting", .timeLimit(.minutes(2)))
struct ApplicationStartTests {
  @Test(
    "APP-1, APP-6, APP-17: what is needed starts first, each once, and the call tells what it has started, in order")
  func order() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let base = App("base", stage)
      let left = App("left", stage, needs: [base])
      let right = App("right", stage, needs: [base])
      let begun = try await Applications.ensureAllStarted(App("top", stage, needs: [left, right]))
      #expect(begun == ["base", "left", "right", "top"])
      #expect(stage.take() == ["start base", "start left", "start right", "start top"])
      #expect(await startedNames() == ["base", "left", "right", "top"])
      // Those that run are neither started nor listed again.
      #expect(try await Applications.ensureAllStarted(left, App("more", stage, needs: [right])) == ["more"])
      #expect(
        node.applicationReports.prefix(2) == ["Application base started", "Application left started"])
    }
  }

  @Test("APP-1: an application is named after its type unless it says otherwise")
  func typeName() async throws {
    struct Plain: ApplicationBehaviour {
      var children: [ChildSpec] { [] }
    }
    try await withTestNode { _ in
      try await Applications.start(Plain())
      #expect(await startedNames() == ["Plain"])
    }
  }

  @Test("APP-18: applications that need each other in a circle are an error that names the circle, and none starts")
  func cycle() async throws {
    struct Ring: ApplicationBehaviour {
      let number: Int
      var name: ApplicationName { "ring-\(number)" }
      var applications: [any ApplicationBehaviour] { Ring(number: (number + 1) % 3) }
      var children: [ChildSpec] { [] }
    }
    try await withTestNode { _ in
      let error = await applicationError { () async throws(ApplicationError) in
        try await Applications.ensureAllStarted(Ring(number: 1))
      }
      #expect(
        error
          == "applications need each other in a circle: ring-1 → ring-2 → ring-0 → ring-1; move what they share into an application of its own"
      )
      #expect(await startedNames().isEmpty)
    }
  }

  @Test("APP-2: who needs what has never been started, and who runs already, is refused")
  func refused() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      let base = App("base", stage)
      let top = App("top", stage, needs: [base])
      let missing = await applicationError { () async throws(ApplicationError) in try await Applications.start(top) }
      #expect(
        missing == "application top needs base, which is not started; start that first, or use ensureAllStarted")
      try await Applications.start(base)
      try await Applications.start(top)
      let twice = await applicationError { () async throws(ApplicationError) in try await Applications.start(top) }
      #expect(twice == "application top is started already")
    }
  }

  @Test("APP-2: an application that has ended by itself still counts for those that need it, and starts again")
  func endedCounts() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let base = App("base", stage)
      try await Applications.start(base)
      stage["base"]?.exit(.kill)
      try await node.settle()
      #expect(await startedNames().isEmpty)
      try await Applications.start(App("top", stage, needs: [base]))
      try await Applications.start(base)
      #expect(await startedNames() == ["top", "base"])
    }
  }

  @Test("APP-2: an application whose need was stopped, and not ended, does not start")
  func stoppedDoesNotCount() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      let base = App("base", stage)
      try await Applications.start(base)
      try await Applications.stop("base")
      let error = await applicationError { () async throws(ApplicationError) in
        try await Applications.start(App("top", stage, needs: [base]))
      }
      #expect(error?.contains("needs base") == true)
    }
  }

  @Test("APP-3, APP-4: a start that fails says which child it was, and why; it is reported as an exit")
  func childFails() async throws {
    try await withTestNode { node in
      let stage = Stage()
      stage.next("a", .fails)
      let error = await applicationError { () async throws(ApplicationError) in
        try await Applications.start(App("a", stage))
      }
      #expect(error == #"application a: start failed: shutdown: failed to start child "a": Crash: Crash()"#)
      let report = try #require(node.reports(of: ApplicationReport.self).last)
      #expect(
        report.text == #"Application a exited: start failed: shutdown: failed to start child "a": Crash: Crash()"#)
      #expect(report.metadata["application.type"] == "temporary")
      #expect(await Applications.loaded().map(\.type) == [nil])
      try await Applications.start(App("a", stage))
      #expect(await startedNames() == ["a"])
    }
  }

  @Test(
    "APP-3, APP-5: an error or a trap before the tree or behind it fails the start, and nothing is left",
    arguments: ["willStart", "didStart"], [true, false])
  func hookFails(hook: String, traps: Bool) async throws {
    try await withTestNode { node in
      let stage = Stage()
      let before = node.processes.count
      let app = App("a", stage).with {
        $0.tells = true
        $0.meanwhile = { what in
          guard what == hook else { return }
          spawn { try await suspendForever() }
          if traps { trapNow() }
          throw Crash()
        }
      }
      let error = await applicationError { () async throws(ApplicationError) in try await Applications.start(app) }
      #expect(error?.hasPrefix("application a: start failed: ") == true)
      if !traps { #expect(error == "application a: start failed: Crash: Crash()") }
      let tree = hook == "didStart" ? ["willStart a", "start a", "didStart a", "stop a"] : ["willStart a"]
      #expect(stage.take() == tree)
      try await node.settle()
      // One more than before: the process that looks after the applications.
      #expect(node.processes.count == before + 1)
    }
  }

  @Test("APP-5: what comes after the tree's start is over before anything that needs the application starts")
  func didStart() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      let base = App("base", stage).with {
        $0.tells = true
        $0.meanwhile = { if $0 == "didStart" { try await CurrentProcess.sleep(for: .seconds(5)) } }
      }
      try await Applications.ensureAllStarted(App("top", stage, needs: [base]))
      #expect(stage.take() == ["willStart base", "start base", "didStart base", "start top"])
    }
  }

  @Test("APP-6: when one does not start, those that this call has started are stopped, the newest first")
  func rollback() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      let first = App("first", stage)
      let second = App("second", stage, needs: [first])
      let third = App("third", stage, needs: [second])
      try await Applications.start(first)
      _ = stage.take()
      stage.next("top", .fails)
      let error = await applicationError { () async throws(ApplicationError) in
        try await Applications.ensureAllStarted(App("top", stage, needs: [third]))
      }
      #expect(error?.hasPrefix("application top: start failed") == true)
      #expect(
        stage.take() == ["start second", "start third", "start top fails", "stop third", "stop second"])
      #expect(await startedNames() == ["first"])
    }
  }

  @Test(
    "APP-7: who asks for an application that is just being started shares that start, and what becomes of it",
    arguments: [true, false], 0..<50 as Range<UInt64>)
  func shared(fails: Bool, seed: UInt64) async throws {
    try await withTestNode(seed: seed) { _ in
      let stage = Stage()
      let app = App("a", stage).with {
        $0.meanwhile = { what in
          guard what == "willStart" else { return }
          try await CurrentProcess.sleep(for: .seconds(1))
          if fails { throw Crash() }
        }
      }
      let outcomes = Probe<String>()
      for _ in 0..<3 {
        spawn {
          let error = await applicationError { () async throws(ApplicationError) in try await Applications.start(app) }
          outcomes.ref.send(error ?? "started")
        }
      }
      let wanted = fails ? "application a: start failed: Crash: Crash()" : "started"
      for _ in 0..<3 {
        let outcome = try await outcomes.next()
        #expect(outcome == wanted)
      }
      #expect(stage.take() == (fails ? [] : ["start a"]))
    }
  }

  @Test("APP-20: what is loaded and what is started is listed; what runs cannot be unloaded")
  func lists() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      #expect(await Applications.loaded().isEmpty)
      let base = App("base", stage)
      try await Applications.load(App("zoo", stage))
      try await Applications.load(App("art", stage, needs: [base]))
      try await Applications.start(base, type: .transient)
      let loaded = await Applications.loaded()
      #expect(loaded.map(\.name) == ["base", "art", "zoo"])
      #expect(loaded.map(\.type) == [.transient, nil, nil])
      #expect(loaded[1].needs == ["base"])
      let running = await applicationError { () async throws(ApplicationError) in try await Applications.unload("base")
      }
      #expect(running == "application base runs; stop it first")
      try await Applications.unload("zoo")
      let gone = await applicationError { () async throws(ApplicationError) in try await Applications.unload("zoo") }
      #expect(gone == "there is no application zoo; load or start it first")
    }
  }
}
