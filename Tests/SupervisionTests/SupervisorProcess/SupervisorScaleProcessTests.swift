import ProcessRuntime
import Supervision
import SupervisionTesting
import Synchronization
import Testing

/// Many children: each start, crash, restart and stop takes as long as with few.
@Suite("Supervisor processes: many children", .serialized, .timeLimit(.minutes(5)))
struct SupervisorScaleProcessTests {
  private static let count = 10_000

  private final class Census: Sendable {
    let living = Atomic<Int>(0)
  }

  private final class Token: Sendable {
    private let census: Census
    init(_ census: Census) {
      self.census = census
      census.living.add(1, ordering: .relaxed)
    }
    deinit { census.living.subtract(1, ordering: .relaxed) }
  }

  private struct Mortal: GenServer {
    enum Message: Sendable { case crash }
    private let token: Token
    init(_ census: Census) { token = Token(census) }
    func handle(_ message: Message) throws { throw Crash() }
  }

  /// Starts so many children, lets each crash once, waits until all are back, and stops them in order.
  ///
  /// Nanoseconds a child.
  private static func life(of count: Int) async throws -> (starts: Double, crashes: Double, stops: Double) {
    try await withTestNode { node in
      let census = Census()
      let clock = ContinuousClock()
      let before = node.processes.count
      let began = clock.now
      let supervisor = try await Supervisor.start(
        strategy: .oneForOne, intensity: .restarts(count, within: .seconds(600))
      ) {
        for index in 0..<count { ChildSpec(id: "\(index)") { Mortal(census) } }
      }
      let started = clock.now
      #expect(node.processes.count == before + 1 + count)
      let old = try await supervisor.children().compactMap(\.process)
      for process in old { ProcessRef<Mortal.Message>(unsafelyTyped: process).send(.crash) }
      try await node.settle()
      let counts = try await supervisor.countChildren()
      let restarted = clock.now
      #expect(counts == Supervisor.Counts(specs: count, active: count, supervisors: 0, workers: count))
      #expect(old.allSatisfy { !$0.isAlive })
      #expect(node.reports(of: SupervisorErrorReport.self).count == count)
      try await supervisor.stop(reason: .shutdown)
      let ended = clock.now
      try await node.settle()
      #expect(node.processes.count == before)
      #expect(census.living.load(ordering: .relaxed) == 0)
      let each = { (from: ContinuousClock.Instant, to: ContinuousClock.Instant) in (to - from) / .nanoseconds(count) }
      return (each(began, started), each(started, restarted), each(restarted, ended))
    }
  }

  @Test(
    "SUP-117: ten thousand children start, crash, come back and stop; a child costs about what one of a thousand costs")
  func linear() async throws {
    _ = try await Self.life(of: 100)
    try await expectNoDearer {
      let few = try await Self.life(of: Self.count / 10)
      let many = try await Self.life(of: Self.count)
      return [(few.starts, many.starts), (few.crashes, many.crashes), (few.stops, many.stops)]
    }
  }

  @Test(
    "SUP-117, SUP-66: all die at once and the supervisor gives up: the exits in its mailbox do not slow its end down")
  func giveUp() async throws {
    func time(_ count: Int) async throws -> Double {
      try await withTestNode { node in
        let census = Census()
        let supervisor = try await Supervisor.start(strategy: .oneForOne, intensity: .restarts(1, within: .seconds(5)))
        {
          for index in 0..<count { ChildSpec(id: "\(index)") { Mortal(census) } }
        }
        let clock = ContinuousClock()
        let children = try await supervisor.children().compactMap(\.process)
        let began = clock.now
        for process in children.reversed() { process.exit(.kill) }
        #expect(await supervisor.id.exited() == .shutdown)
        let elapsed = clock.now - began
        try await node.settle()
        #expect(census.living.load(ordering: .relaxed) == 0)
        return elapsed / .nanoseconds(count)
      }
    }
    _ = try await time(100)
    try await expectNoDearer { [(try await time(Self.count / 10), try await time(Self.count))] }
  }

  @Test("SUP-117: a queue of calls as long as the list of children: each takes as long as the first")
  func queuedCalls() async throws {
    func time(_ count: Int) async throws -> Double {
      try await withTestNode { node in
        let census = Census()
        let supervisor = try await Supervisor.start(strategy: .oneForOne) {
          for index in 0..<count { ChildSpec(id: "\(index)") { Mortal(census) } }
        }
        let clock = ContinuousClock()
        let began = clock.now
        let callers = (0..<count).map { index in spawn { try await supervisor.terminateChild("\(index)") } }
        for caller in callers { _ = await caller.exited() }
        let elapsed = clock.now - began
        #expect(try await supervisor.countChildren().active == 0)
        return elapsed / .nanoseconds(count)
      }
    }
    _ = try await time(100)
    try await expectNoDearer { [(try await time(Self.count / 10), try await time(Self.count))] }
  }
}

/// Expects that a thing costs among ten times as many at most five times of what it costs among few: were anything quadratic, it
/// would be ten times as much.
///
/// The machine is shared, and may have been busy with something else during one of the two: such a pair is measured again.
func expectNoDearer(_ measure: () async throws -> [(few: Double, many: Double)]) async throws {
  var pairs: [(few: Double, many: Double)] = []
  for _ in 0..<5 {
    pairs = try await measure()
    if pairs.allSatisfy({ $0.many < $0.few * 5 }) { return }
  }
  Issue.record("five times: \(pairs)")
}
