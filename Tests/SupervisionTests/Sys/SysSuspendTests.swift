import Supervision
import SupervisionTesting
import Testing

@Suite("Sys: suspended servers", .timeLimit(.minutes(5)))
struct SysSuspendTests {
  @Test("SYS-4: what comes meanwhile waits in order; callers run into their timeout", arguments: Flavour.allCases)
  func waits(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let server = try await flavour.start(Core.Setup(log: log.ref))
      try await Sys.suspend(server)
      try await Sys.suspend(server)
      server.send(.add(1))
      let text = await outcome { () async throws(CallError) -> Int in try await server.get(timeout: .seconds(1)) }
      try #require(text == "timeout")
      server.send(.add(2))
      try #require(try await log.all(node) == ["continue"])
      try await Sys.resume(server)
      try await Sys.resume(server)
      try #require(try await server.get() == 3)
      try #require(try await log.all(node) == ["continue", "add 1", "add 2"].suffix(2))
    }
  }

  @Test("SYS-4: a server that is not suspended is not changed by resume")
  func resumeOnly() async throws {
    try await everySeed { _ in
      let tally = try await Tally.start { Tally() }
      try await Sys.resume(tally)
      tally.send(.add(1))
      try #require(try await tally.call { .get($0) } == 1)
    }
  }

  @Test("SYS-4: stop, and exits that are not trapped, end a suspended server", arguments: Flavour.allCases)
  func ends(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let stopped = try await flavour.start(Core.Setup(log: log.ref))
      try await Sys.suspend(stopped)
      stopped.send(.add(1))
      try await stopped.stop()
      try #require(try await log.all(node) == ["continue", "terminate normal"])
      let killed = try await flavour.start()
      try await Sys.suspend(killed)
      killed.id.exit(.shutdown)
      try #require(await killed.id.exited() == .shutdown)
    }
  }

  @Test("SYS-4, GS-45: the parent's exit ends a suspended server that traps exits; other signals wait")
  func parentExit() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      var setup = Core.Setup(log: log.ref)
      setup.onInit = { CurrentProcess.trapsExits = true }
      let parent = spawn { [setup] in
        let server = try await Plain.startLink { try Plain(setup) }
        _ = try await server.get()
        try await Sys.suspend(server)
        let other = spawn { server.id.exit(.shutdown("other")) }
        _ = await other.exited()
        try await node.settle()
        log.ref.send("parent ends")
        throw ExitReason.shutdown("parent")
      }
      _ = await parent.exited()
      try #require(try await log.all(node) == ["continue", "parent ends", "terminate shutdown: parent"])
    }
  }

  @Test("SYS-4: what waits is not looked at again for each message that comes")
  func manyWait() async throws {
    try await withTestNodes(seeds: [0]) { _ in
      let tally = try await Tally.start { Tally() }
      try await Sys.suspend(tally)
      for _ in 0..<20_000 {
        tally.send(.add(1))
        // The server looks at each: were it to look at all those before it each time, this would take minutes.
        try await CurrentProcess.sleep(for: .nanoseconds(1))
      }
      try await Sys.resume(tally)
      try #require(try await tally.call { .get($0) } == 20_000)
    }
  }

  @Test("GS-22: a system message starts the idle timeout from its beginning", arguments: Flavour.allCases)
  func idleTimeout(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let server = try await flavour.start(Core.Setup(log: log.ref))
      server.send(.run { _ in CurrentProcess.timeout(after: .seconds(3)) })
      try await CurrentProcess.sleep(for: .seconds(2))
      let before = node.elapsed
      _ = try await Sys.getStatus(of: server)
      try #require(try await log.next() == "continue")
      try #require(try await log.next() == "timeout")
      let passed = node.elapsed - before
      try #require(passed >= .seconds(3) && passed < .seconds(4), "\(passed)")
    }
  }

  @Test("GS-22: while it is suspended the idle timeout does not fire; it begins again at resume")
  func suspendedIdleTimeout() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let server = try await Flavour.synchronous.start(Core.Setup(log: log.ref))
      server.send(.run { _ in CurrentProcess.timeout(after: .seconds(3)) })
      try await CurrentProcess.sleep(for: .seconds(1))
      try await Sys.suspend(server)
      try await CurrentProcess.sleep(for: .seconds(60))
      try #require(try await log.all(node) == ["continue"])
      let before = node.elapsed
      try await Sys.resume(server)
      try #require(try await log.next() == "timeout")
      let passed = node.elapsed - before
      try #require(passed >= .seconds(3) && passed < .seconds(4), "\(passed)")
    }
  }

  @Test("SYS-4: a state machine's timeouts wait too, in their order")
  func machineTimeouts() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let machine = try await Scripted.start { Scripted(.init(log: log.ref)) }
      machine.next("start", .keep(.stateTimeout("over", after: .seconds(1))))
      try await Sys.suspend(machine)
      try await CurrentProcess.sleep(for: .seconds(5))
      machine.next("late", .keep)
      try #require(try await log.all(node) == ["a start"])
      try await Sys.resume(machine)
      try #require(try await log.all(node) == ["a timeout over", "a late"])
    }
  }
}
