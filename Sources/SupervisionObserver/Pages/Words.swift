/// Numbers and times, as people read them.
enum Words {
  /// `1 234 567`, with thin spaces.
  static func count(_ number: some BinaryInteger) -> String {
    let digits = String(number.magnitude)
    var text = number < 0 ? "−" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "\u{202F}" }
      text.append(digit)
    }
    return text
  }

  /// `12.3 MB`.
  static func bytes(_ number: Int) -> String {
    var value = Double(number)
    for unit in ["B", "kB", "MB", "GB"] {
      if value < 1_000 { return "\(short(value)) \(unit)" }
      value /= 1_000
    }
    return "\(short(value)) TB"
  }

  /// With three digits at most before it is rounded.
  static func short(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    if value == value.rounded() || value >= 100 { return count(Int(min(value.rounded(), 1e15))) }
    let tenths = Int((value * 10).rounded())
    return "\(count(tenths / 10)).\(abs(tenths % 10))"
  }

  static func percent(_ part: Double) -> String { "\(Int((part * 100).rounded())) %" }

  /// `3 s`, `5 min`, `2 h`, `4 d`.
  static func time(_ seconds: Double) -> String {
    switch seconds {
    case ..<1: "\(Int((max(0, seconds) * 1_000).rounded())) ms"
    case ..<120: "\(Int(seconds)) s"
    case ..<7_200: "\(Int(seconds / 60)) min"
    case ..<172_800: "\(Int(seconds / 3_600)) h"
    default: "\(Int(seconds / 86_400)) d"
    }
  }

  static func ago(_ seconds: Double) -> String { seconds < 1 ? "just now" : "\(time(seconds)) ago" }

  static func plural(_ number: Int, _ one: String, _ many: String) -> String {
    "\(count(number)) \(number == 1 ? one : many)"
  }
}
