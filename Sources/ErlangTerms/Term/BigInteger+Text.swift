extension BigInteger: CustomStringConvertible {
  /// The integer in decimal digits.
  public var description: String {
    var words = magnitude
    var chunks: [String] = []
    while !words.isEmpty {
      let rest = String(BigInteger.divide(&words, by: 10_000_000_000_000_000_000))
      chunks.append(words.isEmpty ? rest : String(repeating: "0", count: 19 - rest.count) + rest)
    }
    return (isNegative ? "-" : "") + chunks.reversed().joined()
  }

  /// Divides in place, and returns the remainder.
  private static func divide(_ words: inout [UInt64], by divisor: UInt64) -> UInt64 {
    var remainder: UInt64 = 0
    for index in words.indices.reversed() {
      (words[index], remainder) = divisor.dividingFullWidth((remainder, words[index]))
    }
    while words.last == 0 { words.removeLast() }
    return remainder
  }
}

extension Term {
  /// The integer of digits, or nil when one of them is no digit of the radix, 2 to 36, or there are none.
  static func integer(negative: Bool, digits: some Sequence<UInt8>, radix: UInt64) -> Term? {
    var words: [UInt64] = []
    var isEmpty = true
    for byte in digits {
      guard let digit = digitValue(byte), digit < radix else { return nil }
      isEmpty = false
      var carry = digit
      for index in words.indices {
        let (high, low) = words[index].multipliedFullWidth(by: radix)
        let (sum, overflows) = low.addingReportingOverflow(carry)
        words[index] = sum
        carry = high + (overflows ? 1 : 0)
      }
      if carry > 0 { words.append(carry) }
    }
    return isEmpty ? nil : Term(negative: negative, magnitude: words)
  }

  static func digitValue(_ byte: UInt8) -> UInt64? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt64(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt64(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }
}
