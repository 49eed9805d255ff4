extension Term {
  /// The key under which Elixir's structs have their module.
  static let structName: Term = .atom("__struct__")
}

/// Atoms as Elixir writes them in the places where they stand.
enum ElixirName {
  /// `:ok`, `nil`, `Mod.Name`, `:"with space"`.
  static func literal(_ atom: Atom) -> String {
    if ["nil", "true", "false"].contains(atom.name) { return atom.name }
    return alias(atom)
      ?? (isIdentifier(atom.name) || operators.contains(atom.name) ? ":\(atom.name)" : ":" + quoted(atom))
  }

  /// `ok:`, `"with space":`.
  static func keyword(_ atom: Atom) -> String {
    (isIdentifier(atom.name) || operators.contains(atom.name) ? atom.name : quoted(atom)) + ":"
  }

  /// A function's name behind its module.
  static func function(_ atom: Atom) -> String {
    let isUpper = atom.name.unicodeScalars.first?.properties.isUppercase ?? false
    let isPlain =
      isIdentifier(atom.name) ? !isUpper && !atom.name.contains("@") : operators.contains(atom.name) && !isForm(atom)
    return isPlain ? atom.name : quoted(atom)
  }

  /// Whether it is written as `name:` before its value.
  static func isKeyword(_ atom: Atom) -> Bool { !atom.name.hasPrefix("Elixir.") }

  /// The name of a module without `Elixir.`, or nil for another atom.
  static func alias(_ atom: Atom) -> String? {
    guard atom.name.hasPrefix("Elixir.") else { return nil }
    let parts = atom.name.utf8.dropFirst(7).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let areNames = parts.allSatisfy { part in
      (part.first.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) } ?? false)
        && part.allSatisfy(isNameByte)
    }
    return areNames && !parts.isEmpty ? String(atom.name.dropFirst(7)) : nil
  }

  /// Whether it can be written without quotes: a letter, then letters, digits, `_` and `@`, perhaps `?` or `!` at the end.
  ///
  /// Elixir knows more, by tables of Unicode's; in quotes such a name is valid as well.
  static func isIdentifier(_ name: String) -> Bool {
    var bytes = name.utf8[...]
    if let last = bytes.last, last == UInt8(ascii: "?") || last == UInt8(ascii: "!") { bytes.removeLast() }
    guard let first = bytes.first, isNameByte(first), !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
      return false
    }
    return bytes.allSatisfy { isNameByte($0) || $0 == UInt8(ascii: "@") }
  }

  static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// Names of forms of the language: they are atoms without quotes, and no functions.
  private static func isForm(_ atom: Atom) -> Bool { ["%", "%{}", "{}", "<<>>", "."].contains(atom.name) }

  static let operators: Set<String> = [
    "!", "!=", "!==", "&", "&&", "&&&", "*", "**", "+", "++", "+++", "-", "--", "---", "->", ".", "..", "/", "::", "<",
    "<-", "<<<", "<<~", "<=", "<>", "<|>", "<~", "<~>", "=", "==", "===", "=~", ">", ">=", ">>>", "@", "\\\\", "^",
    "^^^",
    "|", "|>", "||", "|||", "~>", "~>>", "~~~", "%", "%{}", "{}", "<<>>",
  ]

  private static func quoted(_ atom: Atom) -> String {
    var text = "\""
    var scalars = atom.name.unicodeScalars[...]
    while let scalar = scalars.popFirst() {
      text += scalar == "#" && scalars.first == "{" ? "\\#" : ElixirPrinter.escaped(scalar)
    }
    return text + "\""
  }
}
