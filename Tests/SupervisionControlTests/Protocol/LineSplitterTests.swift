@testable import SupervisionControl
import Testing

@Suite("Lines and their pace", .timeLimit(.minutes(1)))
struct LineSplitterTests {
  @Test("CTL-5: lines are the same however they come", arguments: 0..<50)
  func anyPieces(seed: Int) throws {
    var chance = Seeded(UInt64(seed))
    let text = "one\n\ntwo\r\nthree\n\n\nfour\nrest"
    var lines = LineSplitter(longest: 10)
    var found: [String] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = Int.random(in: 1...rest.count, using: &chance)
      lines.append(rest.prefix(count))
      rest = rest.dropFirst(count)
      while let line = try lines.next() { found.append(String(decoding: line, as: UTF8.self)) }
    }
    #expect(found == ["one", "", "two", "three", "", "", "four"])
  }

  @Test("CTL-6: a line that is too long is noticed before it ends, and one that is not passes")
  func tooLong() throws {
    var lines = LineSplitter(longest: 4)
    lines.append(Array("1234\n".utf8))
    #expect(try lines.next() == Array("1234".utf8))
    lines.append(Array("12345\n".utf8))
    #expect(throws: LineSplitter.TooLong(limit: 4)) { try lines.next() }
    var endless = LineSplitter(longest: 4)
    endless.append(Array("12345".utf8))
    #expect(throws: LineSplitter.TooLong(limit: 4)) { try endless.next() }
  }

  @Test("CTL-6: as many as allowed pass at once, the others wait, and a pause is no credit for ever")
  func pace() {
    var pace = Pace(perSecond: 10)
    for _ in 0..<10 { #expect(pace.wait(at: 100) < 0.001) }
    #expect(abs(pace.wait(at: 100) - 0.1) < 0.001)
    #expect(abs(pace.wait(at: 100) - 0.2) < 0.001)
    for _ in 0..<10 { #expect(pace.wait(at: 1_000) < 0.001) }
    #expect(pace.wait(at: 1_000) > 0.09)
  }
}
