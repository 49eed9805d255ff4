/// Numbers and times, as people read them: the same words on a page and in a terminal.
package enum Words {
  /// What stands between groups of three digits: a thin space.
  package static let thinSpace = "\u{202F}"

  /// `1 234 567`, with thin spaces, or with what is given.
  package static func count(_ number: some BinaryInteger, separator: String = thinSpace) -> String {
    let digits = String(number.magnitude)
    var text = number < 0 ? "−" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += separator }
      text.append(digit)
    }
    return text
  }

  /// `12.3 MB`.
  package static func bytes(_ number: Int) -> String {
    var value = Double(number)
    for unit in ["B", "kB", "MB", "GB"] {
      if value < 1_000 { return "\(short(value)) \(unit)" }
      value /= 1_000
    }
    return "\(short(value)) TB"
  }

  /// With three digits at most before it is rounded.
  package static func short(_ value: Double, separator: String = thinSpace) -> String {
    guard value.isFinite else { return "–" }
    if value == value.rounded() || abs(value) >= 100 {
      return count(Int(max(-1e15, min(value.rounded(), 1e15))), separator: separator)
    }
    let tenths = Int((abs(value) * 10).rounded())
    return "\(value < 0 && tenths > 0 ? "−" : "")\(tenths / 10).\(tenths % 10)"
  }

  package static func percent(_ part: Double) -> String {
    part.isFinite ? "\(Int((max(-1e6, min(part, 1e6)) * 100).rounded())) %" : "–"
  }

  /// `20 ms`, `3 s`, `5 min`, `2 h`, `4 d`; what is negative is none.
  package static func time(_ seconds: Double) -> String {
    switch seconds {
    case ..<1: "\(Int((max(0, seconds) * 1_000).rounded())) ms"
    case ..<120: "\(Int(seconds)) s"
    case ..<7_200: "\(Int(seconds / 60)) min"
    case ..<172_800: "\(Int(seconds / 3_600)) h"
    case ..<1e14: "\(Int(seconds / 86_400)) d"
    default: "–"
    }
  }

  package static func ago(_ seconds: Double) -> String { seconds < 1 ? "just now" : "\(time(seconds)) ago" }

  package static func plural(_ number: Int, _ one: String, _ many: String) -> String {
    "\(count(number)) \(number == 1 ? one : many)"
  }
}
