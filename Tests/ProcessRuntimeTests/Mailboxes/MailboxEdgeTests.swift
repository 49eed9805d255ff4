import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Bounded mailboxes: at the edges", .timeLimit(.minutes(1)))
struct MailboxEdgeTests {
  @Test("MBX-4, MBX-5: a call that is over leaves its place among those that wait, and is a dead letter")
  func callsLeave() async throws {
    try await withTestNode { node in
      let letters = Journal<DeadLetter.Reason>()
      DeadLetters.monitor { letters.note($0.reason) }
      let target = spawn(receiving: Desk.Message.self, mailbox: .bounded(1, overflow: .suspend)) { inbox in
        CurrentProcess.trapsExits = true
        _ = try await inbox.signal()
        while true { if case .get(let reply) = try await inbox.next() { reply(1) } }
      }
      let ref = ProcessRef<Desk.Message>(unsafelyTyped: target)
      try await node.settle()
      #expect(ref.trySend(.forget) == .accepted)
      let callers = (0..<100).map { _ in spawn { _ = try? await ref.call(timeout: .seconds(1)) { .get($0) } as Int } }
      let victim = spawn { _ = try? await ref.call(timeout: nil) { .get($0) } as Int }
      try await node.settle()
      #expect(target.mailbox?.waitingSenders == 101)
      victim.exit(.kill)
      try await node.settle()
      #expect(target.mailbox?.waitingSenders == 100)
      #expect(letters.takeAll() == [.senderEnded])
      for caller in callers { _ = await caller.exited() }
      try await node.settle()
      #expect(target.mailbox?.waitingSenders == 0)
      #expect(letters.takeAll() == Array(repeating: .mailboxFull, count: 100))
      target.exit(.shutdown("go on"))
      #expect(try await ref.call { .get($0) } == 1)
      #expect(letters.entries.isEmpty)
    }
  }

  @Test("MBX-11: a send that is cancelled while it is being accepted tells what has become of it")
  func cancelled() async throws {
    let handled = Journal<Int>()
    let target = spawn(receiving: Int.self, mailbox: .bounded(100_000, overflow: .suspend)) { inbox in
      while true {
        let number = try await inbox.next()
        if number < 0 { return }
        handled.note(number)
      }
    }
    let ref = ProcessRef<Int>(unsafelyTyped: target)
    var refused: Set<Int> = []
    for number in 0..<2_000 {
      let task = Task { await ref.send(number, within: .seconds(60)) }
      task.cancel()
      if await !task.value.isAccepted { refused.insert(number) }
    }
    #expect(ref.trySend(-1) == .accepted)
    #expect(await target.exited() == .normal)
    #expect(refused.isDisjoint(with: handled.entries))
    #expect(handled.entries.count + refused.count == 2_000)
  }

  @Test("MBX-3: dropping the oldest looks at each message once, however many its process has collected")
  func dropsInOrder() async throws {
    try await withTestNode { node in
      let count = 120_000
      let clerk = try await Clerk(.bounded(count, overflow: .dropOldest))
      for number in 0..<count { clerk.ref.send(number) }
      try await node.settle()
      // All of these are collected, and go one by one.
      for number in count..<(2 * count - 1) { clerk.ref.send(number) }
      #expect(clerk.ref.id.mailbox?.dropped == UInt64(count - 1))
      clerk.permit()
      try await node.settle()
      #expect(clerk.seen.entries == [count - 1])
      // The process has found those that were dropped: the next to go is looked for anew.
      for number in 0..<3 { clerk.ref.send(number) }
      clerk.permit()
      try await node.settle()
      #expect(clerk.seen.entries == [count - 1, count + 2])
    }
  }

  @Test("MBX-9: a message that was dropped is told once, also if its process ends before it has found it")
  func droppedOnce() async throws {
    try await withTestNode { node in
      let letters = Journal<String>()
      DeadLetters.monitor { letters.note("\($0.message) \($0.reason)") }
      let clerk = try await Clerk(.bounded(2, overflow: .dropOldest))
      for number in [1, 2] { clerk.ref.send(number) }
      try await node.settle()
      clerk.ref.send(3)
      clerk.ref.id.exit(.kill)
      try await node.settle()
      #expect(letters.entries == ["1 dropped", "2 noProcess", "3 noProcess"])
    }
  }

  @Test("MBX-12: who waits for a place gets it when the bound is raised, or taken away", arguments: [true, false])
  func raised(isTakenAway: Bool) async throws {
    try await withTestNode { node in
      let target = spawn(receiving: Int.self, mailbox: .bounded(1, overflow: .suspend)) { inbox in
        CurrentProcess.trapsExits = true
        _ = try await inbox.signal()
        CurrentProcess.mailboxPolicy = isTakenAway ? .off : .bounded(3, overflow: .suspend)
        try await suspendForever()
      }
      let ref = ProcessRef<Int>(unsafelyTyped: target)
      let accepted = Journal<Int>()
      for number in 0..<5 {
        spawn { if await ref.send(number, within: nil).isAccepted { accepted.note(number) } }
        try await node.settle()
      }
      #expect(accepted.entries == [0])
      target.exit(.shutdown("go on"))
      try await node.settle()
      #expect(accepted.entries.sorted() == (isTakenAway ? [0, 1, 2, 3, 4] : [0, 1, 2]))
      #expect(target.mailbox?.waitingSenders == (isTakenAway ? 0 : 2))
    }
  }

  @Test("MBX-9, MBX-10: a monitor ends with the process that has asked for it, and on demand")
  func monitorsEnd() async throws {
    try await withTestNode { node in
      func relays() -> Int { ProcessID.all.count { ["dead letters", "mailbox alarms"].contains($0.label) } }
      let owner = spawn {
        DeadLetters.monitor { _ in }
        MailboxAlarms.monitor { _ in }
        try await suspendForever()
      }
      try await node.settle()
      #expect(relays() == 2)
      owner.exit(.kill)
      try await node.settle()
      #expect(relays() == 0)
      let monitor = DeadLetters.monitor { _ in }
      try await node.settle()
      #expect(relays() == 1)
      monitor.demonitor()
      try await node.settle()
      #expect(relays() == 0)
    }
  }

  @Test("MBX-13: what no report has told of is reported when the process ends")
  func lossesAtEnd() async throws {
    try await withTestNode { node in
      let clerk = try await Clerk(.bounded(1, overflow: .reject))
      for number in 0..<5 { clerk.ref.send(number) }
      clerk.ref.id.exit(.kill)
      #expect(node.reports(of: OverflowReport.self).map(\.messages) == [1, 3])
    }
  }
}
