import Supervision

/// One benchmark: a name, a default N, and what one repetition does.
struct Benchmark: Sendable {
  let name: String
  let defaultN: Int
  /// Whether it runs several times: not if what it measures is the memory of a fresh program.
  private(set) var isRepeated = true

  /// Starts one repetition in a process of its own, which sends what it has measured, and then ends.
  let start: @Sendable (_ n: Int, _ driver: ProcessRef<Metrics>) throws -> MonitorRef

  /// A benchmark whose process receives messages of one type.
  init<Message: Sendable>(
    _ name: String, _ n: Int, receiving: Message.Type,
    _ body: @escaping @Sendable (Int, Mailbox<Message>) async throws -> Metrics
  ) {
    self.name = name
    defaultN = n
    start = { n, driver in
      try spawnMonitor(receiving: Message.self) { inbox in driver.send(try await body(n, inbox)) }.monitor
    }
  }

  var withoutRepetition: Benchmark {
    var copy = self
    copy.isRepeated = false
    return copy
  }

  var listing: String {
    name + String(repeating: " ", count: max(1, 27 - name.count)) + "\(defaultN)"
  }

  static var all: [Benchmark] {
    spawning + idle + idleSupervised + calls + rings + restarts + trees + names + registries + timers + latency
      + crashStorm + flood + crashAll + terms + coding + scale + million + floors
  }
}

/// For a process that receives only signals.
enum Nothing: Sendable {}

/// A message that says that something has happened.
enum Done: Sendable { case done }

/// A benchmark has seen what must not be.
struct BenchmarkFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

func check(_ condition: Bool, _ failure: @autoclosure () -> String) throws {
  if !condition { throw BenchmarkFailure(failure()) }
}
