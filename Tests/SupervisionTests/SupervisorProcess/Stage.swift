import ProcessRuntime
import Supervision
import SupervisionTesting
import Synchronization

/// Where the children of a test play: says what their next starts do, and keeps what they did.
///
/// The log has `start b`, `start b fails`, `start b ignored`, and, of children that trap exits, `stop b`.
final class Stage: Sendable {
  /// What a start does other than to succeed.
  enum Start: Sendable {
    case fails, ignored, traps
    /// Init takes so long.
    case takes(Duration)
  }

  /// How a child behaves when it is told to stop.
  enum Manner: Sendable {
    /// It does not trap exits, and is gone at once.
    case plain
    /// It traps exits; its `terminate` writes `stop b`.
    case tidy
    /// It traps exits; its `terminate` takes so long, and then writes `stop b`.
    case slow(Duration)
    /// It traps exits and does not care.
    case deaf
    /// It traps exits and ends with that reason.
    case ends(ExitReason)
  }

  private struct State: Sendable {
    var log: [String] = []
    var starts: [ChildSpec.ID: [Start]] = [:]
    var players: [ChildSpec.ID: ProcessID] = [:]
  }

  private let state = Mutex(State())

  func note(_ text: String) { state.withLock { $0.log.append(text) } }

  /// What has happened since the last look.
  func take() -> [String] {
    state.withLock { state in
      defer { state.log = [] }
      return state.log
    }
  }

  /// The next starts of that child do this.
  func next(_ id: ChildSpec.ID, _ starts: Start...) {
    state.withLock { $0.starts[id, default: []] += starts }
  }

  /// The process that was started last under that id.
  subscript(id: ChildSpec.ID) -> ProcessID? { state.withLock { $0.players[id] } }

  func ref(_ id: ChildSpec.ID) -> ProcessRef<Player.Message>? {
    self[id].map { ProcessRef(unsafelyTyped: $0) }
  }

  /// Sends the child a message.
  func tell(_ id: ChildSpec.ID, _ message: Player.Message) { ref(id)?.send(message) }

  /// A child of this stage.
  func child(
    _ id: ChildSpec.ID, _ manner: Manner = .plain, restart: ChildSpec.Restart = .permanent,
    shutdown: ChildSpec.Shutdown? = nil, significant: Bool = false, kind: ChildSpec.Kind = .worker,
    name: ProcessName<Player.Message>? = nil
  ) -> ChildSpec {
    ChildSpec(id: id, restart: restart, shutdown: shutdown, significant: significant, kind: kind) {
      try await self.start(Part(id: id, manner: manner, stage: self), name)
    }
  }

  /// What the next start of that child is to do.
  func takeStart(_ id: ChildSpec.ID) -> Start? {
    state.withLock { state -> Start? in
      guard let first = state.starts[id]?.first else { return nil }
      state.starts[id]?.removeFirst()
      return first
    }
  }

  private func start(_ part: Part, _ name: ProcessName<Player.Message>?) async throws -> ProcessID? {
    let start = takeStart(part.id)
    switch start {
    case .fails?, .traps?: note("start \(part.id) fails")
    case .ignored?: note("start \(part.id) ignored")
    case .takes?, nil: note("start \(part.id)")
    }
    let process: ProcessID
    switch part.manner {
    case .deaf: process = try await spawnReady { _ in try await suspendForever() }
    case .ends(let reason) where start == nil:
      process = try await spawnReady { inbox in
        _ = try await inbox.signal()
        throw reason
      }
    default: process = try await Player.startLink(name) { try await Player(part, start) }.id
    }
    state.withLock { $0.players[part.id] = process }
    return process
  }
}

/// A linked process that traps exits by the time this returns.
private func spawnReady(
  _ body: @escaping @Sendable (inout Mailbox<Int>) async throws -> Void
) async throws -> ProcessID {
  let ready = Probe<Int>()
  let process = try spawnLink(receiving: Int.self) { inbox in
    CurrentProcess.trapsExits = true
    ready.ref.send(1)
    try await body(&inbox)
  }
  _ = try await ready.next()
  ready.ref.id.exit(.kill)
  return process.id
}

/// One child's part in a test.
struct Part: Sendable {
  let id: ChildSpec.ID
  let manner: Stage.Manner
  let stage: Stage
}

struct Crash: Error, Hashable {}

/// A server that does what it is told.
struct Player: GenServer {
  enum Message: Sendable {
    case end(ExitReason)
    case trap
    case ping(ReplyTo<ChildSpec.ID>)
    case perform(@Sendable () async throws -> Void)
  }

  private let part: Part

  init(_ part: Part, _ start: Stage.Start? = nil) async throws {
    self.part = part
    if case .plain = part.manner {} else { CurrentProcess.trapsExits = true }
    switch start {
    case .fails?: throw Crash()
    case .ignored?: throw StartError.ignored
    case .traps?: trapNow()
    case .takes(let time)?: try await CurrentProcess.sleep(for: time)
    case nil: break
    }
  }

  func handle(_ message: Message) async throws {
    switch message {
    case .end(let reason): throw reason
    case .trap: trapNow()
    case .ping(let reply): reply(part.id)
    case .perform(let body): try await body()
    }
  }

  func terminate(_ reason: ExitReason) async {
    do {
      switch part.manner {
      case .slow(let time) where reason == .shutdown: try await CurrentProcess.sleep(for: time)
      case .tidy where reason == .shutdown: break
      default: return
      }
      part.stage.note("stop \(part.id)")
    } catch {
      // Killed meanwhile.
    }
  }
}

extension Player.Message {
  /// An error leaves its handler.
  static var crash: Self { .end(.failure(Crash())) }
}

/// What Swift ends a program for, and this library a process.
func trapNow() {
  _ = [Int]().randomElement()!
}

extension Supervisor {
  /// The children as text, in start order: `a`, `b stopped`, `c restarting`.
  var line: [String] {
    get async throws {
      try await children().reversed().map { child in
        child.isRestarting ? "\(child.id) restarting" : child.process == nil ? "\(child.id) stopped" : child.id.text
      }
    }
  }

  /// `[specs, active, supervisors, workers]`, as Erlang's suites write it.
  var vector: [Int] {
    get async throws {
      let counts = try await countChildren()
      return [counts.specs, counts.active, counts.supervisors, counts.workers]
    }
  }
}

extension TestNode {
  /// The supervisors' reports so far, as `child_terminated b: reason`.
  var trouble: [String] {
    reports(of: SupervisorErrorReport.self).map { "\($0.report.context) \($0.report.offender.id): \($0.report.reason)" }
  }
}

/// Turns the error of a call into a value.
func error<Result>(of call: () async throws(SupervisorError) -> Result) async -> SupervisorError? {
  do {
    _ = try await call()
    return nil
  } catch {
    return error
  }
}

/// Turns the error of a start into a value.
func startError<Result>(of start: () async throws(StartError) -> Result) async -> StartError? {
  do {
    _ = try await start()
    return nil
  } catch {
    return error
  }
}
