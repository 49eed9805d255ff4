import ProcessRuntime
import Supervision
import SupervisionTesting
import Synchronization
import Testing

@Suite("Calls that are tried again", .timeLimit(.minutes(1)))
struct RetriedCallTests {
  /// Ends, or does not answer, as often as it is told to, one life after the other.
  struct Moody: GenServer {
    enum Message: Sendable { case ask(Int, ReplyTo<ProcessID?>), forget(ReplyTo<Int>) }
    enum Mood: Sendable { case answers, fails, traps, leaves, isSilent }

    let mood: Mood
    let heard: ProcessRef<Int>
    private var kept: [ReplyTo<ProcessID?>] = []

    init(_ mood: Mood, heard: ProcessRef<Int>) {
      self.mood = mood
      self.heard = heard
    }

    mutating func handle(_ message: Message) throws {
      guard case .ask(let number, let reply) = message else { return }
      heard.send(number)
      switch mood {
      case .answers: reply(CurrentProcess.id)
      case .fails: throw Failure("moody")
      case .traps: _ = [Int]()[heard.id.isAlive ? 1 : 0]
      case .leaves: throw ExitReason.normal
      case .isSilent: kept.append(reply)
      }
    }
  }

  /// A supervised server under a name: its lives, and what it has heard.
  struct Stage: Sendable {
    let name: ProcessName<Moody.Message>
    let heard = Probe<Int>()
    let supervisor: Supervisor
    let began = ProcessClock.now

    init(
      _ moods: [Moody.Mood], name: ProcessName<Moody.Message> = "moody",
      backoff: Backoff = .constant(.milliseconds(300))
    ) async throws {
      self.name = name
      let (heard, life) = (heard.ref, Counter())
      supervisor = try await Supervisor.start(strategy: .oneForOne) {
        ChildSpec(name) { Moody(moods[min(life.next(), moods.count - 1)], heard: heard) }.backoff(backoff)
      }
    }

    func call(_ retry: CallRetry, within timeout: Duration? = .seconds(5)) async -> Result<ProcessID?, CallError> {
      do throws(CallError) {
        return .success(try await name.call(timeout: timeout, retrying: retry) { .ask(1, $0) })
      } catch {
        return .failure(error)
      }
    }

    var elapsed: Duration { began.duration(to: ProcessClock.now) }

    /// How often it has been asked so far.
    func asked() async throws -> Int {
      try await CurrentProcess.sleep(for: .nanoseconds(1))
      var count = 0
      while !heard.isEmpty {
        _ = try await heard.next()
        count += 1
      }
      return count
    }
  }

  private static func kind(_ result: Result<ProcessID?, CallError>) -> String {
    switch result {
    case .success: "answer"
    case .failure(let error): "\(error.kind)".prefix { $0.isLetter }.description
    }
  }

  @Test("EXT-15: a call waits while nobody has the name, and goes to whoever has it then")
  func waitsForTheName() async throws {
    try await everySeed { node in
      let name = ProcessName<Moody.Message>("late")
      let heard = Probe<Int>()
      spawn {
        try await CurrentProcess.sleep(for: .seconds(2))
        _ = try await Moody.start(name) { Moody(.answers, heard: heard.ref) }
      }
      let before = node.elapsed
      let answer = try await name.call(retrying: .atMostOnce) { .ask(7, $0) }
      try #require(answer == name.whereis && answer != nil)
      try #require(try await heard.next() == 7)
      try #require(node.elapsed - before >= .seconds(2) && node.elapsed - before < .seconds(2.1))
    }
  }

