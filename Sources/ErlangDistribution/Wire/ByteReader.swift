/// Reads big-endian fields; nil when the bytes end too early.
struct ByteReader {
  private let content: [UInt8]
  private(set) var offset: Int

  init(_ content: [UInt8], at offset: Int = 0) {
    self.content = content
    self.offset = offset
  }

  var isAtEnd: Bool { offset >= content.count }

  mutating func byte() -> UInt8? {
    guard offset < content.count else { return nil }
    offset += 1
    return content[offset - 1]
  }

  mutating func integer<Value: FixedWidthInteger>() -> Value? {
    let size = Value.bitWidth / 8
    guard size <= content.count - offset else { return nil }
    var value: Value = 0
    for byte in content[offset..<offset + size] { value = value << 8 | Value(truncatingIfNeeded: byte) }
    offset += size
    return value
  }

  mutating func bytes(_ count: Int) -> [UInt8]? {
    guard count >= 0, count <= content.count - offset else { return nil }
    offset += count
    return Array(content[offset - count..<offset])
  }

  /// Bytes with their number, of 16 bits, before them.
  mutating func text() -> [UInt8]? {
    guard let count: UInt16 = integer() else { return nil }
    return bytes(Int(count))
  }
}

extension [UInt8] {
  mutating func appendInteger(_ value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
  }
}
