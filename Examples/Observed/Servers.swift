import ErlangDistribution
import Supervision

/// Counts what comes and goes.
///
/// Its messages can be written as terms: `supervisionctl call shelves '{:take, 3}'`.
struct Counter: GenServer {
  enum Message: Codable, Sendable {
    case add(Int)
    case take(Int, ReplyTo<Int>)
  }

  let what: String
  private var count = 0

  init(what: String) { self.what = what }

  mutating func handle(_ message: Message) {
    switch message {
    case .add(let number): count += number
    case .take(let number, let reply):
      let taken = min(number, count)
      count -= taken
      reply(taken)
    }
  }
}

/// Reads news from somewhere; some of them cannot be read.
struct Feed: GenServer {
  enum Message: Sendable {
    case news(String)
    case garbled
    case missing
  }

  struct Unreadable: Error, CustomStringConvertible {
    let place: String
    var description: String { "the news from the \(place) cannot be read" }
  }

  let place: String
  private var last = ""

  init(place: String) { self.place = place }

  mutating func handle(_ message: Message) throws {
    switch message {
    case .news(let text): last = text
    case .garbled: throw Unreadable(place: place)
    case .missing: last = News.find(in: [:])
    }
  }
}

enum News {
  /// With the mistake that everybody makes once.
  static func find(in page: [String: String]) -> String { page["headline"]! }
}

/// What somebody is about to buy.
struct Cart: GenServer {
  enum Message: Sendable {
    case put(String)
    case leave
  }

  private var goods: [String] = []

  mutating func handle(_ message: Message) throws {
    switch message {
    case .put(let name): goods.append(name)
    case .leave: throw ExitReason.normal
    }
  }

  static var restart: ChildSpec.Restart { .transient }
}

/// Measures something, seldom.
struct Sensor: GenServer {
  enum Message: Sendable { case measure }
  private var value = 20.0
  mutating func handle(_ message: Message) { value += 0.1 }
}

extension DynamicSupervisor {
  func fill(_ count: Int) async throws {
    for _ in 0..<count { _ = try await startChild { Sensor() } }
  }
}
