/// The position in the bytes of a term, and what is left of its limits.
///
/// The bytes are given to each function: so it is an ordinary value.
struct TermReader {
  let limits: TermLimits
  let cachedAtoms: [Atom]
  var offset = 0
  private var termCount = 0

  init(limits: TermLimits, cachedAtoms: [Atom]) {
    self.limits = limits
    self.cachedAtoms = cachedAtoms
  }

  /// A term, after which the bytes end.
  mutating func whole(_ bytes: RawSpan) throws(TermError) -> Term {
    let term = try term(bytes)
    guard offset == bytes.byteCount else {
      throw TermError(.trailing, at: offset, "\(bytes.byteCount - offset) bytes after the term")
    }
    return term
  }

  /// A term.
  ///
  /// Containers that are not complete stand in a list, not on the thread's stack.
  mutating func term(_ bytes: RawSpan) throws(TermError) -> Term {
    guard bytes.byteCount - offset <= limits.byteCount else {
      throw TermError(
        .limit, at: offset, "\(bytes.byteCount - offset) bytes of a term, the limit is \(limits.byteCount)")
    }
    if let term = try flatTuple(bytes) { return term }
    var outer: [TermFrame] = []
    var frame: TermFrame?
    // Elements that open containers still lack. Each takes a byte at least, so they cannot be more than bytes are left.
    var pending = 0
    while true {
      if frame != nil { pending -= 1 }
      var value: Term
      switch try item(bytes, frame?.expectsTail ?? false, pending) {
      case .term(let term): value = term
      case .open(let opened):
        pending += opened.missing
        if let frame { outer.append(frame) }
        guard outer.count < limits.depth else {
          throw TermError(.limit, at: offset, "containers nested deeper than \(limits.depth)")
        }
        frame = opened
        continue
      case .tail(let count):
        pending += count + 1
        frame?.missing += count
        continue
      }
      while true {
        guard frame != nil else { return value }
        if let complete = try frame?.add(value, at: offset) {
          value = complete
          frame = outer.popLast()
        } else {
          break
        }
      }
    }
  }

  /// What most messages are: a tuple of terms that hold no others.
  ///
  /// Nil when it is something else, and nothing was read.
  private mutating func flatTuple(_ bytes: RawSpan) throws(TermError) -> Term? {
    let begin = (offset, termCount)
    guard limits.depth > 0, bytes.byteCount - offset >= 2, bytes.byte(at: offset) == FormatTag.smallTuple else {
      return nil
    }
    let count = Int(bytes.byte(at: offset + 1))
    guard count > 0, count <= 8, count <= bytes.byteCount - offset - 2, count < limits.termCount - termCount else {
      return nil
    }
    offset += 2
    termCount += 1 + count
    var elements: [Term] = []
    elements.reserveCapacity(count)
    for _ in 0..<count {
      let start = offset
      let tag = try byte(bytes)
      if TermReader.opensContainer(tag) {
        (offset, termCount) = begin
        return nil
      }
      elements.append(try simpleTerm(tag, bytes, at: start))
    }
    return .tuple(elements)
  }

  private static func opensContainer(_ tag: UInt8) -> Bool {
    switch tag {
    case FormatTag.smallTuple, FormatTag.largeTuple, FormatTag.list, FormatTag.map, FormatTag.newFunction: true
    default: false
    }
  }

  private enum Item {
    case term(Term)
    case open(TermFrame)
    /// The tail of a list is a list again, of so many elements and a tail.
    case tail(Int)
  }

  private mutating func item(_ bytes: RawSpan, _ isTail: Bool, _ pending: Int) throws(TermError) -> Item {
    let start = offset
    let tag = try byte(bytes)
    termCount += 1
    guard termCount <= limits.termCount else {
      throw TermError(.limit, at: start, "more than \(limits.termCount) terms in one")
    }
    switch tag {
    case FormatTag.smallTuple:
      return try open(.tuple, Int(try byte(bytes)), bytes, pending)
    case FormatTag.largeTuple:
      return try open(.tuple, Int(try uint32(bytes)), bytes, pending)
    case FormatTag.list:
      let count = Int(try uint32(bytes))
      if isTail {
        try room(for: count + 1, bytes, pending)
        return .tail(count)
      }
      return try open(.list, count + 1, bytes, pending)
    case FormatTag.map:
      return try open(.map(at: start), 2 * Int(try uint32(bytes)), bytes, pending)
    case FormatTag.newFunction:
      let header = try functionHeader(bytes, at: start)
      return try open(.function(header), 4 + header.freeVariableCount, bytes, pending)
    default:
      return .term(try simpleTerm(tag, bytes, at: start))
    }
  }

  private func open(
    _ kind: TermFrame.Kind, _ count: Int, _ bytes: RawSpan, _ pending: Int
  ) throws(TermError) -> Item {
    if count == 0 {
      if case .map = kind { return .term(.map([:])) }
      return .term(.tuple([]))
    }
    try room(for: count, bytes, pending)
    return .open(TermFrame(kind, missing: count))
  }

  private func room(for count: Int, _ bytes: RawSpan, _ pending: Int) throws(TermError) {
    let left = bytes.byteCount - offset - pending
    guard count <= left else {
      throw TermError(.truncated, at: offset, "\(count) elements in at most \(max(0, left)) bytes")
    }
    guard count <= limits.termCount - termCount - pending else {
      throw TermError(.limit, at: offset, "more than \(limits.termCount) terms in one")
    }
  }
}
