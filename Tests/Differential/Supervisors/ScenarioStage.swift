import ProcessRuntime
import Supervision
import Synchronization

/// A scenario's recorder: writes down what happens, in order, and knows who is who.
struct ScenarioStage: Sendable {
  /// What the recorder hears.
  ///
  /// Ends come to the same mailbox, so that all stands in the order in which it happened.
  enum Note: Sendable {
    case line(String)
    case watch(ProcessID, ReplyTo<Bool>)
    /// The process has set itself up, and may be told to stop.
    case ready(ProcessID)
    case block(ReplyTo<Bool>)
    case release
    case lines(ReplyTo<[String]>)
  }

  /// What a child is told.
  enum Order: Sendable {
    case exit(ExitReason)
  }

  /// A process of the scenario.
  struct Actor: Sendable {
    let id: String
    let name: String
    let process: ProcessID
    /// Has it end with a reason; nil for supervisors.
    let end: (@Sendable (Scenario.Reason) -> Void)?
    let obeys: Bool
  }

  private let memory: Memory
  let recorder: ProcessRef<Note>
  /// Where workers live; nil: here.
  let elsewhere: (any ChildrenElsewhere)?

  init(elsewhere: (any ChildrenElsewhere)? = nil) {
    let memory = Memory()
    self.memory = memory
    self.elsewhere = elsewhere
    recorder = ProcessRef(unsafelyTyped: spawn(receiving: Note.self) { try await Self.record(&$0, memory) })
  }

  private static func record(_ inbox: inout Mailbox<Note>, _ memory: Memory) async throws {
    var lines: [String] = []
    var ready: Set<ProcessID> = []
    var waiting: [ProcessID: ReplyTo<Bool>] = [:]
    var blocked: ReplyTo<Bool>?
    while true {
      switch try await inbox.receive() {
      case .message(.line(let line)): lines.append(line)
      case .message(.watch(let process, let reply)):
        try CurrentProcess.monitor(process)
        if ready.remove(process) != nil { reply(true) } else { waiting[process] = reply }
      case .message(.ready(let process)):
        if let reply = waiting.removeValue(forKey: process) { reply(true) } else { ready.insert(process) }
      case .message(.block(let reply)): blocked = reply
      case .message(.release):
        blocked?(true)
        blocked = nil
      case .message(.lines(let reply)): reply(lines)
      case .signal(.down(_, let process, let reason)):
        let name = memory.state.withLock { state in
          state.dead.insert(process)
          return state.actors[process]?.name ?? "?"
        }
        lines.append("down \(name) \(reason.term)")
      case .signal: break
      }
    }
  }

  func line(_ text: String) { recorder.send(.line(text)) }

  /// The process enters; when this returns it is watched, and ready.
  func enter(
    _ id: String, _ process: ProcessID, obeys: Bool = false, end: (@Sendable (Scenario.Reason) -> Void)? = nil
  ) async throws {
    memory.state.withLock { state in
      let number = (state.counts[id] ?? 0) + 1
      state.counts[id] = number
      state.last[id] = process
      state.actors[process] = Actor(id: id, name: "\(id)#\(number)", process: process, end: end, obeys: obeys)
    }
    if end == nil || process.remoteNode != nil { recorder.send(.ready(process)) }
    _ = try await recorder.call { .watch(process, $0) }
  }

  func next(_ id: String, _ starts: [Scenario.Start]) {
    memory.state.withLock { $0.starts[id, default: []] += starts }
  }

  /// How the start that is about to be made will go.
  func attempt(_ id: String) -> Scenario.Start {
    let start = memory.state.withLock { state in
      state.starts[id]?.isEmpty == false ? state.starts[id]?.removeFirst() ?? .start : .start
    }
    line("\(start.rawValue) \(id)")
    return start
  }

  /// The one that had the id last, dead or alive.
  func last(_ id: String) -> Actor? {
    memory.state.withLock { state in state.last[id].flatMap { state.actors[$0] } }
  }

  /// Of a process elsewhere only its end tells.
  func living(_ id: String) -> Actor? {
    last(id).flatMap { actor in
      actor.process.isAlive && !memory.state.withLock { $0.dead.contains(actor.process) } ? actor : nil
    }
  }

  /// All that have entered.
  var everybody: [ProcessID] { memory.state.withLock { Array($0.actors.keys) } }

  /// A worker understands no calls to a supervisor.
  func lastSupervisor(_ id: String) -> Actor? {
    last(id).flatMap { $0.end == nil ? $0 : nil }
  }

  func name(of process: ProcessID?) -> String {
    process.flatMap { process in memory.state.withLock { $0.actors[process]?.name } } ?? "undefined"
  }

  /// Those that take no orders, by id.
  var supervisors: [Actor] {
    let actors = memory.state.withLock { state in state.last.values.compactMap { state.actors[$0] } }
    return actors.filter { $0.end == nil && $0.process.isAlive }.sorted { $0.id < $1.id }
  }

  private final class Memory: Sendable {
    struct State: Sendable {
      var actors: [ProcessID: Actor] = [:]
      var last: [String: ProcessID] = [:]
      var counts: [String: Int] = [:]
      var starts: [String: [Scenario.Start]] = [:]
      var dead: Set<ProcessID> = []
    }

    let state = Mutex(State())
  }
}

/// Workers that live on another node.
protocol ChildrenElsewhere: Sendable {
  /// Starts one, which takes the caller for its parent; the caller links to it.
  func start(_ body: Scenario.Body) async throws -> ProcessID
  func end(_ child: ProcessID, _ reason: Scenario.Reason)
}
