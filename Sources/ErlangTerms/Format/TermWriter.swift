/// Appends the parts of a term to bytes.
struct TermWriter {
  let limits: TermLimits

  /// A term.
  ///
  /// Containers that are not complete stand in a list, not on the thread's stack.
  func write(_ term: Term, _ bytes: inout [UInt8]) throws(TermError) {
    if try writeFlat(term, &bytes) { return }
    var containers: [OpenContainer] = []
    var next: Term? = term
    while let term = next {
      if let opened = try open(term, &bytes) {
        guard containers.count < limits.depth else {
          throw TermError(.limit, at: bytes.count, "containers nested deeper than \(limits.depth)")
        }
        containers.append(opened)
      }
      next = nil
      while next == nil, let last = containers.indices.last {
        next = containers[last].next()
        if next == nil { try close(containers.removeLast(), &bytes) }
      }
    }
  }

  /// What most messages are: a term that holds no others, or a tuple of such.
  ///
  /// False when it is something else, and nothing was written.
  private func writeFlat(_ term: Term, _ bytes: inout [UInt8]) throws(TermError) -> Bool {
    if term.isSimple {
      try simple(term, &bytes)
      return true
    }
    guard case .tuple(let elements) = term, let count = UInt8(exactly: elements.count), limits.depth > 0,
      elements.allSatisfy(\.isSimple)
    else { return false }
    bytes.append(FormatTag.smallTuple)
    bytes.append(count)
    for element in elements { try simple(element, &bytes) }
    return true
  }

  /// Writes a term, or of a container what stands before its elements.
  ///
  /// - Returns: the container whose elements come next, if it has any.
  private func open(_ term: Term, _ bytes: inout [UInt8]) throws(TermError) -> OpenContainer? {
    switch term {
    case .tuple(let elements):
      if let count = UInt8(exactly: elements.count) {
        bytes.append(FormatTag.smallTuple)
        bytes.append(count)
      } else {
        bytes.append(FormatTag.largeTuple)
        try append(count: elements.count, &bytes)
      }
      return elements.isEmpty ? nil : OpenContainer(elements)
    case .list(let elements):
      if shortString(elements, &bytes) { return nil }
      return try cells(elements, .list([]), &bytes)
    case .improperList(let elements, let tail):
      return try cells(elements, tail, &bytes)
    case .map(let map):
      bytes.append(FormatTag.map)
      try append(count: map.count, &bytes)
      return map.isEmpty ? nil : OpenContainer(map)
    case .function(let function):
      return try open(function, &bytes)
    default:
      try simple(term, &bytes)
      return nil
    }
  }

  /// The tail is written as the last element.
  private func cells(_ elements: [Term], _ tail: Term, _ bytes: inout [UInt8]) throws(TermError) -> OpenContainer? {
    if elements.isEmpty, case .list([]) = tail {
      bytes.append(FormatTag.emptyList)
      return nil
    }
    if !elements.isEmpty {
      bytes.append(FormatTag.list)
      try append(count: elements.count, &bytes)
    }
    return OpenContainer(elements, tail: tail)
  }

  private func close(_ container: OpenContainer, _ bytes: inout [UInt8]) throws(TermError) {
    if let start = container.sizeOffset { try writeSize(at: start, &bytes) }
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

extension [UInt8] {
  /// The text's bytes at once, where they stand in one piece: one by one they take several times as long.
  package mutating func appendText(_ text: String) {
    let isDone: Void? = text.utf8.withContiguousStorageIfAvailable { append(contentsOf: $0) }
    if isDone == nil { append(contentsOf: text.utf8) }
  }
}

extension Term {
  /// Whether it holds no others.
  fileprivate var isSimple: Bool {
    switch self {
    case .list, .improperList, .tuple, .map, .function: false
    default: true
    }
  }
}

/// A container that is being written.
struct OpenContainer {
  private let elements: [Term]
  private var index = 0
  private var map: Dictionary<Term, Term>.Iterator?
  /// What comes after the elements: the tail of a list, or the value of the key that was the last.
  private var then: Term?
  /// Where its size is to be written when it is complete.
  let sizeOffset: Int?

  init(_ elements: [Term], tail: Term? = nil, sizeOffset: Int? = nil) {
    self.elements = elements
    then = tail
    self.sizeOffset = sizeOffset
  }

  init(_ map: [Term: Term]) {
    elements = []
    self.map = map.makeIterator()
    sizeOffset = nil
  }

  mutating func next() -> Term? {
    if index < elements.count {
      index += 1
      return elements[index - 1]
    }
    if let then {
      self.then = nil
      return then
    }
    guard let (key, value) = map?.next() else { return nil }
    then = value
    return key
  }
}
