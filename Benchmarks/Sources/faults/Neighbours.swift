import Supervision
import Synchronization

/// Healthy servers and their clients, who call all the time.
final class Neighbours: Sendable {
  struct Seen {
    var calls = 0
    var failed = 0
    var p99 = 0.0
  }

  private struct Server: GenServer {
    enum Message: Sendable { case ping(ReplyTo<Int>) }
    func handle(_ message: Message) {
      switch message {
      case .ping(let reply): reply(OS.now())
      }
    }
  }

  private struct Record: Sendable {
    var latencies: [Int] = []
    var failed = 0
  }

  private let record = Mutex(Record())

  static func start(pairs: Int = 8, pause: Duration = .microseconds(200)) async throws -> Neighbours {
    let neighbours = Neighbours()
    for _ in 0..<pairs {
      let server = try await Server.start { Server() }
      spawn { try await neighbours.callForEver(server, pause) }
    }
    return neighbours
  }

  private func callForEver(_ server: ProcessRef<Server.Message>, _ pause: Duration) async throws {
    while true {
      let began = OS.now()
      let hasAnswer = (try? await server.call { .ping($0) }) != nil
      let time = OS.now() - began
      record.withLock { record in
        if hasAnswer { record.latencies.append(time) } else { record.failed += 1 }
      }
      try await CurrentProcess.sleep(for: pause)
    }
  }

  func reset() async { record.withLock { $0 = Record() } }

  func seen() async -> Seen {
    let record = record.withLock { $0 }
    return Seen(calls: record.latencies.count, failed: record.failed, p99: percentile(record.latencies.sorted(), 0.99))
  }
}
