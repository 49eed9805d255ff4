/// Erlang's syntax.
extension TermScanner {
  mutating func erlangDocument() throws(TermError) -> Term {
    space()
    let term = try erlang(0)
    space()
    _ = skip(".")
    try end()
    return term
  }

  private mutating func erlang(_ depth: Int) throws(TermError) -> Term {
    space()
    switch next {
    case UInt8(ascii: "{"):
      offset += 1
      return .tuple(try erlangElements("}", try deeper(depth)))
    case UInt8(ascii: "["):
      offset += 1
      return try erlangList(try deeper(depth))
    case UInt8(ascii: "#"):
      return try erlangMap(try deeper(depth))
    case UInt8(ascii: "<"):
      return try erlangBinary()
    case UInt8(ascii: "\""):
      return .charlist(try adjacentStrings())
    case UInt8(ascii: "'"):
      offset += 1
      return .atom(Atom(try quoted("'")))
    case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "$"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return try erlangNumber()
    default:
      let name = try erlangName()
      return name == "fun" ? try erlangFunction() : .atom(Atom(name))
    }
  }

  /// The elements up to the closing text.
  private mutating func erlangElements(_ closing: String, _ depth: Int) throws(TermError) -> [Term] {
    space()
    if skip(closing) { return [] }
    var elements: [Term] = []
    while true {
      elements.append(try erlang(depth))
      space()
      if skip(closing) { return elements }
      try expect(",")
    }
  }

  private mutating func erlangList(_ depth: Int) throws(TermError) -> Term {
    space()
    if skip("]") { return [] }
    var elements: [Term] = []
    while true {
      elements.append(try erlang(depth))
      space()
      if skip("]") { return .list(elements) }
      if skip("|") {
        let tail = try erlang(depth)
        space()
        try expect("]")
        return Term.list(elements, tail: tail)
      }
      try expect(",")
    }
  }

  private mutating func erlangMap(_ depth: Int) throws(TermError) -> Term {
    let start = offset
    guard skip("#{") else {
      throw TermError(.unsupported, at: offset, "a port, a reference or a closure has no text that can be read")
    }
    var map: [Term: Term] = [:]
    space()
    if skip("}") { return .map(map) }
    while true {
      let key = try erlang(depth)
      space()
      try expect("=>")
      guard map.updateValue(try erlang(depth), forKey: key) == nil else {
        throw TermError(.duplicateKey, at: start, "a map with the same key twice")
      }
      space()
      if skip("}") { return .map(map) }
      try expect(",")
    }
  }

  private mutating func adjacentStrings() throws(TermError) -> String {
    var text = ""
    repeat {
      try expect("\"")
      text += try quoted("\"")
      space()
    } while next == UInt8(ascii: "\"")
    return text
  }

  // MARK: Binaries

  private mutating func erlangBinary() throws(TermError) -> Term {
    guard skip("<<") else {
      throw TermError(.unsupported, at: offset, "a pid has no text that can be read")
    }
    var bits = BitBuilder()
    space()
    while !skip(">>") {
      try erlangSegment(&bits)
      space()
      if startsWith(">>") { continue }
      try expect(",")
      space()
    }
    return bits.term
  }

  private mutating func erlangSegment(_ bits: inout BitBuilder) throws(TermError) {
    let start = offset
    if next == UInt8(ascii: "\"") {
      offset += 1
      let text = try quoted("\"")
      if skip("/utf8") {
        for byte in text.utf8 { bits.append(UInt64(byte), 8) }
      } else {
        for scalar in text.unicodeScalars { bits.append(UInt64(scalar.value), 8) }
      }
      return
    }
    guard let value = try erlangNumber().int else {
      throw TermError(.unsupported, at: start, "an integer or a text must stand here")
    }
    var size = 8
    if skip(":") { size = try sizeOfSegment() }
    bits.append(UInt64(truncatingIfNeeded: value), size)
  }

  mutating func sizeOfSegment() throws(TermError) -> Int {
    let start = offset
    guard let size = try decimal(negative: false).int, (1...64).contains(size) else {
      throw TermError(.unsupported, at: start, "a size of 1 to 64 bits must stand here")
    }
    return size
  }

  // MARK: Words and numbers

  private mutating func erlangName() throws(TermError) -> String {
    if next == UInt8(ascii: "'") {
      offset += 1
      return try quoted("'")
    }
    let start = offset
    let first = try character()
    guard first.properties.isLowercase || first == "\u{aa}" || first == "\u{ba}" else {
      offset = start
      throw unexpected("a term")
    }
    var name = String(first)
    while !isAtEnd {
      let before = offset
      let scalar = try character()
      guard scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_" || scalar == "@" else {
        offset = before
        break
      }
      name.unicodeScalars.append(scalar)
    }
    return name
  }

  private mutating func erlangFunction() throws(TermError) -> Term {
    space()
    let module = try erlangName()
    try expect(":")
    let function = try erlangName()
    try expect("/")
    return try export(module, function)
  }

  /// The function of a name; its arity stands here.
  mutating func export(_ module: String, _ function: String) throws(TermError) -> Term {
    let start = offset
    guard let arity = try decimal(negative: false).int.flatMap({ UInt8(exactly: $0) }) else {
      throw TermError(.malformed, at: start, "an arity of 0 to 255 must stand here")
    }
    return .export(Term.Export(module: Atom(module), function: Atom(function), arity: arity))
  }

  private mutating func erlangNumber() throws(TermError) -> Term {
    let isNegative = next == UInt8(ascii: "-")
    if isNegative || next == UInt8(ascii: "+") {
      offset += 1
      space()
    }
    if skip("$") {
      let scalar = skip("\\") ? try escapeSequence() : try character()
      return .integer(isNegative ? -Int(scalar.value) : Int(scalar.value))
    }
    let start = offset
    let number = try decimal(negative: isNegative)
    guard next == UInt8(ascii: "#"), let radix = number.int?.magnitude, (2...36).contains(radix) else { return number }
    offset += 1
    return try integer(try digits(UInt64(radix)), UInt64(radix), negative: isNegative, at: start)
  }
}
