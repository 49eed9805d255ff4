import ProcessRuntime
import Supervision
import SupervisionTesting
import Synchronization
import Testing

/// Bugs that others have had, each under the name of its report.
///
/// Held by tests elsewhere, and not repeated here:
/// - actor-ts#913, a constructor that throws leaves a zombie: `StartFailureTests` (GS-2, PL-14)
/// - actor-ts#913, a restart without a log line: `SupervisorReportProcessTests` (SUP-33, LOG-2)
/// - actor-ts#913, one restart budget for several parents: `SupervisorIntensityTests` (SUP-65), `QuarantineTests` (EXT-5)
/// - kameo, start-up deadlock: `SupervisorDeadlockTests` (HST-7), `DeadlockTests` (TL-44)
/// - kameo, link and unlink from both sides at once: `LinkTests` (LNK-11)
/// - actor-ts#913, #920, a shutdown without a deadline over all of it: `ShutdownDeadlineTests` (STP-1, STP-2),
///   `ApplicationRunTests` (STP-5)
/// - suture, a child is added while the supervisor stops: `SupervisorShutdownTests` (SUP-59)
/// - suture, stop during a backoff: `BackoffTimelineTests` (EXT-1, SUP-70)
/// - ergo#213, one for one ends the wrong child: `SupervisorStrategyTests` (SUP-40)
/// - ergo 3.1, intensity counted in milliseconds: `SupervisorIntensityTests` (SUP-60)
///
/// Without a counterpart here:
/// - actor-ts#913, a remote watch that does nothing: there is one node
/// - actor-ts#913, a fixed delay made of a chain of timers: a timer fires once, and there is none that repeats
/// - kameo, spans that grow with each message to oneself: there is no tracing
@Suite("Bugs of others", .timeLimit(.minutes(1)))
struct PeerBugTests {
  @Test("actor-ts#913: a process that is ending does not spin")
  func terminatingProcessRests() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        stage.child("a", .slow(.seconds(60)), shutdown: .infinity)
      }
      let child = try #require(stage["a"])
      let stopper = spawn { try await supervisor.stop() }
      try await CurrentProcess.sleep(for: .seconds(1))
      let early = child.info?.reductions
      try await CurrentProcess.sleep(for: .seconds(50))
      #expect(early != nil && child.info?.reductions == early)
      _ = await stopper.exited()
      #expect(stage.take() == ["start a", "stop a"])
    }
  }

  @Test("actor-ts#913: a full mailbox ends its own process, never the sender", arguments: 0..<20 as Range<UInt64>)
  func fullMailboxSparesSender(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        stage.child("a").mailbox(.end(above: 4))
      }
      let target = try #require(stage["a"])
      let sender = spawn(receiving: Int.self) { inbox in
        for _ in 0..<20 { stage.tell("a", .perform {}) }
        _ = try await inbox.next()
      }
      _ = await target.exited()
      try await node.settle()
      #expect(sender.isAlive)
      #expect(try await supervisor.line == ["a"])
    }
  }

  @Test("actor-ts#913: a shutdown ends when the limits of its children are over, whatever they do")
  func shutdownHasAnEnd() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        stage.child("a", .deaf, shutdown: .timeout(.milliseconds(50)))
        stage.child("b", .deaf, shutdown: .timeout(.milliseconds(50)))
        stage.child("c", .slow(.seconds(60)), shutdown: .timeout(.milliseconds(50)))
      }
      let before = node.elapsed
      try await supervisor.stop()
      #expect(node.elapsed - before < .milliseconds(151))
      #expect(node.trouble == ["shutdown_error c: killed", "shutdown_error b: killed", "shutdown_error a: killed"])
    }
  }

  @Test("kameo: a trap while it is being stopped is one child's end, and the others are stopped all the same")
  func trapInTerminate() async throws {
    struct Untidy: GenServer {
      init() { CurrentProcess.trapsExits = true }
      func handle(_ message: Never) {}
      func terminate(_ reason: ExitReason) { trapNow() }
    }
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        stage.child("a", .tidy)
        ChildSpec(id: "b") { Untidy() }
        stage.child("c", .tidy)
      }
      try await supervisor.stop()
      #expect(stage.take() == ["start a", "start c", "stop c", "stop a"])
      let reports = node.reports(of: SupervisorErrorReport.self).map(\.report)
      #expect(reports.map(\.context) == [.shutdownError])
      #expect(reports.first?.reason.fault != nil)
    }
  }

  @Test(
    "kameo#345: who waits in the mailbox when the last restart is used up hears of it at once",
    arguments: 0..<20 as Range<UInt64>)
  func queuedCallsWhenGivingUp(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne, intensity: .restarts(0, within: .seconds(5))) {
        stage.child("a")
      }
      let target = try #require(stage.ref("a"))
      target.send(.perform { try await CurrentProcess.sleep(for: .seconds(1)) })
      target.send(.crash)
      let before = node.elapsed
      await #expect(throws: CallError.self) { try await target.call(timeout: nil) { .ping($0) } }
      #expect(await supervisor.id.exited() == .shutdown)
      #expect(node.elapsed - before < .seconds(2))
    }
  }

  @Test("actor-ts#919: a send to a full mailbox does not throw into the sender, nor end it")
  func fullMailboxDoesNotThrow() async throws {
    try await withTestNode { node in
      for overflow in MailboxPolicy.Overflow.allCases {
        let full = spawn(receiving: Int.self, mailbox: .bounded(1, overflow: overflow)) { _ in
          try await suspendForever()
        }
        let sender = spawn {
          for number in 0..<20 { ProcessRef<Int>(unsafelyTyped: full).send(number) }
          try await suspendForever()
        }
        try await node.settle()
        #expect(sender.isAlive && full.isAlive)
        #expect(full.mailbox?.counted == 1)
      }
    }
  }

  @Test("ergo#94: what a full mailbox drops is not dropped in silence")
  func dropsAreTold() async throws {
    try await withTestNode { node in
      let letters = Mutex(0)
      DeadLetters.monitor { _ in letters.withLock { $0 += 1 } }
      let full = spawn(receiving: Int.self, mailbox: .bounded(1, overflow: .dropNewest)) { _ in
        try await suspendForever()
      }
      for number in 0..<3 { ProcessRef<Int>(unsafelyTyped: full).send(number) }
      try await node.settle()
      #expect(letters.withLock { $0 } == 2 && full.mailbox?.dropped == 2)
      #expect(!node.reports(of: OverflowReport.self).isEmpty)
    }
  }

  @Test("kameo: with a capacity of one, a process that sends to itself while it starts is not stuck")
  func startupWithCapacityOne() async throws {
    struct Eager: GenServer {
      enum Message: Sendable { case step(Int), done(ReplyTo<Int>) }
      var steps = 0
      func handleContinue() async throws {
        guard let cell = CurrentProcess.id, let own = ProcessRef<Message>(cell) else { return }
        for step in 0..<3 { await own.send(.step(step), within: nil) }
      }
      mutating func handle(_ message: Message) {
        switch message {
        case .step: steps += 1
        case .done(let reply): reply(steps)
        }
      }
    }
    try await withTestNode { node in
      let eager = try await Eager.start(mailbox: .bounded(1, overflow: .suspend)) { Eager() }
      #expect(try await eager.call { .done($0) } == 1)
      #expect(node.elapsed < .seconds(1))
    }
  }

  @Test("kameo#351: messages that wait for a process that ends go to a hook, and their callers hear of it at once")
  func mailOfTheDead() async throws {
    try await withTestNode { node in
      let letters = Mutex<[Int]>([])
      DeadLetters.monitor { letter in letters.withLock { $0.append(letter.message as? Int ?? -1) } }
      let process = spawn(receiving: Int.self) { _ in try await suspendForever() }
      for number in 0..<3 { ProcessRef<Int>(unsafelyTyped: process).send(number) }
      process.exit(.kill)
      try await node.settle()
      #expect(letters.withLock { $0 } == [0, 1, 2])
    }
  }

  @Test("crab#305: a kill and an order to stop are not behind a flood of messages that nobody may send")
  func controlPassesFlood() async throws {
    try await withTestNode { node in
      let stage = Stage()
      _ = try await Supervisor.start(strategy: .oneForOne) {
        stage.child("a").mailbox(.bounded(2, overflow: .reject))
      }
      let target = try #require(stage["a"])
      for _ in 0..<100 { stage.tell("a", .perform {}) }
      target.exit(.shutdown)
      #expect(await target.exited() == .shutdown)
    }
  }

  @Test("kameo: what is sent after a stop is dropped, and a call says that nobody is there")
  func sendAfterStop() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) { stage.child("a") }
      let target = try #require(stage.ref("a"))
      try await supervisor.stop()
      target.send(.perform { stage.note("handled") })
      let error = await #expect(throws: CallError.self) { try await target.call { .ping($0) } }
      let isNobodyThere = if case .noProcess? = error?.kind { true } else { false }
      #expect(isNobodyThere)
      #expect(stage.take() == ["start a"])
    }
  }

  @Test("suture#41: a child that ends in time is not taken for a late one afterwards, nor is its successor")
  func noLateKill() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        stage.child("a", .slow(.milliseconds(40)), shutdown: .timeout(.milliseconds(50)))
      }
      try await supervisor.terminateChild("a")
      let successor = try await supervisor.restartChild("a")
      try await CurrentProcess.sleep(for: .seconds(1))
      #expect(successor.isAlive)
      #expect(node.trouble == [])
    }
  }

  @Test("ergo 3.1: terminate runs once, however many want the process to end", arguments: 0..<100 as Range<UInt64>)
  func terminateOnce(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) { stage.child("a", .tidy, restart: .temporary) }
      let child = try #require(stage["a"])
      let stops = [
        spawn { try await supervisor.terminateChild("a") },
        spawn { try await supervisor.stop(reason: .shutdown) },
        spawn { child.exit(.shutdown) },
      ]
      for stop in stops { _ = await stop.exited() }
      #expect(!supervisor.id.isAlive && !child.isAlive)
      #expect(stage.take().count { $0 == "stop a" } <= 1)
    }
  }

  @Test("ergo 3.1: two that stop a supervisor at once both come back", arguments: 0..<100 as Range<UInt64>)
  func stopTwice(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) { stage.child("a", .tidy) }
      let stops = (0..<2).map { _ in spawn { try? await supervisor.stop() } }
      for stop in stops { #expect(await stop.exited() == .normal) }
      #expect(stage.take() == ["start a", "stop a"])
    }
  }

  @Test("hollywood: a child that fails thousands of times in a row takes no deeper stack for it")
  func repeatedRestarts() async throws {
    try await withTestNode { node in
      let stage = Stage()
      let times = 3_000
      let supervisor = try await Supervisor.start(
        strategy: .restForOne, intensity: .restarts(2 * times, within: .seconds(1_000))
      ) {
        stage.child("a")
        stage.child("b")
      }
      for _ in 0..<times { stage.next("b", .fails) }
      stage.tell("b", .crash)
      try await node.settle()
      #expect(try await supervisor.line == ["a", "b"])
      #expect(stage.take().count { $0 == "start b fails" } == times)
    }
  }
}
