/// An integer outside the range of `Int`, as ``Term/bigInteger(_:)`` holds it.
///
/// It is there to be carried, compared, printed and converted: there is no arithmetic. `Term(value)` makes an integer term
/// of any width; `UInt64(exactly: big)` and the like get a value back.
public struct BigInteger: Hashable, Sendable {
  /// Whether it is below zero.
  public let isNegative: Bool
  /// The absolute value, its least significant word first.
  ///
  /// The last word is not zero.
  public let magnitude: [UInt64]

  private init(isNegative: Bool, magnitude: [UInt64]) {
    self.isNegative = isNegative
    self.magnitude = magnitude
  }

  /// The big integer of a value, or nil when the value fits `Int`.
  public init?(_ value: some BinaryInteger) {
    guard case .bigInteger(let big) = Term(value) else { return nil }
    self = big
  }

  enum Normalized {
    case small(Int)
    case big(BigInteger)
  }

  static func normalized(negative: Bool, magnitude: [UInt64]) -> Normalized {
    var magnitude = magnitude
    while magnitude.last == 0 { magnitude.removeLast() }
    guard let first = magnitude.first else { return .small(0) }
    if magnitude.count == 1 {
      if !negative, let value = Int(exactly: first) { return .small(value) }
      if negative, first <= Int.min.magnitude { return .small(Int(truncatingIfNeeded: 0 &- first)) }
    }
    return .big(BigInteger(isNegative: negative, magnitude: magnitude))
  }

  /// The number of bytes of the absolute value.
  var byteCount: Int {
    magnitude.count * 8 - (magnitude.last?.leadingZeroBitCount ?? 0) / 8
  }
}

extension FixedWidthInteger {
  /// The same integer, or nil when it does not fit.
  public init?(exactly value: BigInteger) {
    var result: Self = 0
    for word in value.magnitude.reversed() {
      // A type of 64 bits or less has no room for a second word.
      let (high, overflows) = Self.bitWidth > 64 ? result.multipliedReportingOverflow(by: 1 << 64) : (0, result != 0)
      guard !overflows, let low = Self(exactlyWord: word, negative: value.isNegative) else { return nil }
      let (sum, isTooMuch) = high.addingReportingOverflow(low)
      if isTooMuch { return nil }
      result = sum
    }
    self = result
  }

  private init?(exactlyWord word: UInt64, negative: Bool) {
    if !negative {
      self.init(exactly: word)
    } else if word == 1 << 63 {
      self.init(exactly: Int64.min)
    } else if let value = Int64(exactly: word) {
      self.init(exactly: -value)
    } else {
      self.init(exactly: -Int128(word))
    }
  }
}

extension Double {
  /// The nearest double, or nil when the integer is beyond all of them.
  public init?(_ value: BigInteger) {
    guard let last = value.magnitude.last else { return nil }
    // The 64 bits from the first set one on; what is cut off is kept as one bit, for rounding.
    let shift = last.leadingZeroBitCount
    var top = last << shift
    let lower = value.magnitude.dropLast()
    if shift > 0, let next = lower.last { top |= next >> (64 - shift) }
    let cutOff = lower.last.map { $0 << shift } ?? 0
    if cutOff != 0 || lower.dropLast().contains(where: { $0 != 0 }) { top |= 1 }
    let rounded = Double(top)
    let scaled = Double(sign: .plus, exponent: 64 * lower.count - shift, significand: rounded)
    guard scaled.isFinite else { return nil }
    self = value.isNegative ? -scaled : scaled
  }
}
