import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

/// Handles its messages without a task, and says which test it belongs to.
private struct Spy: GenServer {
  enum Message: Sendable {
    case synchronous(ReplyTo<String?>)
    case fail(ReplyTo<Void>)
  }

  func handle(_ message: Message) {
    switch message {
    case .synchronous(let reply): reply(Test.current?.name)
    case .fail(let reply):
      #expect(Bool(false), "in a server")
      reply()
    }
  }
}

/// Handles them in a task.
private struct SlowSpy: GenServer {
  typealias Message = ReplyTo<String?>

  func handle(_ message: Message) async throws {
    try await CurrentProcess.sleep(for: .seconds(1))
    message(Test.current?.name)
  }
}

@Suite(.timeLimit(.minutes(1)))
struct TestNodeTests {
  @Test("a test node runs its body, and its clock jumps")
  func clock() async throws {
    try await withTestNode(seed: 1) { node in
      try await CurrentProcess.sleep(for: .seconds(3600))
      #expect(node.elapsed >= .seconds(3600))
      let probe = Probe<Int>()
      probe.ref.send(3, after: .seconds(60))
      #expect(try await probe.next(within: .seconds(100)) == 3)
    }
  }
  @Test(
    "EXT-18: all that runs in a process of a test node belongs to the test: bodies, servers, tasks, also after a trap")
  func currentTest() async throws {
    let name = Test.current?.name
    #expect(name != nil)
    try await withTestNode(seed: 3) { node in
      func isSame() -> Bool { Test.current?.name == name }
      #expect(isSame())
      for _ in 0..<3 {
        #expect(try await Spy.start { Spy() }.call { .synchronous($0) } == name)
        let slow = try await SlowSpy.start { SlowSpy() }
        #expect(try await slow.call { $0 } == name)
        let probe = Probe<String?>()
        spawn {
          try await CurrentProcess.sleep(for: .seconds(1))
          async let child = Test.current?.name
          probe.ref.send(await child)
        }
        #expect(try await probe.next(within: .seconds(9)) == name)
        let task = try await TaskSupervisor.start().asyncNoLink { Test.current?.name }
        #expect(try await task.await() == name)
        // The thread is lost, and another one goes on.
        let trapped = spawn { _ = [Int]()[node.elapsed < .zero ? 1 : 0] }
        #expect(await trapped.exited().fault != nil)
        #expect(isSame())
      }
    }
  }

  @Test("EXT-18: an expectation that fails in a process fails its test")
  func failedExpectation() async throws {
    try await withKnownIssue {
      try await withTestNode(seed: 4) { _ in
        let server = try await Spy.start { Spy() }
        try await server.call { .fail($0) }
      }
    } matching: { issue in
      issue.comments.contains { $0.rawValue == "in a server" }
    }
  }

  @Test("EXT-18: processes of other nodes have no task-local values of who starts them")
  func ordinaryNodes() async throws {
    let (names, found) = AsyncStream.makeStream(of: String?.self)
    spawn { found.yield(Test.current?.name) }
    var iterator = names.makeAsyncIterator()
    let name = await iterator.next()
    #expect(name == .some(nil))
  }

  @Test("when everything waits for ever, the test is told so")
  func stall() async throws {
    await #expect(throws: TestNodeError.self) {
      try await withTestNode(seed: 1) { _ in
        try await CurrentProcess.sleep(for: .seconds(1)); _ = await Probe<Int>().ref.id.exited()
      }
    }
  }
}
