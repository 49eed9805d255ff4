/// Reads terms from text, one character after the other.
///
/// What both syntaxes share.
struct TermScanner {
  let syntax: TermSyntax
  let limits: TermLimits
  let bytes: [UInt8]
  var offset = 0

  init(_ text: String, _ syntax: TermSyntax, _ limits: TermLimits) {
    bytes = Array(text.utf8)
    self.syntax = syntax
    self.limits = limits
  }

  /// The next byte, 0 at the end.
  ///
  /// A zero in the text is no part of any term outside of quotes.
  var next: UInt8 { byte(after: 0) }

  func byte(after count: Int) -> UInt8 { offset + count < bytes.count ? bytes[offset + count] : 0 }

  var isAtEnd: Bool { offset >= bytes.count }

  func startsWith(_ text: String) -> Bool { bytes[min(offset, bytes.count)...].starts(with: text.utf8) }

  mutating func skip(_ text: String) -> Bool {
    guard startsWith(text) else { return false }
    offset += text.utf8.count
    return true
  }

  mutating func expect(_ text: String) throws(TermError) {
    guard skip(text) else { throw unexpected("`\(text)`") }
  }

  /// White space, and comments up to the end of their line.
  mutating func space() {
    let comment = syntax == .erlang ? UInt8(ascii: "%") : UInt8(ascii: "#")
    while !isAtEnd {
      if next == comment {
        while !isAtEnd, next != 10 { offset += 1 }
      } else if next == 32 || (9...13).contains(next) {
        offset += 1
      } else {
        return
      }
    }
  }

  mutating func end() throws(TermError) {
    space()
    guard isAtEnd else { throw TermError(.trailing, at: offset, "\(found) after the term") }
  }

  /// What stands here, in words.
  private var found: String {
    guard let rest = String(validating: bytes[min(offset, bytes.count)...].prefix(64), as: UTF8.self) else {
      return "text"
    }
    return "`\(rest.prefix(12))`"
  }

  func unexpected(_ expected: String) -> TermError {
    isAtEnd
      ? TermError(.truncated, at: offset, "\(expected) must stand here, and the text ends")
      : TermError(.malformed, at: offset, "\(expected) must stand here, found \(found)")
  }

  func deeper(_ depth: Int) throws(TermError) -> Int {
    // Two functions stand on the stack for each level, so half of what a decoder takes.
    guard depth < limits.depth / 2 else {
      throw TermError(.limit, at: offset, "containers nested deeper than \(limits.depth / 2)")
    }
    return depth + 1
  }

  // MARK: Numbers

  /// The digits here, underscores between them dropped.
  mutating func digits(_ radix: UInt64) throws(TermError) -> [UInt8] {
    let start = offset
    var digits: [UInt8] = []
    while let value = Term.digitValue(next), value < radix {
      digits.append(next)
      offset += 1
      if next == UInt8(ascii: "_"), let value = Term.digitValue(byte(after: 1)), value < radix { offset += 1 }
    }
    // Three decimal digits are more than a byte.
    guard digits.count <= limits.integerByteCount * 8 else {
      throw TermError(.limit, at: start, "an integer of \(digits.count) digits")
    }
    guard !digits.isEmpty else { throw unexpected("a digit") }
    return digits
  }

  func integer(_ digits: [UInt8], _ radix: UInt64, negative: Bool, at start: Int) throws(TermError) -> Term {
    guard let term = Term.integer(negative: negative, digits: digits, radix: radix) else {
      throw TermError(.malformed, at: start, "digits that are none of base \(radix)")
    }
    return term
  }

  /// A decimal number: an integer, or a float when a point and a digit follow.
  mutating func decimal(negative: Bool) throws(TermError) -> Term {
    let start = offset
    let whole = try digits(10)
    guard next == UInt8(ascii: "."), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte(after: 1)) else {
      return try integer(whole, 10, negative: negative, at: start)
    }
    offset += 1
    var text = (negative ? "-" : "") + String(decoding: whole, as: UTF8.self) + "."
    text += String(decoding: try digits(10), as: UTF8.self)
    if next | 32 == UInt8(ascii: "e") {
      offset += 1
      text += "e"
      if next == UInt8(ascii: "-") || next == UInt8(ascii: "+") {
        text.unicodeScalars.append(Unicode.Scalar(next))
        offset += 1
      }
      text += String(decoding: try digits(10), as: UTF8.self)
    }
    guard let value = Double(text), value.isFinite else {
      throw TermError(.malformed, at: start, "a float that is too large")
    }
    return .float(value)
  }

  // MARK: Characters

  /// The character here, whatever it is.
  mutating func character() throws(TermError) -> Unicode.Scalar {
    var iterator = bytes[min(offset, bytes.count)...].makeIterator()
    var decoder = UTF8()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { throw unexpected("a character") }
    offset += UTF8.width(scalar)
    return scalar
  }

  /// The characters up to the closing quote, which is taken too.
  mutating func quoted(_ quote: Unicode.Scalar) throws(TermError) -> String {
    let start = offset
    var text = ""
    while true {
      guard !isAtEnd else { throw TermError(.truncated, at: start, "a quote that is not closed") }
      if syntax == .elixir, startsWith("#{") {
        throw TermError(.unsupported, at: offset, "an interpolation; only terms are read")
      }
      let scalar = try character()
      if scalar == quote { return text }
      if scalar == "\\" { try escape(&text) } else { text.unicodeScalars.append(scalar) }
    }
  }

  private mutating func escape(_ text: inout String) throws(TermError) {
    if syntax == .elixir, skip("\n") { return }
    text.unicodeScalars.append(try escapeSequence())
  }

  /// What stands after a backslash.
  mutating func escapeSequence() throws(TermError) -> Unicode.Scalar {
    let start = offset
    let scalar = try character()
    switch scalar {
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "v": return "\u{b}"
    case "b": return "\u{8}"
    case "f": return "\u{c}"
    case "e": return "\u{1b}"
    case "s": return " "
    case "d": return "\u{7f}"
    case "a" where syntax == .elixir: return "\u{7}"
    case "0" where syntax == .elixir: return "\u{0}"
    case "x": return try code(braces: "{", digits: 2, at: start)
    case "u" where syntax == .elixir: return try code(braces: "{", digits: 4, at: start)
    case "0"..."7" where syntax == .erlang:
      offset = start
      var value: UInt32 = 0
      for _ in 0..<3 {
        guard let digit = Term.digitValue(next), digit < 8 else { break }
        value = value * 8 + UInt32(digit)
        offset += 1
      }
      return try self.scalar(value, at: start)
    case "^" where syntax == .erlang:
      return try self.scalar(try character().value & 31, at: start)
    default: return scalar
    }
  }

  private mutating func code(braces: String, digits count: Int, at start: Int) throws(TermError) -> Unicode.Scalar {
    let isLong = skip(braces)
    var value: UInt32 = 0
    var taken = 0
    while taken < (isLong ? 6 : count), let digit = Term.digitValue(next), digit < 16 {
      value = value * 16 + UInt32(digit)
      taken += 1
      offset += 1
    }
    guard taken > 0 else { throw unexpected("a hexadecimal digit") }
    if isLong { try expect("}") }
    return try scalar(value, at: start)
  }

  private func scalar(_ value: UInt32, at start: Int) throws(TermError) -> Unicode.Scalar {
    guard let scalar = Unicode.Scalar(value) else {
      throw TermError(.malformed, at: start, "the number \(value), which is no character")
    }
    return scalar
  }
}
