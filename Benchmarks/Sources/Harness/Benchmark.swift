package import Supervision

/// One benchmark: a name, a default N, and what one repetition does.
package struct Benchmark: Sendable {
  package let name: String
  package let defaultN: Int
  /// Whether it runs several times: not if what it measures is the memory of a fresh program.
  package private(set) var isRepeated = true

  /// Starts one repetition in a process of its own, which sends what it has measured, and then ends.
  package let start: @Sendable (_ n: Int, _ driver: ProcessRef<Metrics>) throws -> MonitorRef

  /// A benchmark whose process receives messages of one type.
  package init<Message: Sendable>(
    _ name: String, _ n: Int, receiving: Message.Type,
    _ body: @escaping @Sendable (Int, Mailbox<Message>) async throws -> Metrics
  ) {
    self.name = name
    defaultN = n
    start = { n, driver in
      try spawnMonitor(receiving: Message.self) { inbox in driver.send(try await body(n, inbox)) }.monitor
    }
  }

  package var withoutRepetition: Benchmark {
    var copy = self
    copy.isRepeated = false
    return copy
  }

  package var listing: String {
    name + String(repeating: " ", count: max(1, 27 - name.count)) + "\(defaultN)"
  }
}

/// For a process that receives only signals.
package enum Nothing: Sendable {}

/// A message that says that something has happened.
package enum Done: Sendable { case done }

/// A benchmark has seen what must not be.
package struct BenchmarkFailure: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}

package func check(_ condition: Bool, _ failure: @autoclosure () -> String) throws {
  if !condition { throw BenchmarkFailure(failure()) }
}
