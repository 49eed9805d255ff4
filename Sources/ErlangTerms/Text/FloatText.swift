/// The shortest text of a float that is read back as the same one.
enum FloatText {
  /// As `float_to_binary(Float, [short])` writes it: with a point always, with an exponent where that is shorter.
  static func erlang(_ value: Double) -> String {
    guard value.isFinite else { return String(describing: value) }
    let sign = value.sign == .minus ? "-" : ""
    if value == 0 { return sign + "0.0" }
    let (digits, point) = parts(value.magnitude)
    // From 2^53 on a double has no fraction, and its last digits may be none of the value's.
    if value.magnitude >= 0x1p53 { return sign + scientific(digits, point) }
    return sign + layout(digits, point)
  }

  /// As `inspect/1` writes it: whole numbers below 10^16 without an exponent.
  static func elixir(_ value: Double) -> String {
    if value.magnitude >= 1, value.magnitude < 1e16, Double(Int(value)) == value { return "\(Int(value)).0" }
    return erlang(value)
  }

  /// The significant digits, and where the point stands among them: 123, 1 for 1.23.
  private static func parts(_ value: Double) -> (digits: String, point: Int) {
    let text = value.description
    let halves = text.split(separator: "e")
    let exponent = halves.count > 1 ? Int(halves[1]) ?? 0 : 0
    let sides = halves[0].split(separator: ".", omittingEmptySubsequences: false)
    let whole = sides[0]
    let fraction = sides.count > 1 ? sides[1] : ""
    let all = whole + fraction
    let leading = all.prefix { $0 == "0" }.count
    let digits = all.dropFirst(leading)
    let trailing = digits.reversed().prefix { $0 == "0" }.count
    return (String(digits.dropLast(trailing)), whole.count + exponent - leading)
  }

  private static func layout(_ digits: String, _ point: Int) -> String {
    if point > 0, point < digits.count {
      return digits.prefix(point) + "." + digits.dropFirst(point)
    }
    let exponent = scientific(digits, point)
    let plain =
      if point <= 0 {
        "0." + String(repeating: "0", count: -point) + digits
      } else {
        digits + String(repeating: "0", count: point - digits.count) + ".0"
      }
    return plain.count <= exponent.count ? plain : exponent
  }

  private static func scientific(_ digits: String, _ point: Int) -> String {
    let fraction = digits.dropFirst().isEmpty ? "0" : digits.dropFirst()
    return "\(digits.prefix(1)).\(fraction)e\(point - 1)"
  }
}
