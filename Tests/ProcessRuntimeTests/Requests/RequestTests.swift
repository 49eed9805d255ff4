import Supervision
import SupervisionTesting
import Testing

@Suite("Requests", .timeLimit(.minutes(1)))
struct RequestTests {
  @Test("GEN-30: a request to nobody, to the dead, or to one of another type fails in its response, at once")
  func absent() async throws {
    try await withTestNode { node in
      let desk = try await Desk.start { Desk(1) }
      desk.id.exit(.kill)
      let dead: Request<Int> = desk.sendRequest { .get($0) }
      #expect(dead.checkResponse()?.text == "noProcess")
      let nobody: Request<Int> = ProcessName.desk.sendRequest { .get($0) }
      #expect(nobody.checkResponse()?.text == "noProcess")
      if case .failure(let error)? = try await nobody.waitResponse() { #expect(error.target == "desk") }
      let other = spawn(receiving: String.self) { _ in try await suspendForever() }
      try ProcessName<String>("desk").register(#require(ProcessRef<String>(other)))
      let wrong: Request<Int> = ProcessName.desk.sendRequest { .get($0) }
      #expect(wrong.checkResponse()?.text.hasPrefix("wrongMessageType") == true)
      #expect(node.elapsed < .seconds(1))
    }
  }

  @Test("GEN-30, GEN-31: a server that ends, or gives up the reply, is told of by the response, at once")
  func ended() async throws {
    try await withTestNode { node in
      let desk = try await Desk.start { Desk(1) }
      let given: Request<Int> = desk.sendRequest { .hold($0) }
      desk.send(.forget)
      #expect(try await given.waitResponse()?.text == "noReply")
      let held: Request<Int> = desk.sendRequest { .hold($0) }
      let queued: Request<Int> = desk.sendRequest { .crash($0) }
      #expect(try await held.waitResponse()?.text.hasPrefix("exited") == true)
      #expect(try await queued.waitResponse()?.text.hasPrefix("exited") == true)
      #expect(node.elapsed < .seconds(1))
    }
  }

  @Test("GEN-31: receiving a response gives up a request that is not answered in time, and what comes later is dropped")
  func receiveAbandons() async throws {
    try await withTestNode { node in
      let desk = try await Desk.start { Desk(7) }
      let answered: Request<Int> = desk.sendRequest { .get($0) }
      #expect(try await answered.receiveResponse(timeout: .seconds(5)) == 7)
      #expect(try await answered.receiveResponse(timeout: .seconds(5)) == 7)
      let held: Request<Int> = desk.sendRequest { .hold($0) }
      let before = node.elapsed
      await #expect(throws: CallError.self) { try await held.receiveResponse(timeout: .seconds(3)) }
      #expect(node.elapsed - before >= .seconds(3) && node.elapsed - before < .seconds(4))
      desk.send(.release)
      try await node.settle()
      #expect(held.checkResponse() == nil)
      // Nothing will ever come: so nobody waits for it.
      #expect(try await held.waitResponse() == nil)
      #expect(desk.id.isAlive)
    }
  }

  @Test("GEN-32: waiting for a response may be repeated, as the clock goes on")
  func waitRepeats() async throws {
    try await withTestNode { node in
      let desk = try await Desk.start { Desk(7) }
      let held: Request<Int> = desk.sendRequest { .hold($0) }
      for _ in 0..<3 { #expect(try await held.waitResponse(timeout: .seconds(1)) == nil) }
      desk.send(.release)
      #expect(try await held.waitResponse(timeout: .seconds(1))?.text == "7")
      #expect(held.checkResponse()?.text == "7")
    }
  }

  @Test("GEN-33: a response is told by a message of the receiver's own, and checked against its request")
  func check() async throws {
    try await withTestNode { node in
      let desk = try await Desk.start { Desk(7) }
      let probe = Probe<String>()
      let held: Request<Int> = desk.sendRequest { .hold($0) }
      held.notify(probe.ref, with: "held")
      let quick: Request<Int> = desk.sendRequest { .get($0) }
      quick.notify(probe.ref, with: "quick")
      let given: Request<Int> = desk.sendRequest { .hold($0) }
      given.notify(probe.ref, with: "given up")
      #expect(try await probe.next() == "quick")
      #expect(quick.checkResponse()?.text == "7" && held.checkResponse() == nil)
      given.abandon()
      desk.send(.release)
      #expect(try await probe.next() == "held")
      #expect(held.checkResponse()?.text == "7")
      held.notify(probe.ref, with: "at once")
      #expect(try await probe.next() == "at once")
      try await node.settle()
      #expect(probe.isEmpty && given.checkResponse() == nil)
    }
  }

  @Test("GEN-34: a time is a duration, an instant, or none; one that has passed looks and does not wait")
  func timeouts() async throws {
    try await withTestNode { node in
      let desk = try await Desk.start { Desk(7) }
      let held: Request<Int> = desk.sendRequest { .hold($0) }
      try await node.settle()
      let before = node.elapsed
      #expect(try await held.waitResponse(timeout: .zero) == nil)
      #expect(try await held.waitResponse(timeout: .seconds(-1)) == nil)
      #expect(try await held.waitResponse(until: ProcessClock.now.advanced(by: .seconds(-5))) == nil)
      #expect(node.elapsed == before)
      let instant = ProcessClock.now.advanced(by: .seconds(2))
      #expect(try await held.waitResponse(until: instant) == nil)
      #expect(ProcessClock.now >= instant)
      let asked = node.elapsed
      desk.send(.release, after: .seconds(1_000))
      #expect(try await held.receiveResponse() == 7)
      #expect(node.elapsed - asked >= .seconds(1_000))
      // What is there is there, however little time is left.
      #expect(try await held.receiveResponse(timeout: .zero) == 7)
      #expect(try await held.receiveResponse(until: instant) == 7)
    }
  }

  @Test("GEN-50: any process that has the reply token answers the request", arguments: 0..<10 as Range<UInt64>)
  func passedOn(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let desk = try await Desk.start { Desk(9) }
      let request: Request<Int> = desk.sendRequest { .pass($0) }
      #expect(try await request.receiveResponse(timeout: .seconds(1)) == 9)
      let called: Int = try await desk.call { .pass($0) }
      #expect(called == 9)
    }
  }

  @Test("GEN-12, GEN-31: who receives what only it could answer hears of it at once; a request to oneself is fine")
  func circles() async throws {
    try await withTestNode { node in
      let desk = try await Desk.start { Desk(1) }
      let own: Int = try await desk.call { .ask($0, desk) }
      #expect(own == -1)
      let other = try await Desk.start { Desk(2) }
      let first: Request<Int> = desk.sendRequest { .ask($0, other) }
      let second: Request<Int> = other.sendRequest { .ask($0, desk) }
      let results = try await [first.receiveResponse(), second.receiveResponse()]
      #expect(results.contains(-2))
      #expect(node.elapsed < .seconds(10))
    }
  }

  @Test(
    "GEN-31: a caller that is killed leaves no request behind, whatever comes first",
    arguments: 0..<100 as Range<UInt64>)
  func callerDies(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let desk = try await Desk.start { Desk(1) }
      let journal = Journal<String>()
      let caller = spawn {
        let request: Request<Int> = desk.sendRequest { .hold($0) }
        do throws(CallError) {
          journal.note("\(try await request.receiveResponse(timeout: .milliseconds(2)))")
        } catch {
          journal.note(Result<Int, CallError>.failure(error).text)
        }
      }
      let releaser = spawn { desk.send(.release) }
      let killer = spawn { caller.exit(.kill) }
      for process in [releaser, killer, caller] { _ = await process.exited() }
      try await node.settle()
      #expect(journal.entries.count <= 1)
      #expect(["1", "exited killed", "timeout"].contains(journal.entries.first ?? "1"))
      let alive: Int = try await desk.call { .get($0) }
      #expect(alive == 1)
    }
  }

  @Test("GEN-18: requests leave nothing behind: neither an answered one nor one that was let go")
  func nothingIsLeft() async throws {
    final class Witness: Sendable {}
    try await withTestNode { node in
      weak var witness: Witness?
      let keeper = spawn(receiving: ReplyTo<Witness>.self) { inbox in
        func answer(_ replies: [ReplyTo<Witness>]) {
          let made = Witness()
          for reply in replies { reply(made) }
        }
        answer([try await inbox.next(), try await inbox.next(), try await inbox.next()])
        try await suspendForever()
      }
      let ref = ProcessRef<ReplyTo<Witness>>(unsafelyTyped: keeper)
      do {
        let kept: Request<Witness> = ref.sendRequest { $0 }
        do { let _: Request<Witness> = ref.sendRequest { $0 } }
        let _: Request<Witness> = ref.sendRequest { $0 }
        witness = try await kept.receiveResponse(timeout: .seconds(1))
      }
      try await node.settle()
      #expect(witness == nil)
    }
  }
}
