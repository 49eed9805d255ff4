import Supervision
import SupervisionTesting
import Testing

@Suite("GenServer: kinds of servers", .timeLimit(.minutes(5)))
struct KindsOfServerTests {
  @Test("each callback may or may not suspend, whatever the others do")
  func mixed() async throws {
    try await everySeed { node in
      for round in 0..<3 {
        let log = Probe<String>()
        let server = try await Mixed.start { Mixed(log: log.ref) }
        try await node.settle()
        server.send("a")
        server.id.exit(.shutdown)
        server.send("b")
        try await server.stop()
        try #require(
          try await log.all(node)
            == ["continue", "a", "signal", "b", "timeout set", "terminate"].filter { $0 != "timeout set" },
          "round \(round)")
      }
    }
  }

  @Test("a generic server learns its callbacks for each of its types")
  func generic() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let plain = try await Logged.start { Logged(try Plain(.init(log: log.ref)), log.ref) }
      let hopping = try await Logged.start { Logged(try await Hopping(.init(log: log.ref)), log.ref) }
      for server in [plain, hopping, plain, hopping] {
        server.send(.add(1))
        server.send(.run { _ in CurrentProcess.trapsExits = true })
        _ = try await server.get()
        server.id.exit(.shutdown)
        _ = try await server.get()
      }
      let told = try await log.all(node)
      try #require(told.filter { $0 == "add 1" }.count == 4)
      try #require(told.filter { $0 == "logged signal" }.count == 4)
      try #require(told.filter { $0 == "exit shutdown" }.count == 4)
      try #require(told.filter { $0 == "logged message" }.count == 4 * 4)
    }
  }

  @Test("what a server within has inherited says nothing about the one around it")
  func wrapped() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      for _ in 0..<3 {
        let server = try await Logged.start { Logged(Quiet(), log.ref) }
        server.send(.run { _ in })
        server.send(.add(1))
        server.id.exit(.normal)
        try await server.stop()
      }
      let told = try await log.all(node)
      try #require(told.filter { $0 == "logged signal" }.count == 3)
      try #require(told.filter { $0 == "logged terminate" }.count == 3)
    }
  }

  @Test("a server that forwards without await to one that suspends is told so")
  func forwarding() async throws {
    try await everySeed { _ in
      struct Hasty<Inner: GenServer>: GenServer {
        typealias Message = Inner.Message
        var inner: Inner
        mutating func handle(_ message: Message) throws { try inner.handle(message) }
      }
      let fine = try await Hasty.start { Hasty(inner: try Plain(.init())) }
      try #require(try await fine.get() == 0)
      let wrong = try await Hasty.start { Hasty(inner: try await Hopping(.init())) }
      let text = await outcome { () async throws(CallError) in try await wrong.get() }
      try #require(text.contains("Hopping.handle(_:) is asynchronous"), "\(text)")
    }
  }

  @Test("a subclass's callbacks are the server's, with and without async")
  func inheritance() async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let base = try await Base.start { Base(log.ref) }
      let derived = try await Derived.start { Derived(log.ref) }
      let hidden = try await Base.start { Derived(log.ref) }
      for server in [base, derived, hidden] {
        server.send("x")
        try await server.stop()
      }
      try #require(
        try await log.all(node) == [
          "base x", "terminate base", "derived x", "terminate derived", "derived x", "terminate derived",
        ])
    }
  }

  @Test("a server may live on the main actor")
  func mainActor() async throws {
    let server = try await OnMain.start { OnMain() }
    server.send(.add)
    server.send(.add)
    #expect(try await server.call { .get($0) } == 2)
    try await server.stop()
  }

  @Test(
    "HST-1: no message is handled while another is, however often its handler suspends", arguments: Flavour.suspending)
  func noReentrancy(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let server = try await flavour.start(Core.Setup(log: log.ref))
      let caller = spawn {
        _ =
          try await server.call(timeout: nil) {
            .ask($0) {
              log.ref.send("in")
              for _ in 0..<5 { await Task.yield() }
              try await CurrentProcess.sleep(for: .seconds(1))
              log.ref.send("out")
              return 0
            }
          } as Int
      }
      try await CurrentProcess.sleep(for: .milliseconds(500))
      server.send(.add(1))
      _ = await caller.exited()
      try #require(try await log.all(node) == ["continue", "in", "out", "add 1"])
    }
  }

  @Test("a suspended handler's server can be killed, and hears of nothing more", arguments: Flavour.suspending)
  func killedWhileSuspended(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let log = Probe<String>()
      let other = try await flavour.start(Core.Setup(log: log.ref))
      let server = try await flavour.start(Core.Setup(log: log.ref))
      async let text = outcome { () async throws(CallError) -> Int in
        try await server.call(timeout: nil) {
          .ask($0) {
            try? await CurrentProcess.sleep(for: .seconds(60))
            // Behind the fence: nobody hears this.
            other.send(.add(1))
            return 3
          }
        }
      }
      try await CurrentProcess.sleep(for: .seconds(1))
      server.id.exit(.kill)
      try #require(await text == "exited(killed)")
      try #require(node.elapsed < .seconds(2))
      try await CurrentProcess.sleep(for: .seconds(120))
      try #require(try await log.all(node) == ["continue", "continue"])
    }
  }

  @Test("suspended handlers on many threads do not confuse what other servers have inherited")
  func traitsOnManyThreads() async throws {
    let log = Witness.Count()
    let process = spawn {
      await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
          group.addTask {
            for _ in 0..<200 {
              let server = try await Half.start { Half(heard: log) }
              server.id.exit(.normal)
              try await server.stop()
            }
          }
        }
      }
    }
    _ = await process.exited()
    #expect(log.alive == 800)
  }
}

