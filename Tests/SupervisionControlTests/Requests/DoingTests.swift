@_spi(Runtime) import ProcessRuntime
import Supervision
import Testing

@testable import SupervisionControl

@Suite("What is done", .timeLimit(.minutes(2)))
struct DoingTests {
  @Test(
    "CTL-4: a socket that only looks does nothing", arguments: ["kill", "restart", "suspend", "resume", "call", "cast"])
  func readOnly(_ command: String) async throws {
    try await Shop.open("reads-\(command)") { shop, _ in
      let before = shop.shelf.whereis
      let reply = try await Asking().ask(command, ["target": "reads-\(command)-shelf", "term": ":fail"])
      #expect(reply.code == "readOnly")
      #expect(reply.problem.contains("allowsActions"))
      #expect(try await shop.shelf.call { .count($0) } == 0)
      #expect(shop.shelf.whereis == before)
    }
  }

  @Test("CTL-4: kill, suspend, resume and restart")
  func actions() async throws {
    try await Shop.open("acts") { shop, _ in
      let asking = Asking(allowsActions: true)
      var before = shop.shelf.whereis
      #expect(try await asking.ask("kill", ["target": "acts-shelf"]).code == nil)
      before = try await shop.shelf.registered(otherThan: before, within: .seconds(10))
      #expect(try await asking.ask("suspend", ["target": "acts-shelf"]).code == nil)
      #expect(try await Sys.getStatus(of: shop.shelf).activity == .suspended)
      #expect(try await asking.ask("resume", ["target": "acts-shelf"]).code == nil)
      #expect(try await shop.shelf.call { .count($0) } == 0)
      for way in 0..<3 {
        let target = ["acts-shelf", "acts/acts-shelf", "\(try #require(before))"][way]
        let reply = try await asking.ask("restart", ["target": target])
        #expect(reply.code == nil, "\(reply.problem)")
        let now = shop.shelf.whereis
        #expect(now != nil && now != before)
        before = now
      }
    }
  }

  @Test("CTL-4: what is no child that can be started again is said so, and what is not there too")
  func noChild() async throws {
    try await Shop.open("none") { _, _ in
      let asking = Asking(allowsActions: true)
      let cart = try await DynamicSupervisor.named(ProcessNames.carts("none")).startChild { Till() }
      let reply = try await asking.ask("restart", ["target": "\(cart.id)"])
      #expect(reply.problem.contains("supervisionctl kill"))
      #expect(cart.id.isAlive)
      #expect(try await asking.ask("restart", ["target": "none/nobody"]).code != nil)
      #expect(try await asking.ask("kill", ["target": "none-nobody"]).code == "notFound")
      #expect(try await asking.ask("suspend", ["target": "\(cart.id.number + 100_000)"]).code == "notFound")
    }
  }

  @Test("CTL-8: a term is a message of the receiver's own, and the answer a term")
  func calls() async throws {
    try await Shop.open("calls") { _, _ async throws in
      let asking = Asking(allowsActions: true)
      let call: (String) async throws -> String? = { term in
        try await asking.ask("call", ["target": "calls-shelf", "term": term]).ok["answer"] as? String
      }
      #expect(try await call(":count") == "0")
      #expect(try await asking.ask("cast", ["target": "calls-shelf", "term": "{:put, \"hola\"}"]).code == nil)
      #expect(try await call(":count") == "1")
      #expect(try await call("{:find, \"hola\"}") == "\"hola\"")
      #expect(try await call("{:find, \"adios\"}") == "nil")
      #expect(try await call(":empty") == ":ok")
      #expect(try await call(":count") == "0")
    }
  }

  @Test(
    "CTL-8: what is no message of the receiver's never reaches it",
    arguments: ["{:put, 5}", ":unknown", "{:put}", "{:put, \"a\", \"b\"}", "[1", "1 + 1", "", "self()", "%{put: 1}"])
  func undecodable(_ term: String) async throws {
    let name = "wrong-\(abs(term.hashValue))"
    try await Shop.open(name) { shop, _ in
      let asking = Asking(allowsActions: true)
      let before = try #require(shop.shelf.whereis)
      try await Sys.startStatistics(of: before)
      for command in ["call", "cast"] {
        let reply = try await asking.ask(command, ["target": "\(name)-shelf", "term": term])
        #expect(reply.code == "badMessage", "\(command) \(term): \(reply.fields)")
        if term == ":unknown" { #expect(reply.problem == ":unknown is no Shelf.Message: it has no such case") }
      }
      #expect(try await Sys.statistics(of: before)?.messagesIn == 0)
      #expect(shop.shelf.whereis == before)
    }
  }

  @Test("CTL-8: a call of what has no answer, and a cast of what wants one, are not sent")
  func wrongWay() async throws {
    try await Shop.open("ways") { shop, _ in
      let asking = Asking(allowsActions: true)
      let call = try await asking.ask("call", ["target": "ways-shelf", "term": ":fail"])
      #expect(call.problem.contains("use `cast`"))
      let cast = try await asking.ask("cast", ["target": "ways-shelf", "term": ":count"])
      #expect(cast.problem.contains("call"))
      #expect(try await shop.shelf.call { .count($0) } == 0)
    }
  }

  @Test("CTL-8: messages that are not Codable are not sent, and the type is named")
  func notCodable() async throws {
    try await Shop.open("plain") { _, _ in
      let asking = Asking(allowsActions: true)
      let reply = try await asking.ask("cast", ["target": "plain-till", "term": ":open"])
      #expect(reply.code == "badMessage")
      #expect(reply.problem.contains("not Codable"))
      let process = spawn { try await CurrentProcess.sleep(for: .seconds(60)) }
      #expect(
        try await asking.ask("cast", ["target": "\(process)", "term": ":x"]).problem.contains("takes no messages"))
      process.exit(.kill)
    }
  }

  @Test(
    "CTL-8: a caller hears at once of a server that has ended, or has dropped the call, and in time of one that is late"
  )
  func unanswered() async throws {
    try await Shop.open("drops") { _, _ async throws in
      let asking = Asking(allowsActions: true)
      let call: (String, Double) async throws -> Reply = { term, seconds in
        try await asking.ask("call", ["target": "drops-shelf", "term": term, "seconds": seconds])
      }
      #expect(try await call(":drop", 5).problem.contains("dropped"))
      #expect(try await call(":hold", 0.02).code == "timeout")
      #expect(try await call(":fail_asked", 5).code == "failed")
    }
  }

  @Test("CTL-6: code of the user's that traps ends the request, and nothing else")
  func trap() async throws {
    let bomb = try await Bomb.start { Bomb() }
    let asking = Asking(allowsActions: true)
    let reply = try await asking.ask("cast", ["target": "\(bomb.id)", "term": "7"])
    #expect(reply.code == "failed")
    #expect(bomb.id.isAlive)
    #expect(try await asking.ask("tree").code == nil)
    bomb.id.exit(.kill)
  }
}

/// Its messages trap while they are read.
private struct Bomb: GenServer {
  struct Message: Codable, Sendable {
    init(from decoder: any Decoder) throws {
      let numbers: [Int] = []
      _ = numbers[Int(try decoder.singleValueContainer().decode(Int.self))]
    }
  }

  mutating func handle(_ message: Message) {}
}
