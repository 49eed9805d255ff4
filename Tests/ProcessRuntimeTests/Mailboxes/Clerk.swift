import ProcessRuntime
import Supervision

/// A process whose mailbox is bounded, and that handles what it is let handle.
struct Clerk {
  let ref: ProcessRef<Int>
  /// What it has handled.
  let seen = Journal<Int>()

  init(_ policy: MailboxPolicy) async throws {
    let (seen, isReady) = (seen, Journal<Bool>())
    let process = spawn(receiving: Int.self, mailbox: policy) { inbox in
      CurrentProcess.trapsExits = true
      isReady.note(true)
      while true {
        // A signal for each message: signals pass the bound.
        _ = try await inbox.signal { $0.exitReason == .shutdown("permit") }
        seen.note(try await inbox.next())
      }
    }
    ref = ProcessRef(unsafelyTyped: process)
    while isReady.entries.isEmpty { try await CurrentProcess.sleep(for: .nanoseconds(1)) }
  }

  /// It handles so many more.
  func permit(_ count: Int = 1) {
    for _ in 0..<count { ref.id.exit(.shutdown("permit")) }
  }
}
