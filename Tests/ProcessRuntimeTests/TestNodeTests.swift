import ProcessRuntime
import SupervisionTesting
import Testing

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
  @Test("when everything waits for ever, the test is told so")
  func stall() async throws {
    await #expect(throws: TestNodeError.self) {
      try await withTestNode(seed: 1) { _ in
        try await CurrentProcess.sleep(for: .seconds(1)); _ = await Probe<Int>().ref.id.exited()
      }
    }
  }
}
