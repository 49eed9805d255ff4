import Supervision
import SupervisionTesting
import Testing

@testable import tour

/// Everything that the tour shows, one after the other, since it prints.
@Suite("Tour", .serialized, .timeLimit(.minutes(5)))
struct TourTests {
  init() { Output.isSilent = true }

  @Test("the whole tour comes to what the articles say", arguments: 0..<20)
  func wholeTour(seed: Int) async throws {
    let count = Output.count
    let differing = try await withTestNode(seed: UInt64(seed)) { _ in await Tour.run() }
    #expect(differing == 0)
    let lines = Output.lines(since: count)
    #expect(lines.filter { $0.hasPrefix("=== ") }.map { $0.prefix(7) } == ["=== 000", "=== 001", "=== 002", "=== 003"])
    let last = try #require(lines.last)
    #expect(last.wholeMatch(of: /1[0-9][0-9] steps, 0 differ/) != nil)
  }

  @Test("a line stands for a pattern: any process id, any text")
  func linePatterns() {
    #expect(LinePattern("EXIT <pid> trap: …nil…").matches("EXIT <0.12.0> trap: found nil while"))
    #expect(LinePattern("nil").matches("nil"))
    #expect(!LinePattern("nil").matches("nil "))
    #expect(!LinePattern("links: [<pid>]").matches("links: [<0.1.0>, <0.2.0>]"))
    #expect(!LinePattern("a…b").matches("a"))
  }

  @Suite("what differs from the articles is counted")
  struct Differences {
    private struct Broken: Error, Equatable {}

    init() { Output.isSilent = true }

    @Test("a value, an error that must not be, an error that must be, a line, and a shell's end")
    func differences() async throws {
      try await withTestNode { _ in
        let narrator = Narrator()
        try await narrator.step("1 + 1", .equals(3)) { 1 + 1 }
        #expect(narrator.differing == 1)
        await #expect(throws: Broken.self) { try await narrator.step("throw", .equals(3)) { throw Broken() } }
        #expect(narrator.differing == 2)
        await #expect(throws: Broken.self) { try await narrator.step("throw") { throw Broken() } }
        #expect(narrator.differing == 3)
        await narrator.step("nothing", throws: Broken()) {}
        #expect(narrator.differing == 4)
        try await narrator.step("print", prints: ["one"]) { tour.print("two") }
        #expect(narrator.differing == 5)
        await narrator.shell(ends: .equals(.killed)) { _ in }
        #expect(narrator.differing == 6)
        await narrator.shell { _ in throw Broken() }
        #expect(narrator.differing == 7)
        #expect(narrator.summary == "7 steps, 7 differ")
      }
    }
  }
}
