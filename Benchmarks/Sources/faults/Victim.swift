import Supervision
import Synchronization

/// What is to be done inside the victim, and when it was begun.
struct Deed: Sendable {
  let begin = Instants()
  let body: @Sendable () async throws -> Void
}

/// Nanoseconds, written once by whoever comes first.
final class Instants: Sendable {
  private let value = Atomic<Int>(0)
  func note() { _ = value.compareExchange(expected: 0, desired: OS.now(), ordering: .relaxed) }
  func set() { value.store(OS.now(), ordering: .relaxed) }
  var nanoseconds: Int { value.load(ordering: .relaxed) }
}

/// The server that does it.
struct Victim: GenServer {
  enum Message: Sendable {
    case act(Deed, ReplyTo<Bool>)
    case ping(ReplyTo<Bool>)
  }

  /// What it holds: an object whose end may be made to fault.
  private let held: Held?
  private let atEnd: (@Sendable () -> Void)?

  init(policy: FaultPolicy? = nil, held: Held? = nil, atEnd: (@Sendable () -> Void)? = nil) {
    if let policy { CurrentProcess.faultPolicy = policy }
    self.held = held
    self.atEnd = atEnd
  }

  func handle(_ message: Message) async throws {
    switch message {
    case .act(let deed, let reply):
      deed.begin.note()
      try await deed.body()
      reply(true)
    case .ping(let reply): reply(true)
    }
  }

  func terminate(_ reason: ExitReason) async { atEnd?() }
}

extension ProcessName where Message == Victim.Message {
  static var victim: Self { "victim" }
}

/// Faults when it goes, if it is told to.
final class Held: Sendable {
  private let atEnd: @Sendable () -> Void
  init(_ atEnd: @escaping @Sendable () -> Void) { self.atEnd = atEnd }
  deinit { atEnd() }
}
