extension RawSpan {
  /// One byte, within the bounds.
  func byte(at offset: Int) -> UInt8 { unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
}

extension TermReader {
  mutating func byte(_ bytes: RawSpan) throws(TermError) -> UInt8 {
    try need(1, bytes)
    offset += 1
    return bytes.byte(at: offset - 1)
  }

  mutating func uint16(_ bytes: RawSpan) throws(TermError) -> UInt16 { try integer(bytes) }

  mutating func uint32(_ bytes: RawSpan) throws(TermError) -> UInt32 { try integer(bytes) }

  mutating func uint64(_ bytes: RawSpan) throws(TermError) -> UInt64 { try integer(bytes) }

  private mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: RawSpan
  ) throws(TermError) -> Value {
    let size = MemoryLayout<Value>.size
    try need(size, bytes)
    offset += size
    return Value(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset - size, as: Value.self))
  }

  /// The next bytes, copied.
  mutating func take(_ count: Int, _ bytes: RawSpan) throws(TermError) -> [UInt8] {
    try need(count, bytes)
    offset += count
    return bytes.extracting(offset - count..<offset).withUnsafeBytes { [UInt8]($0) }
  }

  func need(_ count: Int, _ bytes: RawSpan) throws(TermError) {
    let left = bytes.byteCount - offset
    guard count <= left else {
      throw TermError(.truncated, at: offset, "\(count) bytes are needed, \(max(0, left)) are left")
    }
  }
}
