import ErlangDistribution
import ErlangTerms
import Supervision

/// Reads numbers; what is none is a trap, and ends it (seed 000).
struct Parser: GenServer {
  enum Message: Codable, Sendable {
    case parse(String)
    case last(ReplyTo<Int?>)
  }

  private var last: Int?

  mutating func handle(_ message: Message) {
    switch message {
    case .parse(let text): last = Int(text)!
    case .last(let reply): reply(last)
    }
  }
}

/// Keeps one term (seed 001).
struct Cache: GenServer {
  enum Message: Codable, Sendable {
    case get(ReplyTo<Term>)
    case save(Term)
  }

  private var value = Term.atom("empty")

  mutating func handle(_ message: Message) {
    switch message {
    case .get(let reply): reply(value)
    case .save(let value): self.value = value
    }
  }
}

/// One match (seed 001).
struct FootballMatchTracker: GenServer {
  enum Message: Codable, Sendable {
    case event(String)
    case getScore(ReplyTo<Score>)
  }

  struct Score: Codable, Sendable {
    var homeScore = 0
    var awayScore = 0
  }

  struct UnknownEvent: Error { let name: String }

  static var restart: ChildSpec.Restart { .transient }

  private var score = Score()

  mutating func handle(_ message: Message) throws {
    switch message {
    case .event("home_goal"): score.homeScore += 1
    case .event("away_goal"): score.awayScore += 1
    case .event("end"): throw ExitReason.normal
    case .event(let name): throw UnknownEvent(name: name)
    case .getScore(let reply): reply(score)
    }
  }
}

/// Has a value (seed 002).
struct Worker: GenServer {
  enum Message: Codable, Sendable { case state(ReplyTo<String>) }

  let value: String

  init(_ value: String) { self.value = value }

  func handle(_ message: Message) {
    switch message {
    case .state(let reply): reply(value)
    }
  }
}

/// Answers the shell that has asked for it, with plain messages (seed 003).
struct StoreWorker: GenServer {
  typealias Message = ErlangMessage

  struct RuntimeError: Error { let message: String }

  let shell: ProcessRef<ErlangMessage>

  func handle(_ message: ErlangMessage) throws {
    guard case .info(let term) = message, let parts = term.elements else { return }
    switch parts.first {
    case .atom("store"): shell.send(.info(.tuple([.atom("hello_friend")])))
    case .atom("shutdown"):
      shell.send(.info(.tuple([.atom("goodbye")])))
      throw ExitReason.normal
    case .atom("raise"): throw RuntimeError(message: parts.last?.text ?? "")
    default: break
    }
  }
}
