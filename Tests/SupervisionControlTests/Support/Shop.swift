import ErlangDistribution
import Supervision

/// A server whose messages can be written as terms.
struct Shelf: GenServer {
  enum Message: Codable, Sendable {
    case count(ReplyTo<Int>)
    case find(String, ReplyTo<String?>)
    case put(String)
    case empty(ReplyTo<Void>)
    case hold(ReplyTo<Int>)
    case drop(ReplyTo<Int>)
    case fail
    case failAsked(ReplyTo<Int>)
  }

  struct Broken: Error, CustomStringConvertible {
    var description: String { "the shelf has come \u{1B}[31mdown" }
  }

  private var goods: [String] = []
  private var held: ReplyTo<Int>?

  mutating func handle(_ message: Message) throws {
    switch message {
    case .count(let reply): reply(goods.count)
    case .find(let name, let reply): reply(goods.first { $0 == name })
    case .put(let name): goods.append(name)
    case .empty(let reply):
      goods = []
      reply()
    case .hold(let reply): held = reply
    case .drop: break
    case .fail, .failAsked: throw Broken()
    }
  }
}

/// Its messages cannot.
struct Till: GenServer {
  enum Message: Sendable { case open }
  private var coins = 3
  mutating func handle(_ message: Message) { coins += 1 }
}

/// Its state can, and is a secret.
struct Safe: GenServer, Codable {
  enum Message: Codable, Sendable { case look }
  private var code = "hunter2"
  mutating func handle(_ message: Message) { code += "!" }
  static var redaction: ReportRedaction { .typesOnly }
}

struct Scale: GenServer, Codable {
  enum Message: Codable, Sendable { case weigh(Int) }
  private var grams = 0
  mutating func handle(_ message: Message) {
    if case .weigh(let more) = message { grams += more }
  }
}

/// What a test needs of names of its own, beside other tests of the same node.
struct Shop: SupervisorBehaviour {
  let name: String
  var intensity: Supervisor.Intensity { .restarts(100, within: .seconds(1)) }
  var children: [ChildSpec] {
    ChildSpec(ProcessName<Shelf.Message>("\(name)-shelf")) { Shelf() }
    ChildSpec(id: "\(name)-till") { Till() }
    ChildSpec(ProcessName<Safe.Message>("\(name)-safe")) { Safe() }
    ChildSpec(ProcessName<Scale.Message>("\(name)-scale")) { Scale() }
    DynamicSupervisor.child(name: ProcessNames.carts(name))
  }

  var shelf: ProcessName<Shelf.Message> { ProcessName("\(name)-shelf") }

  /// Runs `body` with the shop open, on the program's own node.
  static func open<Value>(_ name: String, _ body: (Shop, Supervisor) async throws -> Value) async throws -> Value {
    let shop = Shop(name: name)
    let supervisor = try await Supervisor.start(shop, name: name)
    do {
      let value = try await body(shop, supervisor)
      try await supervisor.stop()
      return value
    } catch {
      try? await supervisor.stop()
      throw error
    }
  }
}

enum ProcessNames {
  static func carts(_ name: String) -> String { "\(name)-carts" }
}
