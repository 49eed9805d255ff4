import Supervision
import SupervisionTesting
import Testing

extension Stress {
  @Suite("Actors within processes")
  struct ActorIdentity {
    private actor Shared {
      var count = 0
      func visit(_ caller: ProcessID?) -> Bool {
        count += 1
        return CurrentProcess.id == caller
      }
    }

    /// A default actor that is busy takes up the next caller's job on the thread that it has, which runs another process.
    @Test("code of an actor that many processes call runs as the process that calls")
    func contended() async throws {
      let shared = Shared()
      let wrong = Journal<Int>()
      try await onWorkers {
        let callers = (0..<8).map { _ in
          spawn {
            var mistaken = 0
            for _ in 0..<2_000 where await !shared.visit(CurrentProcess.id) { mistaken += 1 }
            wrong.note(mistaken)
          }
        }
        for caller in callers { _ = await caller.exited() }
      }
      #expect(wrong.entries.count == 8)
      withKnownIssue("the process is taken from the thread, not from the task", isIntermittent: true) {
        #expect(wrong.entries.reduce(0, +) == 0)
      }
    }
  }
}
