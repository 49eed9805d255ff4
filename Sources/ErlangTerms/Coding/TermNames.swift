/// Names in Swift and their atoms.
extension TermCoding.Names {
  /// The atom's text for a name: `userID` is `user_id`, `utf8Text` `utf8_text`.
  func atom(for name: String) -> String {
    guard self == .snakeCase, name.utf8.contains(where: TermCoding.Names.isUpper) else { return name }
    let bytes = Array(name.utf8)
    var result: [UInt8] = []
    for (index, byte) in bytes.enumerated() {
      guard TermCoding.Names.isUpper(byte) else {
        result.append(byte)
        continue
      }
      let before = index > 0 ? bytes[index - 1] : UInt8(ascii: "_")
      let after = index + 1 < bytes.count ? bytes[index + 1] : UInt8(ascii: "A")
      let isWordEnd = TermCoding.Names.isUpper(before) && !TermCoding.Names.isLower(after)
      if before != UInt8(ascii: "_"), !isWordEnd { result.append(UInt8(ascii: "_")) }
      result.append(byte | 32)
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Whether an atom has another likeliest name than itself.
  func mayBeCamel(_ atom: String) -> Bool {
    self == .snakeCase && atom.utf8.contains(UInt8(ascii: "_")) || atom.utf8.count > 1_020
  }

  /// The names that an atom may stand for, the likeliest first: `user_id` is `userId`, or `userID`, or itself.
  func candidates(for atom: String) -> [String] {
    // No name is longer than an atom can be.
    guard atom.utf8.count <= 1_020 else { return [] }
    guard self == .snakeCase, atom.utf8.dropFirst().contains(UInt8(ascii: "_")) || atom.utf8.count <= 5 else {
      return [atom]
    }
    let words = atom.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
    // More words than names have in programs: they are tried in the plain form only.
    let acronyms = words.indices.filter { words[$0].utf8.count <= 5 }.suffix(4)
    var found = [TermCoding.Names.camel(words, []), atom]
    for choice in 1..<(1 << acronyms.count) {
      let chosen = acronyms.enumerated().filter { choice >> $0.offset & 1 == 1 }.map(\.element)
      found.append(TermCoding.Names.camel(words, Set(chosen)))
    }
    return found
  }

  private static func camel(_ words: [String], _ acronyms: Set<Int>) -> String {
    words.indices.map { index in
      let word = words[index]
      if acronyms.contains(index) { return word.uppercased() }
      return index == 0 ? word : word.prefix(1).uppercased() + word.dropFirst()
    }.joined()
  }

  private static func isUpper(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }

  private static func isLower(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
}
