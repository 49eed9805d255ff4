/// Who plays whom.
struct Fixture: Hashable, Sendable, Codable {
  let id: Identifier
  let home: String
  let away: String
}

extension Fixture {
  private static let longestName = 40

  /// What is wrong with the names of the teams; nil if nothing is.
  var problem: String? {
    for name in [home, away] {
      guard (1...Self.longestName).contains(name.count) else {
        return "a team's name has 1 to \(Self.longestName) characters"
      }
      guard !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
        return "a team's name has no control characters"
      }
    }
    return home == away ? "\(home) cannot play against itself" : nil
  }
}

struct Score: Hashable, Sendable, Codable {
  var home = 0
  var away = 0
}
