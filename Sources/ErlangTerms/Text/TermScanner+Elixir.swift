/// Elixir's syntax.
extension TermScanner {
  mutating func elixirDocument() throws(TermError) -> Term {
    space()
    let term = try elixir(0)
    try end()
    return term
  }

  private mutating func elixir(_ depth: Int) throws(TermError) -> Term {
    space()
    switch next {
    case UInt8(ascii: "{"):
      offset += 1
      return .tuple(try elixirElements("}", try deeper(depth)))
    case UInt8(ascii: "["):
      offset += 1
      return try elixirList(try deeper(depth))
    case UInt8(ascii: "%"):
      offset += 1
      return try elixirMap(try deeper(depth))
    case UInt8(ascii: "<"):
      return try elixirBinary()
    case UInt8(ascii: "\""):
      offset += 1
      return .string(try quoted("\""))
    case UInt8(ascii: "'"):
      offset += 1
      return .charlist(try quoted("'"))
    case UInt8(ascii: "~"):
      try expect("~c\"")
      return .charlist(try quoted("\""))
    case UInt8(ascii: ":"):
      offset += 1
      return .atom(Atom(try elixirAtomName()))
    case UInt8(ascii: "&"):
      return try elixirFunction()
    case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return try elixirNumber()
    case UInt8(ascii: "A")...UInt8(ascii: "Z"):
      return .atom(Atom(try elixirAlias()))
    default:
      let start = offset
      let word = elixirIdentifier() ?? ""
      if ["nil", "true", "false"].contains(word) { return .atom(Atom(word)) }
      offset = start
      throw unexpected("a term")
    }
  }

  // MARK: Containers

  /// The elements up to the closing text, keywords at the end gathered in a list.
  private mutating func elixirElements(_ closing: String, _ depth: Int) throws(TermError) -> [Term] {
    var elements: [Term] = []
    space()
    while !skip(closing) {
      if let key = try elixirKeyword() {
        elements.append(try elixirKeywords(key, closing, depth))
        return elements
      }
      elements.append(try elixir(depth))
      try elixirSeparator(closing)
    }
    return elements
  }

  private mutating func elixirSeparator(_ closing: String) throws(TermError) {
    space()
    if startsWith(closing) { return }
    try expect(",")
    space()
  }

  /// A keyword list, whose first key was read, up to the closing text.
  private mutating func elixirKeywords(_ first: Atom, _ closing: String, _ depth: Int) throws(TermError) -> Term {
    var pairs: [Term] = [.tuple([.atom(first), try elixir(depth)])]
    try elixirSeparator(closing)
    while !skip(closing) {
      guard let key = try elixirKeyword() else { throw unexpected("a keyword") }
      pairs.append(.tuple([.atom(key), try elixir(depth)]))
      try elixirSeparator(closing)
    }
    return .list(pairs)
  }

  private mutating func elixirList(_ depth: Int) throws(TermError) -> Term {
    var elements: [Term] = []
    space()
    while !skip("]") {
      if let key = try elixirKeyword() {
        return .list(elements, tail: try elixirKeywords(key, "]", depth))
      }
      elements.append(try elixir(depth))
      space()
      if skip("|") {
        let tail = try elixir(depth)
        space()
        try expect("]")
        return .list(elements, tail: tail)
      }
      try elixirSeparator("]")
    }
    return .list(elements)
  }

  private mutating func elixirMap(_ depth: Int) throws(TermError) -> Term {
    let start = offset
    var map: [Term: Term] = [:]
    if next != UInt8(ascii: "{") { map[.structName] = .atom(Atom(try elixirAlias())) }
    try expect("{")
    space()
    while !skip("}") {
      let key: Term
      if let keyword = try elixirKeyword() {
        key = .atom(keyword)
      } else {
        key = try elixir(depth)
        space()
        try expect("=>")
      }
      guard map.updateValue(try elixir(depth), forKey: key) == nil else {
        throw TermError(.duplicateKey, at: start, "a map with the same key twice")
      }
      try elixirSeparator("}")
    }
    return .map(map)
  }

  // MARK: Binaries

