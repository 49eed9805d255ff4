import Testing

@testable import ErlangDistribution

@Suite("Frames out of a stream", .timeLimit(.minutes(1)))
struct FrameSplitterTests {
  private func split(
    _ bytes: [UInt8], lengthByteCount: Int, limit: Int = 100, chunk: Int
  ) throws -> [[UInt8]] {
    var splitter = FrameSplitter(lengthByteCount: lengthByteCount, limit: limit)
    var frames: [[UInt8]] = []
    for start in stride(from: 0, to: bytes.count, by: chunk) {
      let part = Array(bytes[start..<min(start + chunk, bytes.count)])
      var offset = 0
      while let frame = try splitter.next(part.span.bytes, at: &offset) { frames.append(frame) }
      #expect(offset == part.count)
    }
    return frames
  }

  @Test("WIRE-9: frames are the same however the stream is cut", arguments: 1...9)
  func chunks(chunk: Int) throws {
    #expect(try split([0, 2, 7, 8, 0, 0, 0, 1, 9], lengthByteCount: 2, chunk: chunk) == [[7, 8], [], [9]])
    let long: [UInt8] = [0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0]
    #expect(try split(long, lengthByteCount: 4, chunk: chunk) == [[1, 2, 3], [], [4]])
  }

  @Test("WIRE-9: a length beyond the limit throws before anything of the frame has come")
  func limit() throws {
    #expect(throws: CloseReason.self) { try split([0, 101], lengthByteCount: 2, chunk: 1) }
    #expect(throws: CloseReason.self) { try split([255, 255, 255, 255], lengthByteCount: 4, chunk: 4) }
    // What somebody sends who takes this for a web server, or speaks TLS.
    for text in ["GE", "\u{16}\u{3}"] {
      #expect(throws: CloseReason.self) {
        try split(Array(text.utf8), lengthByteCount: 2, limit: HandshakeMessage.maximumByteCount, chunk: 2)
      }
    }
    #expect(try split([0, 100] + [UInt8](repeating: 1, count: 100), lengthByteCount: 2, chunk: 50).count == 1)
  }
}
