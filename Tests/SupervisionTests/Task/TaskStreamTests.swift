import Supervision
import SupervisionTesting
import Synchronization
import Testing

/// Elixir's task_test.exs and task/supervisor_test.exs: async_stream.
@Suite("Task: streams", .timeLimit(.minutes(5)))
struct TaskStreamTests {
  typealias Stream = TaskStream<Int, Int>

  /// Below, equal to, and above the number of inputs.
  static let concurrency = [1, 2, 4, 8]

  enum Kind: CaseIterable { case alone, supervised, noLink }

  @discardableResult
  private static func stream(
    _ kind: Kind, _ inputs: [Int], _ maxConcurrency: Int = 4, ordered: Bool = true, timeout: Duration? = .seconds(5),
    onTimeout: Stream.TimeoutAction = .exit, maxChildren: Int? = nil,
    _ body: @escaping @Sendable (Int) async throws -> Int
  ) async throws -> Stream {
    if kind == .alone {
      return try SupervisedTask.asyncStream(
        inputs, maxConcurrency: maxConcurrency, ordered: ordered, timeout: timeout, onTimeout: onTimeout, body: body)
    }
    let tasks = try await TaskSupervisor.start(maxChildren: maxChildren)
    return kind == .supervised
      ? try tasks.asyncStream(
        inputs, maxConcurrency: maxConcurrency, ordered: ordered, timeout: timeout, onTimeout: onTimeout, body: body)
      : try tasks.asyncStreamNoLink(
        inputs, maxConcurrency: maxConcurrency, ordered: ordered, timeout: timeout, onTimeout: onTimeout, body: body)
  }

