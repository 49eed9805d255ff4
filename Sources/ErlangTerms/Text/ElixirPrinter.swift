/// Writes terms as Elixir's `inspect/1` does.
struct ElixirPrinter {
  var text = ""
  /// Whether lists of printable ASCII are written as `~c"hola"`.
  var showsCharlists = true

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
    case .atom(let atom): text += ElixirName.literal(atom)
    case .integer(let value): text += String(value)
    case .bigInteger(let value): text += value.description
    case .float(let value): text += FloatText.elixir(value)
    case .binary(let bytes): binary(bytes)
    case .bitstring(let bits):
      text += "<<"
      for byte in bits.bytes.dropLast() { text += "\(byte), " }
      let last = bits.bytes.last ?? 0
      text += "\(last >> (8 - bits.bitsInLastByte))::size(\(bits.bitsInLastByte))>>"
    case .pid(let pid): text += "#PID<\(pid.node.name).\(pid.id).\(pid.serial)>"
    case .port(let port): text += "#Port<\(port.node.name).\(port.id)>"
    case .reference(let reference):
      text += "#Reference<\(reference.node.name)"
      for word in reference.words.reversed() { text += ".\(word)" }
      text += ">"
    case .export(let export):
      text += "&\(ElixirName.literal(export.module)).\(ElixirName.function(export.function))/\(export.arity)"
    case .function(let function):
      text += "#Function<\(function.oldIndex).\(function.oldDigest)/\(function.arity)"
      text += " in \(ElixirName.literal(function.module))>"
    case .list, .improperList, .tuple, .map: break
    }
  }

  private mutating func tuple(_ elements: [Term]) {
    text += "{"
    print(elements)
    text += "}"
  }

  private mutating func improperList(_ elements: [Term], _ tail: Term) {
    text += "["
    print(elements)
    text += " | "
    print(tail)
    text += "]"
  }

  private mutating func print(_ elements: [Term]) {
    separated(elements) { printer, element in printer.print(element) }
  }

  private mutating func separated<Element>(
    _ elements: some Sequence<Element>, _ print: (inout ElixirPrinter, Element) -> Void
  ) {
    var isFirst = true
    for element in elements {
      if !isFirst { text += ", " }
      isFirst = false
      print(&self, element)
    }
  }

  private mutating func list(_ elements: [Term]) {
    if showsCharlists, let characters = PrintableText.characters(elements), characters.utf8.allSatisfy({ $0 < 128 }) {
      text += "~c\""
      for scalar in characters.unicodeScalars { text += ElixirPrinter.escaped(scalar) }
      text += "\""
    } else {
      text += "["
      if let pairs = ElixirPrinter.keywords(elements) { print(pairs) } else { print(elements) }
      text += "]"
    }
  }

  private mutating func print(_ map: [Term: Term]) {
    text += "%"
    var map = map
    if case .atom(let module)? = map[.structName], let alias = ElixirName.alias(module),
      map.keys.allSatisfy({ $0.atom != nil })
    {
      text += alias
      map[.structName] = nil
    }
    text += "{"
    let pairs = map.sorted { Term.compareKeys($0.key, $1.key) == .ascending }
    if pairs.allSatisfy({ $0.key.atom.map(ElixirName.isKeyword) ?? false }) {
      print(pairs.compactMap { pair in pair.key.atom.map { ($0, pair.value) } })
    } else {
      separated(pairs) { printer, pair in
        printer.print(pair.key)
        printer.text += " => "
        printer.print(pair.value)
      }
    }
    text += "}"
  }

  private mutating func print(_ pairs: [(Atom, Term)]) {
    separated(pairs) { printer, pair in
      printer.text += ElixirName.keyword(pair.0) + " "
      printer.print(pair.1)
    }
  }

  /// The pairs of a keyword list: tuples of a name and a value.
  private static func keywords(_ elements: [Term]) -> [(Atom, Term)]? {
    guard !elements.isEmpty else { return nil }
    var pairs: [(Atom, Term)] = []
    for element in elements {
      guard case .tuple(let pair) = element, pair.count == 2, let name = pair[0].atom, ElixirName.isKeyword(name)
      else { return nil }
      pairs.append((name, pair[1]))
    }
    return pairs
  }

  private mutating func binary(_ bytes: [UInt8]) {
    guard let characters = PrintableText.characters(utf8: bytes, in: .elixir) else {
      text += "<<" + bytes.map(String.init).joined(separator: ", ") + ">>"
      return
    }
    text += "\""
    var scalars = characters.unicodeScalars[...]
    while let scalar = scalars.popFirst() {
      text += scalar == "#" && scalars.first == "{" ? "\\#" : ElixirPrinter.escaped(scalar)
    }
    text += "\""
  }

  /// A character within double quotes.
  static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"", "\\": "\\" + String(scalar)
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    case "\u{7}": "\\a"
    case "\u{8}": "\\b"
    case "\u{b}": "\\v"
    case "\u{c}": "\\f"
    case "\u{1b}": "\\e"
    case "\u{7f}": "\\d"
    case "\u{0}": "\\0"
    case "\u{1}"..."\u{1f}", "\u{80}"..."\u{9f}":
      "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16, uppercase: true)
    default: String(scalar)
    }
  }
}
