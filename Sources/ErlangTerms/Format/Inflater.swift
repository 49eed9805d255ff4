/// Reads what zlib compressed (RFC 1950 and 1951), up to a size that is known beforehand.
struct Inflater {
  var offset: Int
  let limit: Int
  private var output: [UInt8] = []
  private var bits: UInt32 = 0
  private var bitCount = 0

  init(offset: Int, limit: Int) {
    self.offset = offset
    self.limit = limit
  }

  /// The content of a zlib stream that ends where the bytes do.
  mutating func zlib(_ bytes: RawSpan) throws(TermError) -> [UInt8] {
    let start = offset
    let method = try byte(bytes)
    let flags = try byte(bytes)
    guard method & 15 == 8, flags & 32 == 0, (Int(method) << 8 | Int(flags)) % 31 == 0 else {
      throw TermError(.malformed, at: start, "a compressed term that is no zlib stream")
    }
    var isLast = false
    while !isLast {
      isLast = try take(1, bytes) == 1
      switch try take(2, bytes) {
      case 0: try stored(bytes)
      case 1: try block(bytes, .fixedLiterals, .fixedDistances)
      case 2:
        let (literals, distances) = try codes(bytes)
        try block(bytes, literals, distances)
      default: throw malformed("a block of no known kind")
      }
    }
    var sum: UInt32 = 0
    bitCount = 0
    for _ in 0..<4 { sum = sum << 8 | UInt32(try byte(bytes)) }
    guard sum == checksum else { throw malformed("a wrong checksum") }
    guard offset == bytes.byteCount else {
      throw TermError(.trailing, at: offset, "\(bytes.byteCount - offset) bytes after the compressed term")
    }
    return output
  }

  private func malformed(_ what: String) -> TermError {
    TermError(.malformed, at: offset, "a compressed term with \(what)")
  }

  // MARK: Bits

  private mutating func byte(_ bytes: RawSpan) throws(TermError) -> UInt8 {
    guard offset < bytes.byteCount else {
      throw TermError(.truncated, at: offset, "a compressed term that ends too early")
    }
    offset += 1
    return bytes.byte(at: offset - 1)
  }

  /// Up to 16 bits, the first one lowest.
  private mutating func take(_ count: Int, _ bytes: RawSpan) throws(TermError) -> Int {
    while bitCount < count {
      bits |= UInt32(try byte(bytes)) << bitCount
      bitCount += 8
    }
    let value = bits & (1 << count - 1)
    bits >>= count
    bitCount -= count
    return Int(value)
  }

  private mutating func symbol(_ code: PrefixCode, _ bytes: RawSpan) throws(TermError) -> Int {
    var path = 0
    var first = 0
    var index = 0
    for length in 1...15 {
      path |= try take(1, bytes)
      let count = code.counts[length]
      if path - first < count { return code.symbols[index + path - first] }
      index += count
      first = (first + count) << 1
      path <<= 1
    }
    throw malformed("a code that stands for nothing")
  }

  // MARK: Blocks

  private mutating func append(_ byte: UInt8) throws(TermError) {
    guard output.count < limit else { throw malformed("more than the \(limit) bytes that it announces") }
    output.append(byte)
  }

  private mutating func stored(_ bytes: RawSpan) throws(TermError) {
    bits = 0
    bitCount = 0
    let count = try take(16, bytes)
    guard try take(16, bytes) == count ^ 0xffff else { throw malformed("a stored block of two lengths") }
    for _ in 0..<count { try append(try byte(bytes)) }
  }

  private mutating func block(
    _ bytes: RawSpan, _ literals: PrefixCode, _ distances: PrefixCode
  ) throws(TermError) {
    while true {
      let symbol = try symbol(literals, bytes)
      if symbol < 256 {
        try append(UInt8(symbol))
      } else if symbol == 256 {
        return
      } else {
        guard symbol - 257 < PrefixCode.lengths.count else { throw malformed("a length that stands for nothing") }
        let length = PrefixCode.lengths[symbol - 257]
        let count = length.base + (try take(length.extra, bytes))
        let place = try self.symbol(distances, bytes)
        guard place < PrefixCode.distances.count else { throw malformed("a distance that stands for nothing") }
        let back = PrefixCode.distances[place]
        let distance = back.base + (try take(back.extra, bytes))
        guard distance <= output.count else { throw malformed("a distance beyond its beginning") }
        for _ in 0..<count { try append(output[output.count - distance]) }
      }
    }
  }

  private mutating func codes(_ bytes: RawSpan) throws(TermError) -> (PrefixCode, PrefixCode) {
    let literalCount = try take(5, bytes) + 257
    let distanceCount = try take(5, bytes) + 1
    let codeCount = try take(4, bytes) + 4
    var lengths = [Int](repeating: 0, count: 19)
    for index in 0..<codeCount { lengths[PrefixCode.orderOfLengths[index]] = try take(3, bytes) }
    guard let code = PrefixCode(lengths) else { throw malformed("lengths of codes that do not fit") }
    var all: [Int] = []
    while all.count < literalCount + distanceCount {
      let symbol = try symbol(code, bytes)
      switch symbol {
      case 0..<16: all.append(symbol)
      case 16:
        guard let last = all.last else { throw malformed("a repetition of nothing") }
        all += Array(repeating: last, count: try take(2, bytes) + 3)
      case 17: all += Array(repeating: 0, count: try take(3, bytes) + 3)
      default: all += Array(repeating: 0, count: try take(7, bytes) + 11)
      }
    }
    guard all.count == literalCount + distanceCount, let literals = PrefixCode(Array(all[..<literalCount])),
      let distances = PrefixCode(Array(all[literalCount...]))
    else { throw malformed("lengths of codes that do not fit") }
    return (literals, distances)
  }

  /// Adler-32 of what was read.
  private var checksum: UInt32 {
    var low: UInt32 = 1
    var high: UInt32 = 0
    for byte in output {
      low = (low + UInt32(byte)) % 65_521
      high = (high + low) % 65_521
    }
    return high << 16 | low
  }
}