  @Test("TASK-40, TASK-47: streams an enumerable with fun, an empty one too", arguments: Kind.allCases, concurrency)
  func maps(_ kind: Kind, _ maxConcurrency: Int) async throws {
    try await withTestNodes(seeds: 0..<20) { node in
      let stream = try await Self.stream(kind, [1, 2, 3, 4], maxConcurrency) { $0 * 10 }
      for _ in 1...2 { try #require(try await stream.texts() == ["1 ok 10", "2 ok 20", "3 ok 30", "4 ok 40"]) }
      try #require(try await Self.stream(kind, [], maxConcurrency) { $0 }.texts().isEmpty)
      try await node.settle()
      // Without leaking tasks.
      try #require(node.processes.allSatisfy { $0.info?.kind != "task" } && CurrentProcess.links.isEmpty)
    }
  }

  @Test("TASK-41: at most max_concurrency tasks run, and as many as there may be", arguments: Kind.allCases, [1, 3])
  func limits(_ kind: Kind, _ maxConcurrency: Int) async throws {
    try await withTestNodes(seeds: 0..<20) { node in
      let gauge = Gauge()
      let stream = try await Self.stream(kind, Array(1...9), maxConcurrency) { input in
        gauge.enter()
        try await CurrentProcess.sleep(for: .seconds(1))
        gauge.leave()
        return input
      }
      let began = node.elapsed
      try #require(try await stream.texts().count == 9)
      try #require(gauge.highest == maxConcurrency && node.elapsed - began >= .seconds(9 / maxConcurrency))
      try #require(node.elapsed - began < .seconds(9 / maxConcurrency) + .milliseconds(10))
    }
  }

  @Test(
    "TASK-41: streams an enumerable with slowest first, in the order of the inputs", arguments: Kind.allCases,
    concurrency)
  func slowestFirst(_ kind: Kind, _ maxConcurrency: Int) async throws {
    try await withTestNodes(seeds: 0..<20) { _ in
      let stream = try await Self.stream(kind, [4, 3, 2, 1], maxConcurrency) { input in
        try await CurrentProcess.sleep(for: .seconds(input))
        return input
      }
      try #require(try await stream.texts() == ["4 ok 4", "3 ok 3", "2 ok 2", "1 ok 1"])
    }
  }

  @Test("TASK-41: a slow head does not keep others from being started")
  func slowHead() async throws {
    try await everySeed { node in
      let stream = try await Self.stream(.noLink, [4, 1, 1, 1, 1], 2) { input in
        try await CurrentProcess.sleep(for: .seconds(input))
        return input
      }
      let began = node.elapsed
      try #require(try await stream.texts().count == 5)
      try #require(node.elapsed - began < .milliseconds(4_100))
    }
  }

  @Test("TASK-41: streams an enumerable with ordered: false, as they are ready", arguments: Kind.allCases)
  func unordered(_ kind: Kind) async throws {
    try await withTestNodes(seeds: 0..<30) { _ in
      let stream = try await Self.stream(kind, [4, 1, 3, 2], 4, ordered: false) { input in
        try await CurrentProcess.sleep(for: .seconds(input))
        return input
      }
      try #require(try await stream.texts() == ["1 ok 1", "2 ok 2", "3 ok 3", "4 ok 4"])
    }
  }

  @Test(
    "TASK-42, TASK-43: streams an enumerable with exits: who traps exits gets failures, with their inputs",
    arguments: Kind.allCases)
  func failures(_ kind: Kind) async throws {
    try await withTestNodes(seeds: 0..<30) { _ in
      let texts = try await trapping {
        let stream = try await Self.stream(kind, [1, 2, 3]) { input in
          if input == 2 { throw Failure("x") }
          return input
        }
        return try await stream.texts()
      }
      try #require(texts == ["1 ok 1", "2 exit Failure: x", "3 ok 3"])
    }
  }

  @Test(
    "TASK-43, TSUP-8: a failure ends a consumer that is linked and does not trap exits, and no other",
    arguments: Kind.allCases)
  func failureTravels(_ kind: Kind) async throws {
    try await withTestNodes(seeds: 0..<30) { node in
      let consumer = spawn {
        let stream = try await Self.stream(kind, [1, 2, 3]) { input in
          if input == 2 { throw Failure("x") }
          return try await endless()()
        }
        _ = try await stream.texts()
      }
      try await node.settle()
      try #require(consumer.isAlive == (kind == .noLink))
      if kind != .noLink {
        let reason = await consumer.exited()
        try #require(reason == .failure(Failure("x")))
      }
    }
  }

  @Test("TASK-44: timeout: the stream fails, and all tasks are killed", arguments: Kind.allCases, [true, false])
  func timeout(_ kind: Kind, _ ordered: Bool) async throws {
    try await withTestNodes(seeds: 0..<20) { node in
      let stream = try await Self.stream(kind, [1, 60, 60], 3, ordered: ordered, timeout: .seconds(2)) { input in
        try await CurrentProcess.sleep(for: .seconds(input))
        return input
      }
      let began = node.elapsed
      let error = await #expect(throws: TaskError.self) { _ = try await stream.texts() }
      guard case .timeout? = error?.kind else { throw Failure("\(error as Any)") }
      try #require(node.elapsed - began == .seconds(2))
      try #require(node.processes.allSatisfy { $0.info?.kind != "task" })
    }
  }

  @Test(
    "TASK-44: with :on_timeout set to :kill_task: that task's result is a timeout", arguments: Kind.allCases,
    [true, false])
  func killTask(_ kind: Kind, _ ordered: Bool) async throws {
    try await withTestNodes(seeds: 0..<20) { node in
      let stream = try await Self.stream(
        kind, [60, 1, 60, 1], 4, ordered: ordered, timeout: .seconds(2), onTimeout: .killTask
      ) {
        try await CurrentProcess.sleep(for: .seconds($0))
        return $0
      }
      let texts = try await stream.texts()
      try #require(texts.sorted() == ["1 ok 1", "1 ok 1", "60 exit timeout", "60 exit timeout"])
      if ordered { try #require(texts.first == "60 exit timeout") }
      try #require(node.processes.allSatisfy { $0.info?.kind != "task" } && CurrentProcess.links.isEmpty)
    }
  }

  @Test("TASK-44: streams an enumerable with infinite timeout")
  func noTimeout() async throws {
    try await withTestNode { _ in
      let stream = try await Self.stream(.alone, [600], timeout: nil) {
        try await CurrentProcess.sleep(for: .seconds($0))
        return $0
      }
      try #require(try await stream.texts() == ["600 ok 600"])
    }
  }

  @Test("TASK-40: does not allow streaming with max_concurrency = 0, or without time")
  func invalid() async throws {
    for (concurrency, timeout) in [(0, Duration.seconds(1)), (-1, .seconds(1)), (1, .zero)] {
      let error = await #expect(throws: TaskError.self) {
        try await Self.stream(.alone, [1], concurrency, timeout: timeout) { $0 }
      }
      #expect(error?.description.contains("must be greater than zero") == true)
    }
  }

  @Test("TASK-45: shuts down unused tasks without leaking messages", arguments: Kind.allCases)
  func halts(_ kind: Kind) async throws {
    try await withTestNodes(seeds: 0..<30) { node in
      let log = Probe<String>()
      spawn(receiving: Never.self) { inbox in
        CurrentProcess.trapsExits = true
        let stream = try await Self.stream(kind, [0, 60, 60, 0, 60], 4) {
          try await CurrentProcess.sleep(for: .seconds($0))
          return $0
        }
        for try await element in stream {
          log.ref.send("\(element.input)")
          break
        }
        let running = node.processes.count { $0.info?.kind == "task" }
        do throws(MailboxError) {
          _ = try await Self.signal(&inbox)
        } catch {
          log.ref.send("\(running) run, \(CurrentProcess.links.count) links")
        }
      }
      try #require(try await log.next() == "0")
      try #require(try await log.next() == "0 run, 0 links")
    }
  }

  @Test("TASK-45: terminates outer effect: an error in the consumer kills the tasks that run", arguments: Kind.allCases)
  func consumerThrows(_ kind: Kind) async throws {
    try await withTestNodes(seeds: 0..<30) { node in
      let stream = try await Self.stream(kind, [0, 60, 60]) {
        try await CurrentProcess.sleep(for: .seconds($0))
        return $0
      }
      await #expect(throws: Failure.self) { for try await _ in stream { throw Failure("enough") } }
      try #require(node.processes.allSatisfy { $0.info?.kind != "task" })
    }
  }

  @Test("TASK-46: the tasks end with the consumer", arguments: Kind.allCases)
  func consumerEnds(_ kind: Kind) async throws {
    try await withTestNodes(seeds: 0..<30) { node in
      let consumer = spawn {
        let stream = try await Self.stream(kind, [1, 2, 3]) { _ in try await endless()() }
        _ = try await stream.texts()
      }
      try await node.settle()
      try #require(node.processes.count { $0.info?.kind == "task" } == 3)
      consumer.exit(.kill)
      try await node.settle()
      try #require(node.processes.allSatisfy { $0.info?.kind != "task" })
    }
  }

  @Test(
    "TASK-48: consuming from another process: who goes through the stream owns its tasks ($callers)",
    arguments: Kind.allCases)
  func owner(_ kind: Kind) async throws {
    try await withTestNodes(seeds: 0..<30) { _ in
      let callers = Probe<[ProcessID]>()
      let stream = try await Self.stream(kind, [1]) { input in
        callers.ref.send(CurrentProcess.callers)
        return input
      }
      let consumer = spawn { _ = try await stream.texts() }
      try #require(try await callers.next() == [consumer])
    }
  }

  @Test(
    "TSUP-4: raises an error if :max_children is reached with clean stream shutdown",
    arguments: [Kind.supervised, .noLink])
  func maxChildren(_ kind: Kind) async throws {
    try await withTestNodes(seeds: 0..<30) { node in
      let stream = try await Self.stream(kind, [60, 60, 60], 3, maxChildren: 2) {
        try await CurrentProcess.sleep(for: .seconds($0))
        return $0
      }
      let error = await #expect(throws: TaskError.self) { _ = try await stream.texts() }
      guard case .maxChildren? = error?.kind else { throw Failure("\(error as Any)") }
      try #require(node.processes.allSatisfy { $0.info?.kind != "task" })
    }
  }

  private static func signal(_ inbox: inout Mailbox<Never>) async throws(MailboxError) -> Signal {
    do {
      return try await inbox.signal(within: .seconds(1))
    } catch {
      throw .timeout
    }
  }
}

extension TaskStream where Input == Int, Output == Int {
  func texts() async throws -> [String] {
    var texts: [String] = []
    for try await element in self { texts.append("\(element.input) \(element.result.text)") }
    return texts
  }
}

/// How many are in at the same time.
private final class Gauge: Sendable {
  private let state = Mutex((now: 0, highest: 0))
  var highest: Int { state.withLock { $0.highest } }
  func enter() {
    state.withLock { state in
      state.now += 1
      state.highest = max(state.highest, state.now)
    }
  }
  func leave() { state.withLock { $0.now -= 1 } }
}
