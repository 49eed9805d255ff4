import Supervision
import SupervisionTesting
import Testing

@Suite("GenServer: calls in a circle", .timeLimit(.minutes(5)))
struct DeadlockTests {
  /// Each asks the next; the last asks the first.
  private static func ask(
    _ path: ArraySlice<ProcessRef<Command>>, _ last: ProcessRef<Command>, timeout: Duration?
  ) async throws -> Int {
    guard let next = path.first else { return try await last.get(timeout: timeout) }
    return try await next.call(timeout: timeout) {
      .ask($0) { try await ask(path.dropFirst(), last, timeout: timeout) }
    }
  }

  @Test("TL-44: a circle of calls is an error at once, with its path", arguments: Flavour.suspending, [2, 3, 5])
  func circle(_ flavour: Flavour, _ length: Int) async throws {
    try await everySeed { node in
      var servers: [ProcessRef<Command>] = []
      for _ in 0..<length { servers.append(try await flavour.start()) }
      let path = servers
      let text = await outcome { () async throws(CallError) -> Int in
        try await path[0].call(timeout: nil) {
          .ask($0) { try await Self.ask(path.dropFirst(), path[0], timeout: nil) }
        }
      }
      // The last one's call fails, and its error ends one after the other.
      try #require(text.contains("deadlock"), "\(text)")
      for server in path.dropFirst() { try #require(text.contains("\(server)"), "\(text)") }
      try #require(node.elapsed < .seconds(1))
    }
  }

  @Test("a reply that was put off is no deadlock", arguments: Flavour.suspending)
  func putOff(_ flavour: Flavour) async throws {
    try await everySeed { _ in
      let a = try await flavour.start()
      let b = try await flavour.start()
      // b waits for a, but a has passed the reply on.
      let asking = spawn {
        let six: Int = try await b.call(timeout: nil) {
          .ask($0) {
            try await a.call(timeout: nil) { reply in
              .run { _ in
                spawn {
                  try await CurrentProcess.sleep(for: .seconds(1))
                  reply(6)
                }
              }
            }
          }
        }
        guard six == 6 else { throw Failure("\(six)") }
      }
      try await CurrentProcess.sleep(for: .milliseconds(10))
      let answer: Int = try await a.call(timeout: nil) { .ask($0) { try await b.get(timeout: nil) + 1 } }
      try #require(answer == 1)
      let reason = await asking.exited()
      try #require([.normal, .noProcess].contains(reason), "\(reason)")
    }
  }

  @Test("two that call each other at the same moment do not both wait", arguments: Flavour.suspending)
  func bothAtOnce(_ flavour: Flavour) async throws {
    try await everySeed { node in
      let a = try await flavour.start()
      let b = try await flavour.start()
      async let first = outcome { () async throws(CallError) -> Int in
        try await a.call(timeout: nil) { .ask($0) { try await b.get(timeout: nil) } }
      }
      async let second = outcome { () async throws(CallError) -> Int in
        try await b.call(timeout: nil) { .ask($0) { try await a.get(timeout: nil) } }
      }
      let texts = await [first, second]
      let isDeadlock = texts.contains { $0.contains("deadlock") }
      try #require(isDeadlock || texts == ["0", "0"] || texts.contains("noProcess"), "\(texts)")
      try #require(node.elapsed < .seconds(1))
    }
  }
}
