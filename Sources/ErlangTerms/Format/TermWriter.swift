/// Appends the parts of a term to bytes.
struct TermWriter {
  let limits: TermLimits

  mutating func write(_ term: Term, _ depth: Int, _ bytes: inout [UInt8]) throws(TermError) {
    // Containers have functions of their own: in a debug build every case has its place on the stack, for each level anew.
    switch term {
    case .tuple(let elements): try tuple(elements, depth, &bytes)
    case .list(let elements): try list(elements, depth, &bytes)
    case .map(let map): try self.map(map, depth, &bytes)
    case .improperList(let elements, let tail): try improperList(elements, tail, depth, &bytes)
    case .function(let function): try write(function, depth, &bytes)
    default: try simple(term, &bytes)
    }
  }

  private mutating func tuple(_ elements: [Term], _ depth: Int, _ bytes: inout [UInt8]) throws(TermError) {
    if let count = UInt8(exactly: elements.count) {
      bytes.append(FormatTag.smallTuple)
      bytes.append(count)
    } else {
      bytes.append(FormatTag.largeTuple)
      try append(count: elements.count, &bytes)
    }
    try write(elements, depth, &bytes)
  }

  private mutating func map(_ map: [Term: Term], _ depth: Int, _ bytes: inout [UInt8]) throws(TermError) {
    bytes.append(FormatTag.map)
    try append(count: map.count, &bytes)
    let inner = try deeper(depth, bytes.count)
    for (key, value) in map {
      try write(key, inner, &bytes)
      try write(value, inner, &bytes)
    }
  }

  private mutating func list(_ elements: [Term], _ depth: Int, _ bytes: inout [UInt8]) throws(TermError) {
    if shortString(elements, &bytes) { return }
    if !elements.isEmpty { try cells(elements, depth, &bytes) }
    bytes.append(FormatTag.emptyList)
  }

  private mutating func improperList(
    _ elements: [Term], _ tail: Term, _ depth: Int, _ bytes: inout [UInt8]
  ) throws(TermError) {
    if !elements.isEmpty { try cells(elements, depth, &bytes) }
    try write(tail, try deeper(depth, bytes.count), &bytes)
  }

  private mutating func cells(_ elements: [Term], _ depth: Int, _ bytes: inout [UInt8]) throws(TermError) {
    bytes.append(FormatTag.list)
    try append(count: elements.count, &bytes)
    try write(elements, depth, &bytes)
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

  /// A list of bytes as OTP writes it.
  ///
  /// False when it is something else, and nothing was written.
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
