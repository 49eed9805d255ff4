/// What an article says that an expression comes to.
struct Expectation<Value>: Sendable {
  /// In words, for when it came to something else.
  let text: String
  let isMet: @Sendable (Value) -> Bool

  private init(_ text: String, _ isMet: @escaping @Sendable (Value) -> Bool) {
    self.text = text
    self.isMet = isMet
  }

  static func that(_ text: String, _ isMet: @escaping @Sendable (Value) -> Bool) -> Self {
    Self(text, isMet)
  }

  /// A value that cannot be known beforehand, such as the id of a new process.
  static var anything: Self { Self("anything") { _ in true } }
}

extension Expectation where Value: Equatable & Sendable {
  static func equals(_ value: Value) -> Self {
    Self(transcript(value)) { $0 == value }
  }

  static func other(than value: Value) -> Self {
    Self("another than \(transcript(value))") { $0 != value }
  }
}

/// A value as the transcript shows it: strings in quotes, as in iex.
func transcript(_ value: Any) -> String {
  if let text = value as? String { "\"\(text)\"" } else { "\(value)" }
}

/// A printed line: `<pid>` stands for any process id, `…` for any text.
struct LinePattern: ExpressibleByStringLiteral, Sendable {
  let text: String

  init(stringLiteral text: String) { self.text = text }

  func matches(_ line: String) -> Bool {
    let parts = text.split(separator: "…", omittingEmptySubsequences: false)
    var rest = line.replacing(/<0\.[0-9]+\.0>/, with: "<pid>")[...]
    guard let first = parts.first, rest.hasPrefix(first) else { return false }
    rest = rest.dropFirst(first.count)
    if parts.count == 1 { return rest.isEmpty }
    for part in parts.dropFirst().dropLast() {
      guard let range = rest.firstRange(of: part) else { return false }
      rest = rest[range.upperBound...]
    }
    return rest.hasSuffix(parts[parts.count - 1])
  }
}
