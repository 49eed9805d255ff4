import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Applications: who belongs to which", .timeLimit(.minutes(1)))
struct ApplicationPlaceTests {
  @Test("APP-13: a process belongs to the application of who has started it, however far below")
  func descent() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      try await Applications.start(App("a", stage))
      try await Applications.start(App("b", stage))
      #expect(stage["a"]?.application == "a")
      #expect(stage["b"]?.application == "b")
      #expect(CurrentProcess.application == nil)
      let found = Probe<ApplicationName?>()
      stage.tell(
        "a",
        .perform {
          spawn { spawn { spawn { found.ref.send(CurrentProcess.application) } } }
        })
      #expect(try await found.next() == "a")
      let a = stage["a"]
      try await Applications.stop("a")
      #expect(a?.application == nil)
    }
  }

  @Test("APP-13: an application that a process of another one starts is its own")
  func startedFromWithin() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      try await Applications.start(App("a", stage))
      let done = Probe<Int>()
      stage.tell(
        "a",
        .perform {
          try await Applications.start(App("b", stage))
          done.ref.send(1)
        })
      _ = try await done.next()
      #expect(stage["b"]?.application == "b")
      try await Applications.stop("a")
      #expect(stage["b"]?.isAlive == true)
    }
  }
}
