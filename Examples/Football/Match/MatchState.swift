/// The rules of a match: an event in, a verdict out.
///
/// A machine: it knows neither processes nor a database, so its tests need neither.
struct MatchState: Hashable, Sendable {
  enum Verdict: String, Hashable, Sendable, Codable {
    case recorded
    /// It was here before, under the same id, and has not counted again.
    case repeated
  }

  enum Refusal: Error, Hashable, Sendable {
    case isOver(Identifier)
    /// The id was used before, for something else.
    case idIsTaken(Identifier)
    case isFull(Identifier)
  }

  /// More than any match has; a client gone wild stops here.
  static let mostEvents = 2_000

  let fixture: Fixture
  private(set) var events: [MatchEvent] = []
  private(set) var score = Score()
  private(set) var isOver = false
  private var places: [Identifier: Int] = [:]

  init(_ fixture: Fixture) { self.fixture = fixture }

  mutating func apply(_ event: MatchEvent) throws(Refusal) -> Verdict {
    if let place = places[event.id] {
      guard events[place] == event else { throw .idIsTaken(event.id) }
      return .repeated
    }
    guard !isOver else { throw .isOver(fixture.id) }
    guard events.count < Self.mostEvents else { throw .isFull(fixture.id) }
    switch event.kind {
    case .homeGoal: score.home += 1
    case .awayGoal: score.away += 1
    case .end: isOver = true
    }
    places[event.id] = events.count
    events.append(event)
    return .recorded
  }
}

extension MatchState.Refusal: CustomStringConvertible {
  var description: String {
    switch self {
    case .isOver(let match): "match \(match) is over"
    case .idIsTaken(let event): "event \(event) was something else; give each event an id of its own"
    case .isFull(let match): "match \(match) has \(MatchState.mostEvents) events, and takes no more"
    }
  }
}
