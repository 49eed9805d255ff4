@_spi(Runtime) @testable import ProcessRuntime
import Supervision
import SupervisionTesting
import Synchronization
import Testing

/// What callers hear whose reply tokens go away, when that is a part of a process's end and when it is not.
@Suite("Calls that nobody answers", .timeLimit(.minutes(2)))
struct UnansweredTests {
  /// Opened once, for code that blocks its thread.
  private final class Door: Sendable {
    private let isOpen = Atomic<Bool>(false)
    func open() { isOpen.store(true, ordering: .releasing) }
    /// True if it was opened in time.
    @discardableResult
    func wait(milliseconds: Int = 60_000) -> Bool {
      for _ in 0..<milliseconds where !isOpen.load(ordering: .acquiring) { Thread.sleep(nanoseconds: 1_000_000) }
      return isOpen.load(ordering: .acquiring)
    }
  }

  /// What a call ends with, and that it has.
  private static func error(_ door: Door? = nil, _ call: () async throws(CallError) -> Int) async -> CallError.Kind? {
    defer { door?.open() }
    do throws(CallError) {
      _ = try await call()
      return nil
    } catch {
      return error.kind
    }
  }

  private static func reason(_ kind: CallError.Kind?) -> ExitReason? {
    if case .exited(let reason)? = kind { reason } else { nil }
  }

  private static func isNoReply(_ kind: CallError.Kind?) -> Bool { if case .noReply? = kind { true } else { false } }

  @Test("GEN-20: whose token goes away before the error has left the body hears the error, on many threads too")
  func body() async throws {
    let (hasHeard, early) = (Door(), Journal<Bool>())
    let process = spawn(receiving: ReplyTo<Int>.self) { inbox in
      // The token is gone by now, and the process lives.
      defer { early.note(hasHeard.wait(milliseconds: 100)) }
      _ = try await inbox.next()
      throw Broken()
    }
    let ref = try #require(ProcessRef<ReplyTo<Int>>(process))
    let kind = await Self.error(hasHeard) { () async throws(CallError) in try await ref.call { $0 } }
    #expect(Self.reason(kind) == .failure(Broken()))
    #expect(early.entries == [false])
  }

