/// Appends the parts of a term to bytes.
struct TermWriter {
  let limits: TermLimits

  mutating func write(_ term: Term, _ depth: Int, _ bytes: inout [UInt8]) throws(TermError) {
    switch term {
    case .integer(let value): write(value, &bytes)
    case .atom(let atom): try write(atom, &bytes)
    case .binary(let content):
      bytes.append(FormatTag.binary)
      try append(count: content.count, &bytes)
      bytes += content
    case .tuple(let elements):
      if let count = UInt8(exactly: elements.count) {
        bytes.append(FormatTag.smallTuple)
        bytes.append(count)
      } else {
        bytes.append(FormatTag.largeTuple)
        try append(count: elements.count, &bytes)
      }
      try write(elements, depth, &bytes)
    case .list(let elements): try list(elements, tail: nil, depth, &bytes)
    case .improperList(let elements, let tail): try list(elements, tail: tail, depth, &bytes)
    case .map(let map):
      bytes.append(FormatTag.map)
      try append(count: map.count, &bytes)
      let inner = try deeper(depth, bytes.count)
      for (key, value) in map {
        try write(key, inner, &bytes)
        try write(value, inner, &bytes)
      }
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
    case .function(let function): try write(function, depth, &bytes)
    }
  }

  private mutating func write(_ elements: [Term], _ depth: Int, _ bytes: inout [UInt8]) throws(TermError) {
    let inner = try deeper(depth, bytes.count)
    for element in elements { try write(element, inner, &bytes) }
  }

  private func deeper(_ depth: Int, _ offset: Int) throws(TermError) -> Int {
    guard depth < limits.depth else {
      throw TermError(.limit, at: offset, "containers nested deeper than \(limits.depth)")
    }
    return depth + 1
  }

  private mutating func list(
    _ elements: [Term], tail: Term?, _ depth: Int, _ bytes: inout [UInt8]
  ) throws(TermError) {
    if tail == nil, shortString(elements, &bytes) { return }
    if !elements.isEmpty {
      bytes.append(FormatTag.list)
      try append(count: elements.count, &bytes)
      try write(elements, depth, &bytes)
    }
    if let tail {
      try write(tail, try deeper(depth, bytes.count), &bytes)
    } else {
      bytes.append(FormatTag.emptyList)
    }
  }

  /// A list of bytes as OTP writes it. False when it is something else, and nothing was written.
  private func shortString(_ elements: [Term], _ bytes: inout [UInt8]) -> Bool {
    guard !elements.isEmpty, let count = UInt16(exactly: elements.count) else { return false }
    let start = bytes.count
    bytes.append(FormatTag.string)
    append(count, &bytes)
    for element in elements {
      guard case .integer(let value) = element, let byte = UInt8(exactly: value) else {
        bytes.removeLast(bytes.count - start)
        return false
      }
      bytes.append(byte)
    }
    return true
  }

  func append(_ value: some FixedWidthInteger, _ bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  func append(count: Int, _ bytes: inout [UInt8]) throws(TermError) {
    guard let count = UInt32(exactly: count) else {
      throw TermError(.limit, at: bytes.count, "\(count) elements; the format has room for \(UInt32.max)")
    }
    append(count, &bytes)
  }
}
