/// A description as JSON, with its keys in the order in which the type declares them.
extension TreeDescription {
  /// The description as JSON: the same tree gives the same text, so it can be compared line by line.
  ///
  /// What is nil is left out. Any decoder of JSON reads it back. Ends with a line break.
  public var json: String { json(of: self).text(0) + "\n" }

  private func json(of tree: TreeDescription) -> JSON {
    .object([
      ("id", .string(tree.id)), ("kind", .string(tree.kind.rawValue)), ("type", .string(tree.type)),
      ("name", tree.name.map(JSON.string)), ("restart", tree.restart.map(JSON.string)),
      ("shutdown", tree.shutdown.map(\.json)), ("significant", tree.significant.map(JSON.bool)),
      ("care", tree.care.map(\.json)), ("strategy", tree.strategy.map(JSON.string)),
      ("intensity", tree.intensity.map(\.json)), ("autoShutdown", tree.autoShutdown.map(JSON.string)),
      ("maxChildren", tree.maxChildren.map(JSON.integer)),
      ("children", tree.children.map { .array($0.map(json(of:))) }),
      ("unlistedChildren", tree.unlistedChildren.map(JSON.integer)),
      ("worstRestarts", tree.worstRestarts.map(\.json)), ("worstShutdown", tree.worstShutdown.map(\.json)),
      ("state", tree.state.map { .string($0.rawValue) }), ("process", tree.process.map(JSON.string)),
    ])
  }
}

extension ShutdownTime {
  fileprivate var json: JSON {
    switch self {
    case .seconds(let seconds): .number(seconds)
    case .brutalKill: .string("brutalKill")
    case .infinity: .string("infinity")
    }
  }
}

extension RestartLimit {
  fileprivate var json: JSON { .object([("restarts", .integer(restarts)), ("seconds", .number(seconds))]) }
}

extension CareDescription {
  fileprivate var json: JSON {
    .object([
      ("backoff", backoff.map(JSON.string)), ("budget", budget.map(\.json)),
      ("retriesAfter", retriesAfter.map(JSON.number)),
      (
        "faultResponses",
        faultResponses.map { .object($0.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }) }
      ), ("policies", policies.map { .array($0.map(JSON.string)) }),
    ])
  }
}

extension WorstRestarts {
  fileprivate var json: JSON {
    .object([("atOnce", .integer(atOnce)), ("perMinute", .number(perMinute))])
  }
}

extension WorstShutdown {
  fileprivate var json: JSON {
    .object([
      ("seconds", .number(seconds)), ("unlimited", unlimited.map { .array($0.map(JSON.string)) }),
      ("unknown", unknown.map { .array($0.map(JSON.string)) }),
    ])
  }
}

/// As much of JSON as a description needs; an absent value is left out.
private indirect enum JSON {
  case string(String)
  case number(Double)
  case integer(Int)
  case bool(Bool)
  case array([JSON])
  case object([(String, JSON?)])

  func text(_ depth: Int) -> String {
    switch self {
    case .string(let text): Self.quoted(text)
    case .number(let number): Self.numeral(number)
    case .integer(let number): "\(number)"
    case .bool(let bool): bool ? "true" : "false"
    case .array(let parts): Self.block("[", "]", parts.map { $0.text(depth + 1) }, depth)
    case .object(let members):
      Self.block(
        "{", "}", members.compactMap { key, value in value.map { "\(Self.quoted(key)): \($0.text(depth + 1))" } }, depth
      )
    }
  }

  private static func block(_ open: String, _ close: String, _ lines: [String], _ depth: Int) -> String {
    if lines.isEmpty { return open + close }
    let indent = String(repeating: "  ", count: depth)
    return "\(open)\n" + lines.map { "\(indent)  \($0)" }.joined(separator: ",\n") + "\n\(indent)\(close)"
  }

  /// Whole numbers without a fraction.
  private static func numeral(_ number: Double) -> String {
    guard number.isFinite else { return "null" }
    return Int64(exactly: number).map { "\($0)" } ?? "\(number)"
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