  @Test("GEN-14: a body that drops a call and goes on, or waits for something else, is not waited for")
  func goesOn() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let process = spawn(receiving: ReplyTo<Int>.self) { inbox in
        _ = try await inbox.next()
        _ = try await inbox.next()
        try await CurrentProcess.sleep(for: .seconds(60))
      }
      let ref = try #require(ProcessRef<ReplyTo<Int>>(process))
      for _ in 0..<2 {
        let kind = await Self.error { () async throws(CallError) in try await ref.call { $0 } }
        try #require(Self.isNoReply(kind))
      }
      try #require(node.elapsed < .seconds(1) && process.isAlive)
    }
  }

  @Test("GEN-14: a token that another process drops is its server's call all the same")
  func elsewhere() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let process = spawn(receiving: ReplyTo<Int>.self) { inbox in
        while true {
          let reply = try await inbox.next()
          spawn {
            _ = reply
            throw Broken()
          }
        }
      }
      let ref = try #require(ProcessRef<ReplyTo<Int>>(process))
      let kind = await Self.error { () async throws(CallError) in try await ref.call { $0 } }
      try #require(Self.isNoReply(kind) && process.isAlive && node.elapsed < .seconds(1))
    }
  }

  private struct Introduction: Sendable {
    let first: ProcessRef<ReplyTo<Int>>
    let reply: ReplyTo<Int>
  }

  @Test("GEN-12: who has dropped a call may call its caller: that is no circle")
  func callsBack() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let answer = Probe<Int>()
      let second = spawn(receiving: Introduction.self) { inbox in
        let first = try await inbox.next().first
        answer.ref.send(try await first.call { $0 })
      }
      let ref = try #require(ProcessRef<Introduction>(second))
      spawn(receiving: ReplyTo<Int>.self) { inbox in
        let own = inbox.ref
        let kind = await Self.error { () async throws(CallError) in
          try await ref.call { Introduction(first: own, reply: $0) }
        }
        try await inbox.next()(Self.isNoReply(kind) ? 7 : 0)
      }
      try await answer.expect(7)
      try #require(node.elapsed < .seconds(1))
    }
  }

  private struct Desk: GenServer {
    enum Message: Sendable {
      case hold(ReplyTo<Int>)
      case drop(ReplyTo<Int>)
      case wait(Door)
      case fail(Door, Journal<Bool>)
    }

    var held: [ReplyTo<Int>] = []
    /// How long it takes to end.
    let pause: Duration?

    private mutating func take(_ message: Message) throws {
      switch message {
      case .hold(let reply): held.append(reply)
      case .drop: break
      case .wait(let door): door.wait()
      case .fail(let door, let early):
        held = []
        early.note(door.wait(milliseconds: pause == nil ? 100 : 0))
        throw Broken()
      }
    }

    mutating func handle(_ message: Message) throws { try take(message) }
    func terminate(_ reason: ExitReason) async {
      if let pause { try? await CurrentProcess.sleep(for: pause) }
    }
  }

  @Test("GEN-20: who waits for a later answer hears why the server ended, though the token goes before that")
  func held() async throws {
    let server = try await Desk.start { Desk(pause: nil) }
    let (hasHeard, early) = (Door(), Journal<Bool>())
    let request: Request<Int> = server.sendRequest { .hold($0) }
    server.send(.fail(hasHeard, early))
    let kind = await Self.error(hasHeard) { () async throws(CallError) in try await request.receiveResponse() }
    #expect(Self.reason(kind) == .failure(Broken()))
    #expect(early.entries == [false])
  }

  @Test("GEN-20: the same when the server takes its time to end")
  func lastWords() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let server = try await Desk.start { Desk(pause: .seconds(3)) }
      let waiting: Request<Int> = server.sendRequest { .hold($0) }
      server.send(.fail(Door(), Journal()))
      let kind = await Self.error { () async throws(CallError) in try await waiting.receiveResponse() }
      try #require(Self.reason(kind) == .failure(Broken()))
      try #require(node.elapsed >= .seconds(3))
    }
  }

  /// Lets go of the call that it holds, ends, and asks its caller something before that.
  private struct Parting: GenServer {
    enum Message: Sendable {
      case hold(ProcessRef<ReplyTo<Int>>, ReplyTo<Int>)
      case fail
    }

    let isHeld: ProcessRef<Bool>
    let said: Journal<Bool>
    var caller: ProcessRef<ReplyTo<Int>>?
    var reply: ReplyTo<Int>?

    mutating func handle(_ message: Message) throws {
      switch message {
      case .hold(let caller, let reply):
        (self.caller, self.reply) = (caller, reply)
        isHeld.send(true)
      case .fail:
        reply = nil
        throw Broken()
      }
    }

    func terminate(_ reason: ExitReason) async {
      guard let caller else { return }
      do throws(CallError) {
        _ = try await caller.call(timeout: nil) { $0 }
      } catch {
        let isCircle = if case .deadlock = error.kind { true } else { false }
        said.note(isCircle)
      }
    }
  }

  @Test("GEN-12, GEN-20: a server that asks its caller while it ends is in a circle with it, and hears so")
  func circle() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let (said, reasons) = (Journal<Bool>(), Journal<Bool>())
      let isHeld = Probe<Bool>()
      let heldRef = isHeld.ref
      let server = try await Parting.start { Parting(isHeld: heldRef, said: said) }
      let caller = spawn(receiving: ReplyTo<Int>.self) { inbox in
        let own = inbox.ref
        let kind = await Self.error { () async throws(CallError) in
          try await server.call(timeout: nil) { .hold(own, $0) }
        }
        reasons.note(Self.reason(kind) == .failure(Broken()))
      }
      try await isHeld.expect(true)
      server.send(.fail)
      _ = try await caller.exited(within: .seconds(1)) {}
      try #require(said.entries == [true] && reasons.entries == [true])
    }
  }

  @Test("GEN-14: who gets no answer hears it before the next message is handled")
  func beforeTheNext() async throws {
    let server = try await Desk.start { Desk(pause: nil) }
    let (bothAreThere, hasHeard) = (Door(), Door())
    server.send(.wait(bothAreThere))
    let request: Request<Int> = server.sendRequest { .drop($0) }
    server.send(.wait(hasHeard))
    bothAreThere.open()
    let kind = await Self.error(hasHeard) { () async throws(CallError) in try await request.receiveResponse() }
    #expect(Self.isNoReply(kind))
    try await server.stop()
  }
}