private struct Mixed: GenServer {
  typealias Message = String
  let log: ProcessRef<String>
  mutating func handleContinue() async throws {
    CurrentProcess.trapsExits = true
    await Task.yield()
    log.send("continue")
  }
  func handle(_ message: String) { log.send(message) }
  func handle(_ signal: Signal) async throws {
    await Task.yield()
    log.send("signal")
  }
  func terminate(_ reason: ExitReason) { log.send("terminate") }
}

/// Forwards everything, as a user's own middleware would.
private struct Logged<Inner: GenServer>: GenServer {
  typealias Message = Inner.Message
  var inner: Inner
  let log: ProcessRef<String>

  init(_ inner: Inner, _ log: ProcessRef<String>) {
    CurrentProcess.trapsExits = true
    self.inner = inner
    self.log = log
  }

  mutating func handle(_ message: Message) async throws {
    log.send("logged message")
    try await inner.handle(message)
  }
  mutating func handle(_ signal: Signal) async throws {
    log.send("logged signal")
    try await inner.handle(signal)
  }
  mutating func terminate(_ reason: ExitReason) async {
    log.send("logged terminate")
    await inner.terminate(reason)
  }
}

private struct Quiet: GenServer {
  func handle(_ message: Command) {}
}

private class Base: GenServer {
  typealias Message = String
  let log: ProcessRef<String>
  required init(_ log: ProcessRef<String>) { self.log = log }
  func handle(_ message: String) throws { log.send("base \(message)") }
  func terminate(_ reason: ExitReason) async { log.send("terminate base") }
}

private final class Derived: Base {
  override func handle(_ message: String) throws { log.send("derived \(message)") }
  override func terminate(_ reason: ExitReason) async {
    await Task.yield()
    log.send("terminate derived")
  }
}

@MainActor private final class OnMain: GenServer {
  enum Message: Sendable {
    case add
    case get(ReplyTo<Int>)
  }
  private var value = 0
  @MainActor func handle(_ message: Message) async throws {
    switch message {
    case .add: value += 1
    case .get(let reply): reply(value)
    }
  }
}

/// Has one suspending callback, and has inherited the others.
private struct Half: GenServer {
  typealias Message = Never
  let heard: Witness.Count
  init(heard: Witness.Count) {
    self.heard = heard
    CurrentProcess.trapsExits = true
  }
  func handle(_ message: Never) {}
  func handle(_ signal: Signal) async throws {
    for _ in 0..<3 { await Task.yield() }
    heard.add(1)
  }
}
