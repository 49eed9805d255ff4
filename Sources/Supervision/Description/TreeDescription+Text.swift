/// A description for people.
extension TreeDescription: CustomStringConvertible {
  /// The tree as text, a line for each process, with the worst cases of the whole tree in the end.
  ///
  ///     Shop: one for one, 3 restarts in 5 s
  ///     ├─ cache: Cache, permanent, 5 s
  ///     └─ orders: DynamicSupervisor, permanent, one for one, 3 restarts in 5 s, at most 1000 children
  ///     restarts: at most 15 at once, 150 a minute
  ///     shutdown: at most 5 s, and an unknown time for orders
  public var description: String {
    var lines = [line(isTop: true)]
    addChildren(to: &lines, "")
    if let worst = worstRestarts {
      lines.append("restarts: at most \(worst.atOnce) at once, \(plain(worst.perMinute)) a minute")
    }
    if let worst = worstShutdown { lines.append("shutdown: \(worst)") }
    return lines.joined(separator: "\n")
  }

  private func addChildren(to lines: inout [String], _ indent: String) {
    let children = children ?? []
    for (index, child) in children.enumerated() {
      let isLast = index == children.count - 1 && unlistedChildren == nil
      lines.append(indent + (isLast ? "└─ " : "├─ ") + child.line(isTop: false))
      child.addChildren(to: &lines, indent + (isLast ? "   " : "│  "))
    }
    if let unlistedChildren { lines.append(indent + "└─ and \(unlistedChildren) more") }
  }

  private func line(isTop: Bool) -> String {
    var parts: [String] = []
    if type != id { parts.append(type) }
    if let process, process != id { parts.append(process) }
    if let state, state != .running { parts.append(state.rawValue) }
    if let restart { parts.append(restart) }
    if let shutdown, kind == .worker || shutdown != .infinity { parts.append("\(shutdown)") }
    if significant == true { parts.append("significant") }
    if let strategy { parts.append(SettingName.words(strategy).joined(separator: " ")) }
    if let intensity { parts.append("\(intensity)") }
    if let autoShutdown, autoShutdown != "never" {
      parts.append("ends with \(SettingName.words(autoShutdown).joined(separator: " "))")
    }
    if let maxChildren { parts.append("at most \(maxChildren) children") }
    if let care { parts.append("\(care)") }
    return parts.isEmpty ? id : "\(id): \(parts.joined(separator: ", "))"
  }
}

extension ShutdownTime: CustomStringConvertible {
  /// `5 s`, `brutal kill`, `infinity`.
  public var description: String {
    switch self {
    case .seconds(let seconds): "\(plain(seconds)) s"
    case .brutalKill: "brutal kill"
    case .infinity: "infinity"
    }
  }
}

extension RestartLimit: CustomStringConvertible {
  /// `3 restarts in 5 s`.
  public var description: String { "\(restarts) restarts in \(plain(seconds)) s" }
}

extension CareDescription: CustomStringConvertible {
  /// What there is, after one another.
  public var description: String {
    var parts: [String] = []
    if let backoff { parts.append("waits \(backoff)") }
    if let budget {
      parts.append("budget \(budget)" + (retriesAfter.map { ", another try after \(plain($0)) s" } ?? ""))
    }
    for (kind, response) in (faultResponses ?? [:]).sorted(by: { $0.key < $1.key }) {
      parts.append("\(kind): \(response)")
    }
    if let policies { parts.append("own policy for \(policies.joined(separator: " and "))") }
    return parts.joined(separator: ", ")
  }
}

extension WorstShutdown: CustomStringConvertible {
  /// `at most 5 s, without limit for db/writer`.
  public var description: String {
    var text = "at most \(plain(seconds)) s"
    if let unlimited { text += ", without limit for \(Self.list(unlimited))" }
    if let unknown { text += ", and an unknown time for \(Self.list(unknown))" }
    return text
  }

  /// The top has no path.
  private static func list(_ paths: [String]) -> String {
    paths.map { $0.isEmpty ? "itself" : $0 }.joined(separator: ", ")
  }
}

/// Whole numbers without a fraction.
private func plain(_ number: Double) -> String { Int64(exactly: number).map { "\($0)" } ?? "\(number)" }
