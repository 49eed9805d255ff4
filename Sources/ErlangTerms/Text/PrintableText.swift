/// Lists and binaries that are better shown as text.
enum PrintableText {
  /// The text of code points, if each can be printed and there is one.
  ///
  /// Numbers above Latin-1 are more often numbers.
  static func characters(_ elements: some Collection<Term>) -> String? {
    guard !elements.isEmpty else { return nil }
    var text = ""
    for element in elements {
      guard case .integer(let value) = element, let code = UInt8(exactly: value), isPrintable(Unicode.Scalar(code))
      else { return nil }
      text.unicodeScalars.append(Unicode.Scalar(code))
    }
    return text
  }

  /// The text of bytes, if they are UTF-8 that can be printed.
  static func characters(utf8 bytes: [UInt8], in syntax: TermSyntax) -> String? {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    let isText = text.unicodeScalars.allSatisfy {
      // `\a` and `\d` are escapes that Elixir takes for printable.
      isPrintable($0) || syntax == .elixir && ($0 == "\u{7}" || $0 == "\u{7f}")
    }
    return isText ? text : nil
  }

  /// What `io_lib:printable_unicode_list/1` takes for a character that can be printed.
  static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 32...126, 0xa0...0xd7ff, 0xe000...0xfffd, 0x10000...0x10ffff: true
    case 8...13, 27: true
    default: false
    }
  }
}
