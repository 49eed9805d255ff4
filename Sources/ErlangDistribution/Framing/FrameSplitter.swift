/// Cuts a stream of bytes into frames: a length, and as many bytes.
///
/// It holds what has come of one frame, and reserves nothing for what has not.
struct FrameSplitter {
  /// Bytes of the length: 4; before a connection is established, 2 without TLS.
  let lengthByteCount: Int
  let limit: Int
  private var lengthBytes = 0
  private var length = 0
  private var body: [UInt8] = []

  init(lengthByteCount: Int, limit: Int) {
    self.lengthByteCount = lengthByteCount
    self.limit = limit
  }

  /// Where the next frame stands, when it begins here and all of it has come; nil if ``next(_:at:)`` is to collect it.
  mutating func nextWhole(_ bytes: RawSpan, at offset: inout Int) throws(CloseReason) -> Range<Int>? {
    guard lengthBytes == 0, lengthByteCount == 4, bytes.byteCount - offset >= 4 else { return nil }
    let length = Int(UInt32(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    guard length <= limit else { throw tooLong(length) }
    guard bytes.byteCount - offset - 4 >= length else { return nil }
    defer { offset += 4 + length }
    return offset + 4..<offset + 4 + length
  }

  private func tooLong(_ length: Int) -> CloseReason {
    .violation("a frame of \(length) bytes, the limit is \(limit)")
  }

  /// The next frame that is complete, or nil when all bytes are used up.
  ///
  /// The offset moves behind what was used.
  ///
  /// An empty frame is a tick.
  mutating func next(_ bytes: RawSpan, at offset: inout Int) throws(CloseReason) -> [UInt8]? {
    while lengthBytes < lengthByteCount {
      guard offset < bytes.byteCount else { return nil }
      length = length << 8 | Int(bytes[offset])
      lengthBytes += 1
      offset += 1
      if lengthBytes == lengthByteCount, length > limit {
        throw tooLong(length)
      }
    }
    let count = min(length - body.count, bytes.byteCount - offset)
    if count > 0 {
      bytes.extracting(offset..<offset + count).withUnsafeBytes { body.append(contentsOf: $0) }
      offset += count
    }
    guard body.count == length else { return nil }
    defer {
      lengthBytes = 0
      length = 0
      body = []
    }
    return body
  }
}

extension RawSpan {
  subscript(offset: Int) -> UInt8 { unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
}
