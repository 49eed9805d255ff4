import Supervision
import Synchronization

/// The match reports of somebody else, who is as reliable as the world is.
///
/// Simulated: what it reports depends on the seed and on the number of the item alone, when it fails on the seed and on how
/// often it was asked.
final class Feed: Sendable {
  enum Item: Hashable, Sendable {
    case kickoff(Fixture)
    case event(MatchEvent, in: Identifier)
  }

  struct Failure: Error, CustomStringConvertible {
    let text: String
    var description: String { "the feed \(text)" }
  }

  private struct State {
    var chance: SplitMix
    /// So many more times it fails in any case.
    var orderedFailures = 0
  }

  private let seed: UInt64
  private let state: Mutex<State>

  init(seed: UInt64) {
    self.seed = seed
    state = Mutex(State(chance: SplitMix(seed)))
  }

  /// Lets it fail the next `count` times.
  func fail(_ count: Int) { state.withLock { $0.orderedFailures += count } }

  /// The item of that number.
  ///
  /// Suspends for as long as the network takes. One time in ten it throws.
  func item(_ number: Int) async throws -> Item {
    let (failure, wait) = state.withLock { state -> (Failure?, Duration) in
      let wait = Duration.milliseconds(Int.random(in: 1...20, using: &state.chance))
      if state.orderedFailures > 0 {
        state.orderedFailures -= 1
        return (Failure(text: "is down, as ordered"), wait)
      }
      switch Int.random(in: 0..<20, using: &state.chance) {
      case 0: return (Failure(text: "has closed the connection"), wait)
      case 1: return (Failure(text: "answers with something that is no report"), wait)
      default: return (nil, wait)
      }
    }
    try await CurrentProcess.sleep(for: wait)
    if let failure { throw failure }
    return Schedule(seed: seed).item(number)
  }
}

/// What happens in the feed's league: round after round two matches begin, goals fall, both end.
struct Schedule {
  static let itemsInRound = 14
  private static let teams = [
    "Ashford", "Birchwood", "Clayton", "Dunmore", "Eastbrook", "Fairview", "Glenside", "Holloway", "Ironbridge",
    "Juniper",
  ]

  let seed: UInt64

  func item(_ number: Int) -> Feed.Item {
    let (round, place) = number.quotientAndRemainder(dividingBy: Self.itemsInRound)
    var chance = SplitMix(seed ^ (UInt64(truncatingIfNeeded: number) &+ 1) &* 0x9E37)
    switch place {
    case 0, 1:
      return .kickoff(fixture(round, place))
    case Self.itemsInRound - 2, Self.itemsInRound - 1:
      return .event(event(number, .end, "That's it."), in: match(round, place % 2))
    default:
      let kind: MatchEvent.Kind = Bool.random(using: &chance) ? .homeGoal : .awayGoal
      let comments = ["From the edge of the box!", "A header after the corner.", "The keeper had no chance.", nil, nil]
      let comment = comments[Int.random(in: 0..<comments.count, using: &chance)]
      return .event(event(number, kind, comment), in: match(round, Int.random(in: 0...1, using: &chance)))
    }
  }

  private func match(_ round: Int, _ place: Int) -> Identifier { Identifier(trusted: "feed-\(round)-\(place)") }

  private func event(_ number: Int, _ kind: MatchEvent.Kind, _ comment: String?) -> MatchEvent {
    MatchEvent(id: Identifier(trusted: "feed-\(number)"), kind: kind, comment: comment)
  }

  private func fixture(_ round: Int, _ place: Int) -> Fixture {
    let count = Self.teams.count
    let (home, away) = ((round * 4 + place * 2) % count, (round * 4 + place * 2 + 1) % count)
    return Fixture(id: match(round, place), home: Self.teams[home], away: Self.teams[away])
  }
}

/// Numbers by chance that are the same for the same seed.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
