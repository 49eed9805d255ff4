/// Something that has happened in a match.
struct MatchEvent: Hashable, Sendable, Codable {
  enum Kind: String, Sendable, CaseIterable {
    case homeGoal = "home_goal"
    case awayGoal = "away_goal"
    case end
  }

  /// Whoever reports the event makes this up.
  ///
  /// Who does not know whether a report has arrived repeats it under the same id, and it counts once.
  let id: Identifier
  let kind: Kind
  var comment: String?

  private enum CodingKeys: String, CodingKey {
    case id, comment
    case kind = "event"
  }
}

extension MatchEvent.Kind: Codable {
  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let kind = Self(rawValue: text) else {
      let all = Self.allCases.map(\.rawValue).joined(separator: ", ")
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "there is no event \(text.prefix(40).debugDescription); there are \(all)")
    }
    self = kind
  }
}
