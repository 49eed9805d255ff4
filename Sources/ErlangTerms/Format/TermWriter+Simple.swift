/// Numbers, atoms, and what is named by its node.
extension TermWriter {
  /// A term that holds no others.
  func simple(_ term: Term, _ bytes: inout [UInt8]) throws(TermError) {
    switch term {
    case .integer(let value): write(value, &bytes)
    case .atom(let atom): try write(atom, &bytes)
    case .binary(let content):
      bytes.append(FormatTag.binary)
      try append(count: content.count, &bytes)
      bytes += content
    case .float(let value):
      guard value.isFinite else {
        throw TermError(.malformed, at: bytes.count, "the float \(value), which Erlang does not have")
      }
      bytes.append(FormatTag.newFloat)
      append(value.bitPattern, &bytes)
    case .bigInteger(let value): try write(value, &bytes)
    case .bitstring(let bits):
      bytes.append(FormatTag.bitBinary)
      try append(count: bits.bytes.count, &bytes)
      bytes.append(UInt8(bits.bitsInLastByte))
      bytes += bits.bytes
    case .pid(let pid): try write(pid, &bytes)
    case .port(let port): try write(port, &bytes)
    case .reference(let reference): try write(reference, &bytes)
    case .export(let export):
      bytes.append(FormatTag.export)
      try write(export.module, &bytes)
      try write(export.function, &bytes)
      bytes += [FormatTag.smallInteger, export.arity]
    case .list, .improperList, .tuple, .map, .function: break
    }
  }

  func write(_ value: Int, _ bytes: inout [UInt8]) {
    if let small = UInt8(exactly: value) {
      bytes.append(FormatTag.smallInteger)
      bytes.append(small)
    } else if let word = Int32(exactly: value) {
      bytes.append(FormatTag.integer)
      append(word, &bytes)
    } else {
      let magnitude = value.magnitude
      let count = 8 - magnitude.leadingZeroBitCount / 8
      bytes += [FormatTag.smallBig, UInt8(count), value < 0 ? 1 : 0]
      withUnsafeBytes(of: magnitude.littleEndian) { bytes.append(contentsOf: $0.prefix(count)) }
    }
  }

  func write(_ value: BigInteger, _ bytes: inout [UInt8]) throws(TermError) {
    let count = value.byteCount
    if let small = UInt8(exactly: count) {
      bytes += [FormatTag.smallBig, small]
    } else {
      bytes.append(FormatTag.largeBig)
      try append(count: count, &bytes)
    }
    bytes.append(value.isNegative ? 1 : 0)
    var left = count
    for word in value.magnitude {
      withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0.prefix(left)) }
      left -= 8
    }
  }

  func write(_ atom: Atom, _ bytes: inout [UInt8]) throws(TermError) {
    let name = atom.name.utf8
    let count = name.count
    if count > limits.atomCharacterCount, atom.name.unicodeScalars.count > limits.atomCharacterCount {
      throw TermError(
        .limit, at: bytes.count,
        "an atom of \(atom.name.unicodeScalars.count) characters, the limit is \(limits.atomCharacterCount)")
    }
    if let small = UInt8(exactly: count) {
      bytes.append(FormatTag.smallAtomUTF8)
      bytes.append(small)
    } else if let large = UInt16(exactly: count) {
      bytes.append(FormatTag.atomUTF8)
      append(large, &bytes)
    } else {
      throw TermError(.limit, at: bytes.count, "an atom of \(count) bytes; the format has room for 65535")
    }
    bytes.appendText(atom.name)
  }

  func write(_ pid: Term.Pid, _ bytes: inout [UInt8]) throws(TermError) {
    bytes.append(FormatTag.newPid)
    try write(pid.node, &bytes)
    append(pid.id, &bytes)
    append(pid.serial, &bytes)
    append(pid.creation, &bytes)
  }

  func write(_ port: Term.Port, _ bytes: inout [UInt8]) throws(TermError) {
    let small = UInt32(exactly: port.id)
    bytes.append(small == nil ? FormatTag.v4Port : FormatTag.newPort)
    try write(port.node, &bytes)
    if let small { append(small, &bytes) } else { append(port.id, &bytes) }
    append(port.creation, &bytes)
  }

  func write(_ reference: Term.Reference, _ bytes: inout [UInt8]) throws(TermError) {
    let words = reference.content
    guard (1...5).contains(words.count) else {
      throw TermError(.malformed, at: bytes.count, "a reference of \(words.count) words; it has 1 to 5")
    }
    bytes.append(FormatTag.newerReference)
    append(UInt16(words.count), &bytes)
    try write(reference.node, &bytes)
    append(reference.creation, &bytes)
    for index in 0..<words.count { append(words[index], &bytes) }
  }

  /// A closure up to its free variables, which come next.
  func open(_ function: Term.Function, _ bytes: inout [UInt8]) throws(TermError) -> OpenContainer {
    guard function.digest.count == 16 else {
      throw TermError(.malformed, at: bytes.count, "a closure's digest of \(function.digest.count) bytes; it has 16")
    }
    bytes.append(FormatTag.newFunction)
    let start = bytes.count
    append(UInt32(0), &bytes)
    bytes.append(function.arity)
    bytes += function.digest
    append(function.index, &bytes)
    try append(count: function.freeVariables.count, &bytes)
    try write(function.module, &bytes)
    write(function.oldIndex, &bytes)
    write(function.oldDigest, &bytes)
    try write(function.creator, &bytes)
    return OpenContainer(function.freeVariables, sizeOffset: start)
  }

  /// The size of a closure, when it is complete, in the place that was left for it.
  func writeSize(at start: Int, _ bytes: inout [UInt8]) throws(TermError) {
    guard let size = UInt32(exactly: bytes.count - start) else {
      throw TermError(
        .limit, at: start, "a closure of \(bytes.count - start) bytes; the format has room for \(UInt32.max)")
    }
    for index in 0..<4 { bytes[start + index] = UInt8(truncatingIfNeeded: size >> (24 - 8 * index)) }
  }
}
