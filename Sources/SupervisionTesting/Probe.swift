@_spi(Runtime) public import ProcessRuntime
import Synchronization

/// A process that keeps what it is sent, for a test to look at.
///
///     let probe = Probe<String>()
///     worker.send(.store(key: "foo", value: "bar", from: probe.ref))
///     #expect(try await probe.next(within: .seconds(1)) == "hello_friend")
public struct Probe<Message: Sendable>: Sendable {

  /// Where the process under test sends to.
  public let ref: ProcessRef<Message>
  private let seen: Seen<Message>

  /// Starts a probe on the calling process's node.
  ///
  /// - Parameter watching: processes that it monitors: their ends come as signals.
  public init(watching: [ProcessID] = []) {
    let seen = Seen<Message>()
    self.seen = seen
    ref = spawnProbe(seen, watching)
  }

  /// What came next, message or signal.
  ///
  /// - Throws: ``MailboxError/timeout``.
  public func receive(within: Duration = .seconds(5)) async throws -> Received<Message> {
    try await seen.next(within: within)
  }

  /// The next message; signals before it are dropped.
  public func next(within: Duration = .seconds(5)) async throws -> Message {
    while true {
      if case .message(let message) = try await receive(within: within) { return message }
    }
  }

  /// The next signal; messages before it are dropped.
  public func signal(within: Duration = .seconds(5)) async throws -> Signal {
    while true {
      if case .signal(let signal) = try await receive(within: within) { return signal }
    }
  }

  /// Whether nothing is there that was not asked for.
  public var isEmpty: Bool { seen.isEmpty }
}

private func spawnProbe<Message: Sendable>(_ seen: Seen<Message>, _ watching: [ProcessID]) -> ProcessRef<Message> {
  let process = spawn(receiving: Message.self) { inbox in
    for process in watching { try CurrentProcess.monitor(process) }
    while true { seen.add(try await inbox.receive()) }
  }
  return ProcessRef(unsafelyTyped: process)
}

/// What a probe has seen, and who waits for more.
private final class Seen<Message: Sendable>: Sendable {
  private struct State: Sendable {
    var items: [Received<Message>] = []
    var waiters: [WaitTicket] = []
  }

  private let state = Mutex(State())

  var isEmpty: Bool { state.withLock { $0.items.isEmpty } }

  func add(_ item: Received<Message>) {
    let waiters = state.withLock { state in
      state.items.append(item)
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume(returning: ()) }
  }

  func next(within: Duration) async throws -> Received<Message> {
    let node = Node.current
    let deadline = node.clock.now().after(within)
    while true {
      if let item = state.withLock({ $0.items.isEmpty ? nil : $0.items.removeFirst() }) { return item }
      do {
        try await suspend(until: deadline, on: node) { ticket in
          let isThere = state.withLock { state in
            if state.items.isEmpty { state.waiters.append(ticket) }
            return !state.items.isEmpty
          }
          if isThere { ticket.resume(returning: ()) }
        } as Void
      } catch is WaitTimeout {
        throw MailboxError.timeout
      }
    }
  }
}
