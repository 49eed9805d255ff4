import Testing
import Supervision

/// What the servers of these tests can be told.
enum Command: Sendable {
  case get(ReplyTo<Int>)
  case add(Int)
  case fail(String)
  case stop(ExitReason)
  /// Keeps the reply for later.
  case hold(ReplyTo<Int>)
  /// Answers all that are held.
  case release(Int)
  case drop(ReplyTo<Int>)
  /// Answers, and does the rest after.
  case answerThen(ReplyTo<Int>, @Sendable (inout Core) throws -> Void)
  case run(@Sendable (inout Core) throws -> Void)
  /// Asks another server, and answers with what that answered; the server that cannot wait answers -1.
  case ask(ReplyTo<Int>, @Sendable () async throws -> Int)
}

struct Failure: Error, Equatable, CustomStringConvertible {
  let text: String
  init(_ text: String) { self.text = text }
  var description: String { text }
}

/// The state and the work of all flavours.
///
/// They tell `log` what happens to them.
struct Core: Sendable {
  var value = 0
  var held: [ReplyTo<Int>] = []
  /// Thrown at the next signal.
  var failing: ExitReason?
  var setup: Setup

  struct Setup: Sendable {
    var log: ProcessRef<String>?
    /// Runs in init.
    var onInit: (@Sendable () throws -> Void)?
    var onContinue: (@Sendable () throws -> Void)?
    var onTimeout: (@Sendable (inout Core) throws -> Void)?
    var onTerminate: (@Sendable (inout Core) -> Void)?
    /// Freed with the state.
    var witness: Witness?
  }

  init(_ setup: Setup) throws {
    self.setup = setup
    try setup.onInit?()
  }

  func note(_ text: String) { setup.log?.send(text) }

  mutating func handle(_ command: Command) throws {
    switch command {
    case .get(let reply): reply(value)
    case .add(let number):
      value += number
      note("add \(number)")
    case .fail(let text): throw Failure(text)
    case .stop(let reason): throw reason
    case .hold(let reply): held.append(reply)
    case .release(let number):
      for reply in held { reply(number) }
      held = []
    case .drop: break
    case .answerThen(let reply, let work):
      reply(value)
      try work(&self)
    case .run(let work): try work(&self)
    case .ask(let reply, _): reply(-1)
    }
  }

  mutating func handle(_ signal: Signal) throws {
    if let failing { throw failing }
    switch signal {
    case .exit(_, let reason): note("exit \(reason)")
    case .down(_, _, let reason): note("down \(reason)")
    }
  }

  mutating func handleContinue() throws {
    note("continue")
    try setup.onContinue?()
  }

  mutating func handleTimeout() throws {
    note("timeout")
    try setup.onTimeout?(&self)
  }

  mutating func terminate(_ reason: ExitReason) {
    note("terminate \(reason)")
    setup.onTerminate?(&self)
  }
}

/// Every way to write the same server.
///
/// All of them must behave the same.
enum Flavour: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case synchronous, asynchronous, concurrent, object, agent

  var testDescription: String { rawValue }
  /// Whether its callbacks may suspend.
  var suspends: Bool { self != .synchronous && self != .object }
  static var suspending: [Flavour] { allCases.filter(\.suspends) }

  func start(
    _ name: ProcessName<Command>? = nil, timeout: Duration? = nil, _ setup: Core.Setup = .init()
  ) async throws(StartError) -> ProcessRef<Command> {
    switch self {
    case .synchronous: try await Plain.start(name, timeout: timeout) { try Plain(setup) }
    case .asynchronous: try await Hopping.start(name, timeout: timeout) { try await Hopping(setup) }
    case .concurrent: try await Elsewhere.start(name, timeout: timeout) { try await Elsewhere(setup) }
    case .object: try await Object.start(name, timeout: timeout) { try Object(setup) }
    case .agent: try await Agent.start(name, timeout: timeout) { try await Agent(setup) }
    }
  }

  func startLink(
    _ name: ProcessName<Command>? = nil, timeout: Duration? = nil, _ setup: Core.Setup = .init()
  ) async throws(StartError) -> ProcessRef<Command> {
    switch self {
    case .synchronous: try await Plain.startLink(name, timeout: timeout) { try Plain(setup) }
    case .asynchronous: try await Hopping.startLink(name, timeout: timeout) { try await Hopping(setup) }
    case .concurrent: try await Elsewhere.startLink(name, timeout: timeout) { try await Elsewhere(setup) }
    case .object: try await Object.startLink(name, timeout: timeout) { try Object(setup) }
    case .agent: try await Agent.startLink(name, timeout: timeout) { try await Agent(setup) }
    }
  }

  func startMonitor(
    _ name: ProcessName<Command>? = nil, timeout: Duration? = nil, _ setup: Core.Setup = .init()
  ) async throws(StartError) -> (process: ProcessRef<Command>, monitor: MonitorRef) {
    switch self {
    case .synchronous: try await Plain.startMonitor(name, timeout: timeout) { try Plain(setup) }
    case .asynchronous: try await Hopping.startMonitor(name, timeout: timeout) { try await Hopping(setup) }
    case .concurrent: try await Elsewhere.startMonitor(name, timeout: timeout) { try await Elsewhere(setup) }
    case .object: try await Object.startMonitor(name, timeout: timeout) { try Object(setup) }
    case .agent: try await Agent.startMonitor(name, timeout: timeout) { try await Agent(setup) }
    }
  }
}

