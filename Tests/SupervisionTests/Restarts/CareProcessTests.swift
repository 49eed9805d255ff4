import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

/// What a child specification asks for beyond OTP, done by real supervisors.
@Suite("Supervisor processes: care", .timeLimit(.minutes(1)))
struct CareProcessTests {
  @Test("EXT-1, EXT-2, EXT-10: restarts wait in the node's time", arguments: 0..<100 as Range<UInt64>)
  func backoff(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne, intensity: .restarts(9, within: .seconds(60))) {
        stage.child("a")
        stage.child("b").backoff(.exponential(from: .seconds(1), to: .seconds(60), jitter: 0.5))
      }
      _ = stage.take()
      let began = node.elapsed
      stage.next("b", .fails, .fails)
      stage.tell("b", .trap)
      try await node.settle()
      #expect(try await supervisor.child("b").isRestarting)
      #expect(try await supervisor.startChild(stage.child("c")).isAlive)
      while try await supervisor.child("b").process == nil { try await CurrentProcess.sleep(for: .milliseconds(10)) }
      // One, two and four seconds; on a test's clock chance has no part in it.
      #expect(node.elapsed - began >= .seconds(7) && node.elapsed - began < .seconds(7.1), "seed \(seed)")
      #expect(stage.take() == ["start c", "start b fails", "start b fails", "start b"])
    }
  }

  @Test("EXT-5..7: a quarantine and its end", arguments: 0..<100 as Range<UInt64>)
  func quarantine(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne, intensity: .restarts(0, within: .seconds(5))) {
        stage.child("a")
        stage.child("b").budget(.restarts(1, within: .seconds(10), retryAfter: .seconds(30)))
      }
      for _ in 0..<2 {
        stage.tell("b", .crash)
        try await node.settle()
      }
      #expect(try await supervisor.child("b").isQuarantined)
      #expect(try await supervisor.child("a").process?.isAlive == true)
      #expect(node.trouble.last == "quarantine b: RestartIntensity: reached max restart intensity")
      try await CurrentProcess.sleep(for: .seconds(31))
      #expect(try await supervisor.child("b").process?.isAlive == true)
      stage.tell("b", .crash)
      try await node.settle()
      #expect(try await supervisor.child("b").isQuarantined)
      #expect(try await supervisor.restartChild("b").isAlive)
    }
  }

  @Test("EXT-9: policies hold for the child's process, and for no other")
  func policies() async throws {
    let seen = Probe<String>()
    let look: @Sendable () -> String = {
      "\(CurrentProcess.faultPolicy), \(CurrentProcess.mailboxPolicy), \(CurrentProcess.hangPolicy == .off)"
    }
    let body: @Sendable () async throws -> Void = {
      seen.ref.send(look())
      let nested = spawn { seen.ref.send(look()) }
      _ = await nested.exited()
      try await suspendForever()
    }
    let plain = "\(FaultPolicy.program), \(MailboxPolicy.program), \(HangPolicy.program == .off)"
    let supervisor = try await Supervisor.start(strategy: .oneForOne) {
      ChildSpec.task("a", body).faults(.containAll).mailbox(.end(above: 10)).hangs(.off)
        .onFault(.cast, response: .crash)
    }
    #expect(try await seen.next() == "\(FaultPolicy.containAll.crashing(on: .cast)), end above 10, true")
    #expect(try await seen.next() == plain)
    try await supervisor.startChild(ChildSpec.task("b", body))
    #expect(try await seen.next() == plain)
    #expect(try await seen.next() == plain)
    try await supervisor.stop()
  }

  @Test("EXT-8: with the response crash the program ends of the child's fault")
  func crash() async {
    await #expect(processExitsWith: .failure) {
      let stage = Stage()
      _ = try await Supervisor.start(strategy: .oneForOne) { stage.child("b").onFault(.trap, response: .crash) }
      let process = stage["b"]
      stage.tell("b", .trap)
      _ = await process?.exited()
      // Reached only if the trap was contained.
    }
  }

  @Test("EXT-8: a hang that is disowned is answered like any fault")
  func hang() async {
    await #expect(processExitsWith: .success) {
      let stage = Stage()
      let supervisor = try await Supervisor.start(strategy: .oneForOne) {
        stage.child("a")
        // Long beside the time for which a busy machine keeps the thread of a short turn waiting.
        stage.child("b").hangs(.disown(after: .seconds(1))).onFault(.hang, response: .stop)
      }
      let (idle, process) = (stage["a"], stage["b"])
      stage.tell("b", .perform { while !Task.isCancelled {} })
      let reason = await process?.exited()
      #expect(reason?.fault?.kind == .hang)
      while try await supervisor.child("b").process != nil {}
      #expect(idle?.isAlive == true)
    }
  }

  @Test("EXT-12: a mailbox beyond its limit is reported once, and again after it was half empty")
  func warned() async throws {
    try await withTestNode { node in
      let process = spawn(receiving: Int.self) { inbox in
        CurrentProcess.mailboxPolicy = .warn(above: 10)
        for round in 1...2 {
          try await CurrentProcess.sleep(for: .seconds(1))
          for _ in 0..<25 { _ = try await inbox.next() }
          #expect(node.reports(of: MailboxReport.self).count == round)
        }
      }
      for _ in 0..<2 {
        try await node.settle()
        for number in 0..<20 { ProcessRef<Int>(unsafelyTyped: process).send(number) }
        try await node.settle()
        for number in 0..<5 { ProcessRef<Int>(unsafelyTyped: process).send(number) }
        try await CurrentProcess.sleep(for: .seconds(1))
      }
      #expect(await process.exited() == .normal)
      let reports = node.reports(of: MailboxReport.self)
      #expect(reports.count == 2 && reports.allSatisfy { !$0.isEnd && $0.limit == 10 })
      #expect(
        reports.first?.text.contains("messages wait, more than 10; it handles them slower than they come") == true)
    }
  }

  @Test("EXT-12: with end(above:) the process ends, its callers hear of it, and its supervisor starts another")
  func ended() async throws {
    try await withTestNode { node in
      let stage = Stage()
      _ = try await Supervisor.start(strategy: .oneForOne) { stage.child("b").mailbox(.end(above: 100)) }
      guard let first = stage.ref("b") else { return }
      first.send(.perform { try await suspendForever() })
      let caller = spawn {
        do {
          _ = try await first.call(timeout: nil) { .ping($0) }
        } catch {
          #expect("\(error)".contains("its mailbox has grown beyond its limit"), "\(error)")
          return
        }
        Issue.record("answered")
      }
      try await node.settle()
      for _ in 0..<101 { first.send(.crash) }
      #expect(await first.id.exited() == .mailboxOverflow)
      #expect(await caller.exited() == .normal)
      try await node.settle()
      #expect(stage["b"]?.isAlive == true && stage["b"] != first.id)
      #expect(node.reports(of: MailboxReport.self).map(\.isEnd) == [true])
    }
  }
}
