import Testing

@testable import SupervisionIntegrations

@Suite("Lines of what an OS process writes")
struct LineSplitterTests {
  @Test("CMD-2: lines are whole, in whatever pieces they come")
  func pieces() {
    let text = Array("one\ntwo\r\n\nünï\nlast".utf8)
    for size in 1...text.count {
      var splitter = LineSplitter(longest: 100)
      var lines: [String] = []
      var rest = text[...]
      while !rest.isEmpty {
        lines += splitter.take(rest.prefix(size))
        rest = rest.dropFirst(size)
      }
      if let last = splitter.finish() { lines.append(last) }
      #expect(lines == ["one", "two", "", "ünï", "last"])
      #expect(splitter.finish() == nil)
    }
  }

  @Test("CMD-2: a line that is too long is cut, and says by how much; the next one is whole")
  func long() {
    var splitter = LineSplitter(longest: 4)
    #expect(splitter.take(Array("1234\n123456\n12".utf8)) == ["1234", "1234… (2 more bytes)"])
    #expect(splitter.take(Array("345678".utf8)) == [])
    #expect(splitter.finish() == "1234… (4 more bytes)")
  }
}