extension Flavour {
  func start(_ setup: Core.Setup) async throws(StartError) -> ProcessRef<Command> { try await start(nil, setup) }
  func startLink(_ setup: Core.Setup) async throws(StartError) -> ProcessRef<Command> {
    try await startLink(nil, setup)
  }
}

struct Plain: GenServer {
  typealias Message = Command
  var core: Core
  init(_ setup: Core.Setup) throws { core = try Core(setup) }
  mutating func handle(_ message: Command) throws { try core.handle(message) }
  mutating func handle(_ signal: Signal) throws { try core.handle(signal) }
  mutating func handleContinue() throws { try core.handleContinue() }
  mutating func handleTimeout() throws { try core.handleTimeout() }
  mutating func terminate(_ reason: ExitReason) { core.terminate(reason) }
}

/// Suspends in every callback.
struct Hopping: GenServer {
  typealias Message = Command
  var core: Core
  init(_ setup: Core.Setup) async throws {
    await Task.yield()
    core = try Core(setup)
  }
  mutating func handle(_ message: Command) async throws {
    await Task.yield()
    if case .ask(let reply, let work) = message { return reply(try await work()) }
    try core.handle(message)
  }
  mutating func handle(_ signal: Signal) async throws {
    await Task.yield()
    try core.handle(signal)
  }
  mutating func handleContinue() async throws {
    await Task.yield()
    try core.handleContinue()
  }
  mutating func handleTimeout() async throws {
    await Task.yield()
    try core.handleTimeout()
  }
  mutating func terminate(_ reason: ExitReason) async {
    await Task.yield()
    core.terminate(reason)
  }
}

/// As modules without the upcoming feature NonisolatedNonsendingByDefault have it.
struct Elsewhere: GenServer {
  typealias Message = Command
  var core: Core
  @concurrent init(_ setup: Core.Setup) async throws { core = try Core(setup) }
  @concurrent mutating func handle(_ message: Command) async throws {
    if case .ask(let reply, let work) = message { return reply(try await work()) }
    try core.handle(message)
  }
  @concurrent mutating func handle(_ signal: Signal) async throws { try core.handle(signal) }
  @concurrent mutating func handleContinue() async throws { try core.handleContinue() }
  @concurrent mutating func handleTimeout() async throws { try core.handleTimeout() }
  @concurrent mutating func terminate(_ reason: ExitReason) async { core.terminate(reason) }
}

final class Object: GenServer {
  typealias Message = Command
  var core: Core
  init(_ setup: Core.Setup) throws { core = try Core(setup) }
  func handle(_ message: Command) throws { try core.handle(message) }
  func handle(_ signal: Signal) throws { try core.handle(signal) }
  func handleContinue() throws { try core.handleContinue() }
  func handleTimeout() throws { try core.handleTimeout() }
  func terminate(_ reason: ExitReason) { core.terminate(reason) }
}

actor Agent: GenServer {
  typealias Message = Command
  var core: Core
  init(_ setup: Core.Setup) async throws {
    await Task.yield()
    core = try Core(setup)
  }
  func handle(_ message: Command) async throws {
    if case .ask(let reply, let work) = message { return reply(try await work()) }
    try core.handle(message)
  }
  func handle(_ signal: Signal) async throws { try core.handle(signal) }
  func handleContinue() async throws { try core.handleContinue() }
  func handleTimeout() async throws { try core.handleTimeout() }
  func terminate(_ reason: ExitReason) async { core.terminate(reason) }
}
