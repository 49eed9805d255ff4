/// Puts bits behind bits.
struct BitBuilder {
  private var bytes: [UInt8] = []
  private var bitCount = 0

  /// Appends the lowest bits of a value, at most 64, the highest of them first.
  mutating func append(_ value: UInt64, _ count: Int) {
    if count == 8, bitCount % 8 == 0 {
      bytes.append(UInt8(truncatingIfNeeded: value))
      bitCount += 8
      return
    }
    for index in (0..<count).reversed() {
      if bitCount % 8 == 0 { bytes.append(0) }
      if value >> UInt64(index) & 1 == 1 { bytes[bytes.count - 1] |= 0x80 >> UInt8(bitCount % 8) }
      bitCount += 1
    }
  }

  mutating func append(_ term: Term) {
    switch term {
    case .binary(let bytes): for byte in bytes { append(UInt64(byte), 8) }
    case .bitstring(let bits):
      for byte in bits.bytes.dropLast() { append(UInt64(byte), 8) }
      if let last = bits.bytes.last { append(UInt64(last >> (8 - bits.bitsInLastByte)), bits.bitsInLastByte) }
    default: break
    }
  }

  var term: Term {
    guard bitCount % 8 != 0, let bits = Bitstring(bytes, bitsInLastByte: bitCount % 8) else { return .binary(bytes) }
    return .bitstring(bits)
  }
}

extension Term {
  /// A list with this tail: improper, unless the tail is a list itself.
  public static func list(_ elements: [Term], tail: Term) -> Term {
    if elements.isEmpty { return tail }
    return switch tail {
    case .list(let rest): .list(elements + rest)
    case .improperList(let rest, let last): .improperList(elements + rest, tail: last)
    default: .improperList(elements, tail: tail)
    }
  }
}
