import Supervision
import SupervisionTesting
import Synchronization
import Testing

/// What came of a call, in a word or two: the value, or the error's kind.
func outcome<Value>(_ call: () async throws(CallError) -> Value) async -> String {
  do {
    return "\(try await call())"
  } catch {
    switch error.kind {
    case .exited(let reason): return "exited(\(reason))"
    case .deadlock(let path): return "deadlock(\(path.count))"
    default: return "\(error.kind)"
    }
  }
}

/// What came of a start: `started`, or the error's kind.
func startOutcome<Value>(_ start: () async throws(StartError) -> Value) async -> String {
  do {
    _ = try await start()
    return "started"
  } catch {
    switch error.kind {
    case .failed(let reason): return "failed(\(reason))"
    default: return "\(error.kind)"
    }
  }
}

extension ProcessRef where Message == Command {
  func get(timeout: Duration? = .seconds(5)) async throws(CallError) -> Int {
    try await call(timeout: timeout) { .get($0) }
  }
}

/// Runs `body` once for each of a hundred interleavings.
func everySeed(_ body: @escaping @Sendable (TestNode) async throws -> Void) async throws {
  try await withTestNodes(seeds: 0..<100, body)
}

extension Probe where Message == String {
  /// What was told so far, once everybody has settled.
  func all(_ node: TestNode) async throws -> [String] {
    try await node.settle()
    var texts: [String] = []
    while !isEmpty { texts.append(try await next()) }
    return texts
  }
}

/// Tells how many of its kind live.
final class Witness: Sendable {
  let count: Count

  final class Count: Sendable {
    private let number = Atomic(0)
    var alive: Int { number.load(ordering: .sequentiallyConsistent) }
    func add(_ change: Int) { number.add(change, ordering: .sequentiallyConsistent) }
  }

  init(_ count: Count) {
    self.count = count
    count.add(1)
  }

  deinit { count.add(-1) }
}

/// Runs `body` in a process that traps exits and has a mailbox, and waits for it.
func inTrappingProcess(
  _ body: @escaping @Sendable (inout Mailbox<String>) async throws -> Void
) async throws {
  let done = Mutex<(any Error)?>(nil)
  let finished = Mutex(false)
  let process = spawn(receiving: String.self) { inbox in
    CurrentProcess.trapsExits = true
    do {
      try await body(&inbox)
      finished.withLock { $0 = true }
    } catch {
      done.withLock { $0 = error }
    }
  }
  let reason = await process.exited()
  if let error = done.withLock({ $0 }) { throw error }
  try #require(finished.withLock { $0 }, "the process ended early: \(reason)")
}

extension Mailbox {
  /// Fails if anything comes.
  func requireNothing(within time: Duration) async throws {
    let stray: Received<Message>
    do {
      stray = try await receive(within: time)
    } catch MailboxError.timeout {
      return
    }
    throw Failure("stray: \(stray)")
  }
}
