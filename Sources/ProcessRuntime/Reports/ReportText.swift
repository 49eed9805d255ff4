/// Prints values for reports: as Swift prints them, and never more than a reader can bear, however large they are
/// (rule LOG-14).
package struct ReportText {
  /// In bytes of UTF-8.
  package static let limit = 4_096
  private static let maximumDepth = 8
  private static let maximumElements = 64

  private var text = ""
  private var isFull = false

  /// Runs the user's code: types that print themselves do.
  package static func describing(_ value: Any) -> String {
    // By its type: a cast would see through an optional.
    if type(of: value) == String.self, let text = value as? String { return limited(text) }
    var report = ReportText()
    report.print(value, depth: 0)
    return report.text
  }

  /// Cut off with an ellipsis if it is too long.
  package static func limited(_ text: String) -> String {
    var report = ReportText()
    report.write(text)
    return report.text
  }

  private mutating func write(_ new: String) {
    if isFull { return }
    let room = Self.limit - text.utf8.count
    if new.utf8.count <= room {
      text += new
      return
    }
    isFull = true
    // Not in the middle of a character.
    var end = new.utf8.index(new.utf8.startIndex, offsetBy: room)
    while end > new.startIndex, end.samePosition(in: new) == nil { new.utf8.formIndex(before: &end) }
    text += new[..<end] + "…"
  }

  private mutating func print(_ value: Any, depth: Int) {
    if isFull { return }
    if depth > Self.maximumDepth { return write("…") }
    if type(of: value) == String.self, let text = value as? String { return write(text.debugDescription) }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .collection?, .set?: printElements(mirror, depth)
    case .dictionary?: printPairs(mirror, depth)
    case .optional?: printOptional(mirror, depth)
    case .tuple?: printFields(mirror, "", depth)
    case .struct? where !Self.printsItself(value): printFields(mirror, TypeName.short(value), depth)
    case .enum? where !Self.printsItself(value) && !mirror.children.isEmpty: printCase(mirror, depth)
    default: write(String(describing: value))
    }
  }

  private static func printsItself(_ value: Any) -> Bool {
    value is any CustomStringConvertible || value is any CustomDebugStringConvertible
      || value is any TextOutputStreamable
      || value is any CustomReflectable
  }

  private mutating func printElements(_ mirror: Mirror, _ depth: Int) {
    list("[", "]", mirror.children) { $0.print($1.value, depth: depth + 1) }
  }

  private mutating func printPairs(_ mirror: Mirror, _ depth: Int) {
    if mirror.children.isEmpty { return write("[:]") }
    list("[", "]", mirror.children) { report, child in
      let pair = Array(Mirror(reflecting: child.value).children)
      guard pair.count == 2 else { return }
      report.print(pair[0].value, depth: depth + 1)
      report.write(": ")
      report.print(pair[1].value, depth: depth + 1)
    }
  }

  private mutating func printOptional(_ mirror: Mirror, _ depth: Int) {
    guard let wrapped = mirror.children.first else { return write("nil") }
    write("Optional(")
    print(wrapped.value, depth: depth + 1)
    write(")")
  }

  private mutating func printCase(_ mirror: Mirror, _ depth: Int) {
    guard let payload = mirror.children.first else { return }
    write(payload.label ?? "")
    let inner = Mirror(reflecting: payload.value)
    if inner.displayStyle == .tuple { return printFields(inner, "", depth) }
    write("(")
    print(payload.value, depth: depth + 1)
    write(")")
  }

  private mutating func printFields(_ mirror: Mirror, _ name: String, _ depth: Int) {
    list(name + "(", ")", mirror.children) { report, child in
      // Tuple elements without a label are called .0, .1, …
      if let label = child.label, !label.hasPrefix(".") { report.write("\(label): ") }
      report.print(child.value, depth: depth + 1)
    }
  }

  private mutating func list(
    _ opening: String, _ closing: String, _ children: Mirror.Children,
    _ each: (inout ReportText, Mirror.Child) -> Void
  ) {
    write(opening)
    for (index, child) in children.enumerated() {
      if isFull { return }
      if index > 0 { write(", ") }
      if index == Self.maximumElements {
        write("… \(children.count) in all")
        break
      }
      each(&self, child)
    }
    write(closing)
  }
}

extension TypeName {
  /// As Swift prints a struct: its own name alone.
  static func short(_ value: Any) -> String { "\(type(of: value))" }
}

extension ReplyTo: CustomStringConvertible {
  /// Reply tokens stand in messages, and messages in reports.
  public var description: String { "ReplyTo" }
}