  private mutating func elixirBinary() throws(TermError) -> Term {
    try expect("<<")
    var bits = BitBuilder()
    space()
    while !skip(">>") {
      if next == UInt8(ascii: "\"") {
        offset += 1
        for byte in try quoted("\"").utf8 { bits.append(UInt64(byte), 8) }
      } else {
        let start = offset
        guard let value = try elixirNumber().int else {
          throw TermError(.unsupported, at: start, "an integer or a text must stand here")
        }
        bits.append(UInt64(truncatingIfNeeded: value), try elixirSize())
      }
      try elixirSeparator(">>")
    }
    return bits.term
  }

  private mutating func elixirSize() throws(TermError) -> Int {
    guard skip("::") else { return 8 }
    guard skip("size(") else { return try sizeOfSegment() }
    let size = try sizeOfSegment()
    try expect(")")
    return size
  }

  // MARK: Names

  /// `name:` or `"name":` and the space that follows it, or nil, and nothing was read.
  private mutating func elixirKeyword() throws(TermError) -> Atom? {
    let start = offset
    var name: String?
    if next == UInt8(ascii: "\"") {
      offset += 1
      name = try quoted("\"")
    } else {
      name = elixirIdentifier() ?? elixirOperator()
    }
    let after = byte(after: 1)
    if let name, next == UInt8(ascii: ":"), after == 32 || (9...13).contains(after) {
      offset += 1
      return Atom(name)
    }
    offset = start
    return nil
  }

  private mutating func elixirIdentifier() -> String? {
    let start = offset
    while ElixirName.isNameByte(next) || next == UInt8(ascii: "@") || next >= 128 { offset += 1 }
    if offset > start, next == UInt8(ascii: "?") || next == UInt8(ascii: "!") { offset += 1 }
    guard offset > start else { return nil }
    return String(validating: bytes[start..<offset], as: UTF8.self)
  }

  /// What stands after the colon.
  private mutating func elixirAtomName() throws(TermError) -> String {
    if skip("\"") { return try quoted("\"") }
    if skip("'") { return try quoted("'") }
    return try elixirOperatorOrName()
  }

  private mutating func elixirOperatorOrName() throws(TermError) -> String {
    guard let name = elixirIdentifier() ?? elixirOperator() else { throw unexpected("a name") }
    return name
  }

  private mutating func elixirOperator() -> String? {
    for length in (1...4).reversed() where offset + length <= bytes.count {
      guard let name = String(validating: bytes[offset..<offset + length], as: UTF8.self),
        ElixirName.operators.contains(name)
      else { continue }
      offset += length
      return name
    }
    return nil
  }

  private mutating func elixirAlias() throws(TermError) -> String {
    var name = "Elixir"
    repeat {
      guard (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(next) else { throw unexpected("a module") }
      let start = offset
      while ElixirName.isNameByte(next) { offset += 1 }
      name += "." + String(decoding: bytes[start..<offset], as: UTF8.self)
      // A point before a small letter is that of a function's name.
      guard next == UInt8(ascii: "."), (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte(after: 1)) else { break }
    } while skip(".")
    return name
  }

  /// `&Mod.name/1` or `&:mod.name/1`.
  private mutating func elixirFunction() throws(TermError) -> Term {
    try expect("&")
    guard next == UInt8(ascii: ":") || ElixirName.isNameByte(next), case .atom(let module) = try elixir(0) else {
      throw unexpected("a module")
    }
    try expect(".")
    let function = skip("\"") ? try quoted("\"") : try elixirOperatorOrName()
    try expect("/")
    return try export(module.name, function)
  }

  private mutating func elixirNumber() throws(TermError) -> Term {
    let isNegative = next == UInt8(ascii: "-")
    if isNegative || next == UInt8(ascii: "+") { offset += 1 }
    if skip("?") {
      let scalar = skip("\\") ? try escapeSequence() : try character()
      return .integer(isNegative ? -Int(scalar.value) : Int(scalar.value))
    }
    let start = offset
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] as [(String, UInt64)] where skip(prefix) {
      return try integer(try digits(radix), radix, negative: isNegative, at: start)
    }
    return try decimal(negative: isNegative)
  }
}
