import Harness
import Supervision

/// A child has started.
struct Up: Sendable {
  let child: Int
  let process: ProcessID
}

/// A supervised counter that tells each time that it has started.
struct Child: GenServer {
  typealias Message = Counter.Message

  private var counter = Counter()

  init(_ child: Int, telling listener: ProcessRef<Up>) throws {
    guard let process = CurrentProcess.id else { throw BenchmarkFailure("a child outside of processes") }
    listener.send(Up(child: child, process: process))
  }

  mutating func handle(_ message: Message) throws { try counter.handle(message) }
}

extension Supervisor {
  /// A supervisor that never gives up.
  static func start(
    unlimited children: [ChildSpec], strategy: Strategy = .oneForOne
  ) async throws(StartError) -> Supervisor {
    try await start(strategy: strategy, intensity: .unlimited) { children }
  }
}

extension Supervisor.Intensity {
  static var unlimited: Self { .restarts(1_000_000_000, within: .seconds(1)) }
}

/// A supervisor as a child of another.
struct Subtree: SupervisorBehaviour {
  let workers: [ChildSpec]
  var intensity: Supervisor.Intensity { .unlimited }
  var children: [ChildSpec] { workers }
}
