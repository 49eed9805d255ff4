/// Writes terms as `io_lib:format("~0tp")` does.
struct ErlangPrinter {
  var text = ""
  /// The number of bytes after which nothing more is wanted.
  ///
  /// A little more may come.
  var limit = Int.max

  private var isFull: Bool { text.utf8.count > limit }

  mutating func print(_ term: Term) {
    switch term {
    case .list(let elements): list(elements)
    case .improperList(let elements, let tail): improperList(elements, tail)
    case .tuple(let elements): tuple(elements)
    case .map(let map): print(map)
    default: simple(term)
    }
  }

  /// A term that holds no others, or does not show them.
  private mutating func simple(_ term: Term) {
    switch term {
    case .atom(let atom): text += ErlangPrinter.quoted(atom)
    case .integer(let value): text += String(value)
    case .bigInteger(let value): bigInteger(value)
    case .float(let value): text += FloatText.erlang(value)
    case .binary(let bytes): binary(bytes)
    case .bitstring(let bits):
      text += "<<"
      for byte in bits.bytes.dropLast().prefix(limit) { text += "\(byte)," }
      let last = bits.bytes.last ?? 0
      text += "\(last >> (8 - bits.bitsInLastByte)):\(bits.bitsInLastByte)>>"
    case .pid(let pid): text += "<\(ErlangPrinter.quoted(pid.node)).\(pid.id).\(pid.serial)>"
    case .port(let port): text += "#Port<\(ErlangPrinter.quoted(port.node)).\(port.id)>"
    case .reference(let reference):
      text += "#Ref<\(ErlangPrinter.quoted(reference.node))"
      for word in reference.words.reversed() { text += ".\(word)" }
      text += ">"
    case .export(let export):
      text += "fun \(ErlangPrinter.quoted(export.module)):\(ErlangPrinter.quoted(export.function))/\(export.arity)"
    case .function(let function):
      text += "#Fun<\(ErlangPrinter.quoted(function.module)).\(function.oldIndex).\(function.oldDigest)>"
    case .list, .improperList, .tuple, .map: break
    }
  }

  private mutating func bigInteger(_ value: BigInteger) {
    // Its digits take time with the square of their number.
    text += value.byteCount > limit ? "an integer of \(value.byteCount) bytes" : value.description
  }

  private mutating func tuple(_ elements: [Term]) {
    text += "{"
    print(elements)
    text += "}"
  }

  private mutating func improperList(_ elements: [Term], _ tail: Term) {
    text += "["
    print(elements)
    text += "|"
    print(tail)
    text += "]"
  }

  private mutating func print(_ elements: [Term]) {
    var isFirst = true
    for element in elements where !isFull {
      if !isFirst { text += "," }
      isFirst = false
      print(element)
    }
  }

  private mutating func print(_ map: [Term: Term]) {
    text += "#{"
    var isFirst = true
    let pairs = Array(map.prefix(limit))
    for (key, value) in pairs.sorted(by: { Term.compareKeys($0.key, $1.key) == .ascending }) where !isFull {
      if !isFirst { text += "," }
      isFirst = false
      print(key)
      text += " => "
      print(value)
    }
    text += "}"
  }

  private mutating func list(_ elements: [Term]) {
    if let characters = PrintableText.characters(elements.prefix(limit)) {
      text += "\""
      for scalar in characters.unicodeScalars { text += ErlangPrinter.escaped(scalar, in: "\"") }
      text += "\""
    } else {
      text += "["
      print(elements)
      text += "]"
    }
  }

  private mutating func binary(_ bytes: [UInt8]) {
    let bytes = bytes.count > limit ? Array(bytes.prefix(limit)) : bytes
    if !bytes.isEmpty, let characters = PrintableText.characters(utf8: bytes, in: .erlang) {
      text += "<<\""
      for scalar in characters.unicodeScalars { text += ErlangPrinter.escaped(scalar, in: "\"") }
      text += bytes.allSatisfy { $0 < 128 } ? "\">>" : "\"/utf8>>"
    } else {
      text += "<<" + bytes.map(String.init).joined(separator: ",") + ">>"
    }
  }

  // MARK: Atoms

  private static let reserved: Set<String> = [
    "after", "and", "andalso", "band", "begin", "bnot", "bor", "bsl", "bsr", "bxor", "case", "catch", "cond", "div",
    "else", "end", "fun", "if", "let", "maybe", "not", "of", "or", "orelse", "receive", "rem", "try", "when", "xor",
  ]

  static func quoted(_ atom: Atom) -> String {
    if isPlain(atom.name), !reserved.contains(atom.name) { return atom.name }
    return "'" + atom.name.unicodeScalars.map { escaped($0, in: "'") }.joined() + "'"
  }

  /// Whether it is a small letter, then letters, digits, `_` and `@`; of Latin-1, as in Erlang's source code.
  private static func isPlain(_ name: String) -> Bool {
    guard let first = name.unicodeScalars.first, isSmallLetter(first) else { return false }
    return name.unicodeScalars.allSatisfy { scalar in
      switch scalar {
      case "A"..."Z", "0"..."9", "_", "@": true
      case "\u{c0}"..."\u{de}": scalar != "\u{d7}"
      default: isSmallLetter(scalar)
      }
    }
  }

  private static func isSmallLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z": true
    case "\u{df}"..."\u{ff}": scalar != "\u{f7}"
    default: false
    }
  }

  /// A character within quotes.
  static func escaped(_ scalar: Unicode.Scalar, in quote: Unicode.Scalar) -> String {
    switch scalar {
    case quote, "\\": return "\\" + String(scalar)
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    case "\u{b}": return "\\v"
    case "\u{8}": return "\\b"
    case "\u{c}": return "\\f"
    case "\u{1b}": return "\\e"
    case "\u{7f}": return "\\d"
    case "\u{0}"..."\u{1f}", "\u{80}"..."\u{9f}":
      let octal = String(scalar.value, radix: 8)
      return "\\" + String(repeating: "0", count: 3 - octal.count) + octal
    default: return String(scalar)
    }
  }
}
