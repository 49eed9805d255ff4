/// Terms that hold no others.
extension TermReader {
  mutating func simpleTerm(_ tag: UInt8, _ bytes: RawSpan, at start: Int) throws(TermError) -> Term {
    switch tag {
    case FormatTag.smallInteger:
      return .integer(Int(try byte(bytes)))
    case FormatTag.integer:
      return .integer(Int(Int32(bitPattern: try uint32(bytes))))
    case FormatTag.emptyList:
      return .list([])
    case FormatTag.string:
      let count = Int(try uint16(bytes))
      return .list(try take(count, bytes).map { .integer(Int($0)) })
    case FormatTag.binary:
      let count = Int(try uint32(bytes))
      return .binary(try take(count, bytes))
    case FormatTag.smallBig:
      return try big(Int(try byte(bytes)), bytes, at: start)
    case FormatTag.largeBig:
      return try big(Int(try uint32(bytes)), bytes, at: start)
    case FormatTag.newFloat:
      return try finite(Double(bitPattern: try uint64(bytes)), at: start)
    case FormatTag.float:
      return try float(try take(31, bytes), at: start)
    case FormatTag.bitBinary:
      return try bitstring(bytes, at: start)
    case FormatTag.export:
      return try export(bytes)
    case FormatTag.newPid, FormatTag.pid, FormatTag.newPort, FormatTag.v4Port, FormatTag.port,
      FormatTag.newerReference, FormatTag.newReference, FormatTag.reference:
      return try identifier(tag, bytes, at: start)
    default:
      if let atom = try atom(tag, bytes, at: start) { return .atom(atom) }
      let known = tag == FormatTag.compressed ? ": a compressed term stands only at the beginning" : ""
      throw TermError(.unknownTag, at: start, "no term has the tag \(tag) here\(known)")
    }
  }

  private mutating func big(_ count: Int, _ bytes: RawSpan, at start: Int) throws(TermError) -> Term {
    guard count <= limits.integerByteCount else {
      throw TermError(.limit, at: start, "an integer of \(count) bytes, the limit is \(limits.integerByteCount)")
    }
    let isNegative = try byte(bytes) != 0
    try need(count, bytes)
    var words: [UInt64] = []
    words.reserveCapacity((count + 7) / 8)
    for _ in 0..<count / 8 {
      words.append(UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)))
      offset += 8
    }
    var last: UInt64 = 0
    for index in 0..<count % 8 { last |= UInt64(bytes.byte(at: offset + index)) << (8 * index) }
    offset += count % 8
    words.append(last)
    return Term(negative: isNegative, magnitude: words)
  }

  private func finite(_ value: Double, at start: Int) throws(TermError) -> Term {
    guard value.isFinite else {
      throw TermError(.malformed, at: start, "the float \(value), which Erlang does not have")
    }
    return .float(value)
  }

  /// A float in 31 characters, as releases before R11 wrote it, padded with zeros.
  private func float(_ characters: [UInt8], at start: Int) throws(TermError) -> Term {
    let digits = characters.prefix { $0 != 0 }
    let text = String(decoding: digits.drop { $0 == UInt8(ascii: " ") }, as: UTF8.self)
    guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let value = Double(text) else {
      throw TermError(.malformed, at: start, "a float whose text is no number")
    }
    return try finite(value, at: start)
  }

  private mutating func bitstring(_ bytes: RawSpan, at start: Int) throws(TermError) -> Term {
    let count = Int(try uint32(bytes))
    let bits = Int(try byte(bytes))
    let content = try take(count, bytes)
    if bits == 8, count > 0 { return .binary(content) }
    guard let bitstring = Bitstring(content, bitsInLastByte: bits) else {
      throw TermError(.malformed, at: start, "a bitstring of \(count) bytes with \(bits) bits in the last")
    }
    return .bitstring(bitstring)
  }

  private mutating func export(_ bytes: RawSpan) throws(TermError) -> Term {
    let module = try atom(bytes)
    let function = try atom(bytes)
    let start = offset
    guard try byte(bytes) == FormatTag.smallInteger else {
      throw TermError(.malformed, at: start, "the arity of a function is no small integer")
    }
    return .export(Term.Export(module: module, function: function, arity: try byte(bytes)))
  }

  mutating func functionHeader(_ bytes: RawSpan, at start: Int) throws(TermError) -> FunctionHeader {
    let size = Int(try uint32(bytes))
    let arity = try byte(bytes)
    let digest = try take(16, bytes)
    let index = try uint32(bytes)
    let count = Int(try uint32(bytes))
    return FunctionHeader(
      arity: arity, digest: digest, index: index, freeVariableCount: count, end: start + 1 + size)
  }
}
