import ProcessRuntime
import Supervision
import SupervisionTesting
import Synchronization

extension Program {
  func run() async throws -> [String] {
    try await withTestNode(seed: seed) { node in
      let stage = ProgramStage()
      for slot in 0..<3 { stage.enter(slot, spawnReceiving(stage, slot)) }
      for step in steps {
        stage.line("-- p\(step.process)")
        guard let process = stage.process(step.process) else { continue }
        process.send(.run(step.operations))
        try await node.settle()
        stage.noteEnds()
      }
      return stage.lines
    }
  }
}

/// What a program's processes are sent.
enum Packet: Sendable {
  case run([Program.Operation])
  case mail(from: Int, Int)
}

/// A process that does what it is told, and leaves its mail where it is.
func spawnReceiving(_ stage: ProgramStage, _ slot: Int) -> ProcessRef<Packet> {
  ProcessRef(unsafelyTyped: spawn(receiving: Packet.self) { try await ProgramProcess(stage, slot).run(&$0) })
}

/// Who is who, and what has happened.
final class ProgramStage: Sendable {
  private struct State: Sendable {
    var processes: [Int: ProcessRef<Packet>] = [:]
    var dead: Set<Int> = []
    var aliases: [Int: ProcessAlias<Packet>] = [:]
    var lines: [String] = []
  }

  private let state = Mutex(State())

  var lines: [String] { state.withLock { $0.lines } }

  func line(_ text: String) { state.withLock { $0.lines.append(text) } }

  func enter(_ slot: Int, _ process: ProcessRef<Packet>) { state.withLock { $0.processes[slot] = process } }

  func process(_ slot: Int) -> ProcessRef<Packet>? { state.withLock { $0.processes[slot] } }

  func name(of process: ProcessID) -> String {
    state.withLock { state in state.processes.first { $1.id == process }.map { "p\($0.key)" } } ?? "unknown"
  }

  func share(_ number: Int, _ alias: ProcessAlias<Packet>) { state.withLock { $0.aliases[number] = alias } }

  func alias(_ number: Int) -> ProcessAlias<Packet>? { state.withLock { $0.aliases[number] } }

  /// Writes down who has died since the last time.
  func noteEnds() {
    state.withLock { state in
      let ended = state.processes.filter { !state.dead.contains($0.key) && !$0.value.id.isAlive }.map(\.key)
      state.dead.formUnion(ended)
      state.lines += ended.map { slot in
        "dead p\(slot) \(state.processes[slot]?.id.reasonIfDead.term ?? "?")"
      }.sorted()
    }
  }
}
