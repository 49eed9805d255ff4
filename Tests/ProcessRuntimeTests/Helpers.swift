@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Something to die of.
struct Broken: Error, Equatable {
  var why = "broken"
}

/// What happened, in order, written from any process.
final class Journal<Entry: Sendable>: Sendable {
  private let seen = Mutex<[Entry]>([])
  func note(_ entry: Entry) { seen.withLock { $0.append(entry) } }
  var entries: [Entry] { seen.withLock { $0 } }
  func takeAll() -> [Entry] {
    seen.withLock { seen in
      defer { seen = [] }
      return seen
    }
  }
}

/// A process that waits for ever, until something ends it.
@discardableResult
func sleeper() -> ProcessID {
  spawn { try await suspendForever() }
}

/// Runs `body` as a process of the program's own node, on all of its workers, and hands out what it returns or throws.
func onWorkers<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
  let outcome = Mutex<Swift.Result<Result, any Error>?>(nil)
  let process = spawn {
    do {
      let result = try await body()
      outcome.withLock { $0 = .success(result) }
    } catch {
      outcome.withLock { $0 = .failure(error) }
    }
  }
  let reason = await process.exited()
  guard let result = outcome.withLock({ $0 }) else { throw reason }
  return try result.get()
}

/// A thread that ends the processes it is given, at the same time as whoever gives them goes on.
final class Reaper: Sendable {
  private let victims = Journal<ProcessID>()
  private let orders = Journal<Bool>()

  init() {
    Thread.start(named: "reaper") { [victims, orders] in
      while orders.entries.isEmpty {
        for victim in victims.takeAll() { victim.exit(.shutdown) }
        sched_yield()
      }
    }
  }

  /// Returns when the process is dead, or soon before or after, or a little later.
  func end(_ process: ProcessID) {
    victims.note(process)
    var patience = Int.random(in: 0..<2_000)
    while process.isAlive, patience > 0 { patience -= 1 }
    for _ in 0..<Int.random(in: 0..<100) { _ = process.isAlive }
  }

  func stop() { orders.note(true) }
}

extension Mailbox {
  /// The signals that are there now.
  func queuedSignals() async throws -> [Signal] {
    var signals: [Signal] = []
    while true {
      do {
        signals.append(try await signal(within: .zero))
      } catch let error as MailboxError where error == .timeout {
        return signals
      }
    }
  }
}

extension Signal {
  /// `exit` or `down`, and the reason.
  var text: String {
    switch self {
    case .exit(_, let reason): "exit \(reason)"
    case .down(_, _, let reason): "down \(reason)"
    }
  }

  var exitReason: ExitReason? { if case .exit(_, let reason) = self { reason } else { nil } }
  var downReason: ExitReason? { if case .down(_, _, let reason) = self { reason } else { nil } }
}

extension Probe where Message: Equatable {
  /// The next message is this one.
  func expect(_ expected: Message, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let message = try await next()
    #expect(message == expected, sourceLocation: sourceLocation)
  }
}
