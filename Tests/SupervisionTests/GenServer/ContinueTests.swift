import Supervision
import SupervisionTesting
import Testing

@Suite("GenServer: what comes first", .timeLimit(.minutes(5)))
struct ContinueTests {
  @Test("GS-3, TL-49: continue runs before any message, even those of init", arguments: Flavour.allCases)
  func continueFirst(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let name: ProcessName<Command> = "eager"
      var setup = Core.Setup(log: log.ref)
      setup.onInit = {
        name.send(.add(1))  // to itself
        name.send(.add(2))
      }
      let eager = spawn {
        try await name.registered(within: .seconds(1))
        name.send(.add(100))
      }
      let server = try await flavour.start(name, setup)
      _ = try await server.get()
      eager.exit(.kill)
      let told = try await log.all(node)
      try #require(told.first == "continue")
      try #require(told.filter { $0 != "add 100" } == ["continue", "add 1", "add 2"])
    }
  }

  @Test("GS-3: the starter is told before continue runs", arguments: Flavour.allCases)
  func starterFirst(_ flavour: Flavour) async throws {
    try await everySeed { _ in
      var setup = Core.Setup()
      setup.onContinue = { throw Failure("in continue") }
      // The start has succeeded all the same.
      let server = try await flavour.start(setup)
      try #require([.failure(Failure("in continue")), .noProcess].contains(await server.id.exited()))
    }
  }

  @Test("GS-3: a continue that takes long keeps nobody who starts waiting")
  func longContinue() async throws {
    try await everySeed { node in
      struct Server: GenServer {
        enum Message: Sendable { case ready(ReplyTo<Bool>) }
        var isReady = false
        mutating func handleContinue() async throws {
          try await CurrentProcess.sleep(for: .seconds(2))
          isReady = true
        }
        func handle(_ message: Message) {
          if case .ready(let reply) = message { reply(isReady) }
        }
      }
      let server = try await Server.start { Server() }
      try #require(node.elapsed < .seconds(1))
      try #require(try await server.call { .ready($0) })
      try #require(node.elapsed >= .seconds(2))
    }
  }

  @Test(
    "GS-14, GS-17: a reply leaves before the rest of the handler, and that before any message",
    arguments: Flavour.allCases)
  func replyFirst(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let server = try await flavour.start(Core.Setup(log: log.ref))
      let caller = spawn {
        let value: Int = try await server.call { .answerThen($0) { $0.note("rest") } }
        log.ref.send("answer \(value)")
      }
      try await node.settle()
      server.send(.add(1))
      _ = await caller.exited()
      let told = try await log.all(node)
      try #require(told.filter { $0 != "answer 0" } == ["continue", "rest", "add 1"])
    }
  }

  @Test("GS-10: answer, no answer, stop and stop with an answer", arguments: Flavour.allCases)
  func results(_ flavour: Flavour) async throws {
    try await everySeed { _ in
      let server = try await flavour.start()
      try #require(try await server.get() == 0)
      server.send(.add(1))
      try #require(try await server.call { .answerThen($0) { _ in throw ExitReason.shutdown } } == 1)
      try #require([.shutdown, .noProcess].contains(await server.id.exited()))
      let other = try await flavour.start()
      let text = await outcome { () async throws(CallError) -> Int in
        try await other.call { reply in
          .run { _ in
            withExtendedLifetime(reply) {}; throw ExitReason.normal
          }
        }
      }
      try #require(text == "exited(normal)")
    }
  }

  @Test("GS-30: a send to nobody succeeds at once")
  func sendToNobody() async throws {
    try await withTestNodes(seeds: [0]) { _ in
      ProcessName<Command>("nobody").send(.add(1))
      let server = try await Flavour.synchronous.start()
      try await server.stop()
      server.send(.add(1))
      server.send(.add(1), after: .seconds(1))
    }
  }
}
