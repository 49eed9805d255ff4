/// What the world sees of a match.
struct MatchSummary: Hashable, Sendable, Codable {
  let id: Identifier
  let home: String
  let away: String
  var score = Score()
  var isOver = false
  /// How many events there have been: of two summaries of a match, the one with more is the later.
  var events = 0
  var comment: String?
}

extension MatchState {
  var summary: MatchSummary {
    MatchSummary(
      id: fixture.id, home: fixture.home, away: fixture.away, score: score, isOver: isOver, events: events.count,
      comment: events.last { $0.comment != nil }?.comment)
  }
}