  @Test("EXT-15: nobody comes: the error is noProcess, when the time is over and not before")
  func nobody() async throws {
    try await withTestNode { node in
      let before = node.elapsed
      let error = await #expect(throws: CallError.self) {
        try await ProcessName<Moody.Message>("nobody").call(timeout: .seconds(3), retrying: .atMostOnce) {
          .ask(1, $0)
        }
      }
      guard case .noProcess = error?.kind else { throw Failure("\(error as Any)") }
      #expect(error?.target == "nobody" && node.elapsed - before == .seconds(3))
    }
  }

  @Test("EXT-16: with at most once, the end of who had the message is told at once, and nobody has it twice")
  func atMostOnce() async throws {
    try await everySeed { _ in
      let stage = try await Stage([.fails, .answers])
      let began = stage.elapsed
      try #require(Self.kind(await stage.call(.atMostOnce)) == "exited")
      try #require(stage.elapsed - began < .milliseconds(1))
      try #require(try await stage.asked() == 1)
      // What the second call says was in nobody's hands: it waits for the successor.
      try #require(Self.kind(await stage.call(.atMostOnce)) == "answer")
      try #require(try await stage.asked() == 1)
    }
  }

  @Test("EXT-16: with at least once, the successor is asked, and its answer is the call's")
  func atLeastOnce() async throws {
    try await everySeed { _ in
      let stage = try await Stage([.fails, .traps, .answers])
      let answer = try await stage.call(.atLeastOnce()).get()
      try #require(answer == stage.name.whereis && answer != nil)
      try #require(try await stage.asked() == 3)
      try #require(stage.elapsed >= .milliseconds(600) && stage.elapsed < .milliseconds(700))
    }
  }

  @Test("EXT-16: so many processes get the message and no more; what their supervisor allows is not used up")
  func attempts() async throws {
    try await everySeed { node in
      let stage = try await Stage([.fails], backoff: .constant(.milliseconds(1)))
      try #require(Self.kind(await stage.call(.atLeastOnce())) == "exited")
      try #require(try await stage.asked() == 3)
      try await CurrentProcess.sleep(for: .seconds(1))
      try #require(stage.supervisor.id.isAlive && stage.name.whereis != nil)
    }
  }

  @Test("EXT-16: a reason that is final is not tried again")
  func finalReasons() async throws {
    try await withTestNode { _ in
      let stage = try await Stage([.fails, .traps, .answers])
      let result = await stage.call(.atLeastOnce(attempts: 9) { $0.fault != nil })
      guard case .failure(let error) = result else { throw Failure("\(result)") }
      #expect(error.reason.fault != nil)
      let asked = try await stage.asked()
      #expect(asked == 2)
    }
  }

  @Test("EXT-15: the timeout is for all tries together")
  func totalTime() async throws {
    try await withTestNode { _ in
      let stage = try await Stage([.fails, .isSilent], backoff: .constant(.milliseconds(1_500)))
      let began = stage.elapsed
      #expect(Self.kind(await stage.call(.atLeastOnce(), within: .seconds(2))) == "timeout")
      #expect(stage.elapsed - began == .seconds(2))
      let asked = try await stage.asked()
      #expect(asked == 2)
    }
  }

  @Test("EXT-15: when nobody comes back, the error is the end of the last one who had the message")
  func nobodyComesBack() async throws {
    try await withTestNode { _ in
      let stage = try await Stage([.fails], backoff: .constant(.seconds(60)))
      let began = stage.elapsed
      #expect(Self.kind(await stage.call(.atLeastOnce(), within: .seconds(2))) == "exited")
      #expect(stage.elapsed - began == .seconds(2))
    }
  }

  @Test("EXT-15: a name of a registry is waited for as well")
  func registryNames() async throws {
    try await everySeed { _ in
      let registry = ProcessRegistry<Int, Void>()
      let stage = try await Stage([.leaves, .fails, .answers], name: .via(registry, 42))
      let answer = try await stage.call(.atLeastOnce()).get()
      try #require(answer == registry.whereis(42) && answer != nil)
    }
  }

  @Test("EXT-15: what the next one would answer in the same way is thrown at once")
  func finalErrors() async throws {
    try await withTestNode { node in
      let stage = try await Stage([.answers])
      let began = stage.elapsed
      for retry in [CallRetry.atMostOnce, .atLeastOnce()] {
        let unanswered = await #expect(throws: CallError.self) {
          let _: Int = try await stage.name.call(retrying: retry) { .forget($0) }
        }
        guard case .noReply = unanswered?.kind else { throw Failure("\(unanswered as Any)") }
        let other = await #expect(throws: CallError.self) {
          let _: Int = try await ProcessName<ReplyTo<Int>>("moody").call(retrying: retry) { $0 }
        }
        guard case .wrongMessageType = other?.kind else { throw Failure("\(other as Any)") }
      }
      #expect(stage.elapsed == began)
    }
  }

  @Test("EXT-15: a caller that is killed or cancelled waits no longer")
  func callersEnd() async throws {
    let name = ProcessName<Moody.Message>("nobody at all")
    try await withTestNode { node in
      let caller = spawn { _ = try await name.call(timeout: nil, retrying: .atMostOnce) { .ask(1, $0) } }
      try await node.settle()
      caller.exit(.shutdown)
      #expect(await caller.exited() == .shutdown)
    }
    let task = Task { try await name.call(timeout: nil, retrying: .atMostOnce) { .ask(1, $0) } }
    task.cancel()
    let error = await #expect(throws: CallError.self) { try await task.value }
    guard case .cancelled = error?.kind else { throw Failure("\(error as Any)") }
  }
}

private final class Counter: Sendable {
  private let count = Atomic(0)
  func next() -> Int { count.add(1, ordering: .relaxed).oldValue }
}
