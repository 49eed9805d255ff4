import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Bounded mailboxes", .timeLimit(.minutes(1)))
struct BoundedMailboxTests {
  @Test("MBX-1, MBX-2: a full mailbox takes no more, its senders are told, and a call fails at once")
  func reject() async throws {
    try await withTestNode { node in
      let clerk = try await Clerk(.bounded(2, overflow: .reject))
      #expect([1, 2, 3].map { clerk.ref.trySend($0) } == [.accepted, .accepted, .rejected])
      try await node.settle()
      #expect(clerk.ref.trySend(4) == .rejected)
      #expect(clerk.ref.id.mailbox?.counted == 2 && clerk.ref.id.mailbox?.rejected == 2)
      clerk.permit()
      try await node.settle()
      #expect([5, 6].map { clerk.ref.trySend($0) } == [.accepted, .rejected])
      clerk.permit(2)
      try await node.settle()
      #expect(clerk.seen.entries == [1, 2, 5])

      let desk = try await Desk.start(mailbox: .bounded(1, overflow: .reject)) { Desk(1) }
      let first: Request<Int> = desk.sendRequest { .get($0) }
      let second: Request<Int> = desk.sendRequest { .get($0) }
      #expect(second.checkResponse()?.text == "mailboxFull")
      do {
        _ = try await desk.call { .get($0) } as Int
        Issue.record("answered")
      } catch {
        #expect("\(error)".contains("the mailbox is full; call again later"))
      }
      #expect(try await first.receiveResponse() == 1)
      #expect(try await desk.call { .get($0) } == 1)
      #expect(node.elapsed < .seconds(1))
    }
  }

  @Test("MBX-3, MBX-8: what is dropped is the oldest or the newest, order is kept, and callers hear of it at once")
  func drop() async throws {
    try await withTestNode { node in
      let oldest = try await Clerk(.bounded(3, overflow: .dropOldest))
      #expect((1...4).map { oldest.ref.trySend($0) } == Array(repeating: .accepted, count: 4))
      // Collected now: some go from there, and some from the gate.
      try await node.settle()
      #expect((5...9).map { oldest.ref.trySend($0) } == Array(repeating: .accepted, count: 5))
      #expect(oldest.ref.id.mailbox?.dropped == 6 && oldest.ref.id.mailbox?.counted == 3)
      oldest.permit(3)
      try await node.settle()
      #expect(oldest.seen.entries == [7, 8, 9])
      #expect(oldest.ref.trySend(10) == .accepted)

      let newest = try await Clerk(.bounded(3, overflow: .dropNewest))
      #expect((1...5).map { newest.ref.trySend($0) }.suffix(2) == [.dropped, .dropped])
      newest.permit(3)
      try await node.settle()
      #expect(newest.seen.entries == [1, 2, 3])

      let desk = try await Desk.start(mailbox: .bounded(2, overflow: .dropOldest)) { Desk(1) }
      let requests: [Request<Int>] = (0..<4).map { _ in desk.sendRequest { .get($0) } }
      #expect(requests.prefix(2).map { $0.checkResponse()?.text } == ["mailboxFull", "mailboxFull"])
      #expect(try await requests[3].receiveResponse() == 1)
      #expect(try await requests[2].receiveResponse() == 1)
    }
  }

  @Test("MBX-8: calls that are dropped from a server's own queue are answered at once, and not handled")
  func dropCollected() async throws {
    try await withTestNode { node in
      let desk = try await Desk.start(mailbox: .bounded(2, overflow: .dropOldest)) { Desk(1) }
      let other = try await Desk.start { Desk(2) }
      let slow: Request<Int> = desk.sendRequest { .ask($0, other) }
      let waiting: [Request<Int>] = (0..<2).map { _ in desk.sendRequest { .hold($0) } }
      other.id.exit(.kill)
      try await node.settle()
      _ = slow.checkResponse()
      let more: [Request<Int>] = (0..<2).map { _ in desk.sendRequest { .get($0) } }
      #expect(try await more[1].receiveResponse(timeout: .seconds(1)) == 1)
      let ends = waiting.compactMap { $0.checkResponse()?.text }
      #expect(ends.allSatisfy { $0 == "mailboxFull" })
    }
  }

  @Test("MBX-4: senders wait for a place, first come first served", arguments: 0..<50 as Range<UInt64>)
  func suspendInOrder(seed: UInt64) async throws {
    try await withTestNode(seed: seed) { node in
      let clerk = try await Clerk(.bounded(2, overflow: .suspend))
      let journal = Journal<String>()
      for number in 0..<6 {
        spawn {
          try await CurrentProcess.sleep(for: .seconds(number + 1))
          journal.note("\(number) \(await clerk.ref.send(number, within: nil))")
        }
      }
      try await CurrentProcess.sleep(for: .seconds(10))
      #expect(journal.takeAll() == ["0 accepted", "1 accepted"])
      #expect(clerk.ref.id.mailbox?.waitingSenders == 4)
      for number in 2..<6 {
        clerk.permit()
        try await node.settle()
        #expect(journal.takeAll() == ["\(number) accepted"])
        #expect(clerk.ref.id.mailbox?.counted == 2)
      }
      clerk.permit(2)
      try await node.settle()
      #expect(clerk.seen.entries == Array(0..<6))
    }
  }

  @Test("MBX-4: one sender's messages keep their order, and a call waits for its place with them")
  func callWaits() async throws {
    try await withTestNode { node in
      let desk = try await Desk.start(mailbox: .bounded(1, overflow: .suspend)) { Desk(1) }
      let results = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<20 { group.addTask { try await desk.call { .get($0) } } }
        return try await group.reduce(into: 0) { $0 += $1 }
      }
      #expect(results == 20)
      let clerk = try await Clerk(.bounded(1, overflow: .suspend))
      let sender = spawn { for number in 0..<20 { await clerk.ref.send(number, within: nil) } }
      for _ in 0..<20 {
        clerk.permit()
        try await node.settle()
      }
      #expect(await sender.exited() == .normal)
      #expect(clerk.seen.entries == Array(0..<20))
    }
  }

  @Test("MBX-5: a wait for a place ends with its time, its cancellation, its own end, and the target's end")
  func waitEnds() async throws {
    try await withTestNode { node in
      let clerk = try await Clerk(.bounded(1, overflow: .suspend))
      #expect(await clerk.ref.send(1, within: nil) == .accepted)
      let before = node.elapsed
      #expect(await clerk.ref.send(2, within: .seconds(3)) == .rejected)
      #expect(node.elapsed - before >= .seconds(3))
      #expect(await clerk.ref.send(2, within: .zero) == .rejected)
      let journal = Journal<SendResult>()
      let killed = spawn { journal.note(await clerk.ref.send(3, within: nil)) }
      try await node.settle()
      killed.exit(.kill)
      _ = await killed.exited()
      try await node.settle()
      #expect(journal.takeAll() == [.senderEnded] && clerk.ref.id.mailbox?.waitingSenders == 0)
      try await withThrowingTaskGroup(of: SendResult.self) { group in
        group.addTask { await clerk.ref.send(4, within: nil) }
        try await node.settle()
        group.cancelAll()
        let result = try await group.next()
        #expect(result == .cancelled)
      }
      let waiting = spawn { journal.note(await clerk.ref.send(5, within: nil)) }
      try await node.settle()
      clerk.ref.id.exit(.kill)
      #expect(await waiting.exited() == .normal)
      #expect(journal.takeAll() == [.noProcess])
      #expect(await clerk.ref.send(6, within: nil) == .noProcess && clerk.ref.trySend(6) == .noProcess)
      #expect(clerk.seen.entries.isEmpty)
    }
  }

  @Test("MBX-6: a plain send to a full mailbox never waits, and is told as a dead letter")
  func plainSend() async throws {
    try await withTestNode { node in
      let letters = Journal<String>()
      DeadLetters.monitor { letters.note("\($0.message) \($0.reason)") }
      let clerk = try await Clerk(.bounded(1, overflow: .suspend))
      for number in 1...3 { clerk.ref.send(number) }
      try await node.settle()
      #expect(letters.entries == ["2 mailboxFull", "3 mailboxFull"])
      clerk.permit(3)
      try await node.settle()
      #expect(clerk.seen.entries == [1])
    }
  }

  @Test("MBX-7: signals and orders of the library are neither counted nor dropped, and keep their place")
  func ownLane() async throws {
    try await withTestNode { node in
      let desk = try await Desk.start(mailbox: .bounded(1, overflow: .reject)) { Desk(1) }
      desk.send(.forget)
      try await desk.stop(timeout: .seconds(1))

      let seen = Journal<String>()
      let others = (0..<5).map { _ in sleeper() }
      let process = spawn(receiving: Int.self, mailbox: .bounded(1, overflow: .dropOldest)) { inbox in
        for other in others { try CurrentProcess.monitor(other) }
        try await CurrentProcess.sleep(for: .seconds(1))
        for _ in 0..<6 {
          switch try await inbox.receive() {
          case .message(let number): seen.note("\(number)")
          case .signal(let signal): seen.note(signal.text)
          }
        }
      }
      try await node.settle()
      let ref = ProcessRef<Int>(unsafelyTyped: process)
      for (number, other) in others.enumerated() {
        other.exit(.shutdown)
        ref.send(number)
      }
      #expect(await process.exited() == .normal)
      #expect(seen.entries == Array(repeating: "down shutdown", count: 5) + ["4"])
    }
  }

  @Test("MBX-12: a policy comes with spawn, start, a child specification, or in init, and can change")
  func whereItComesFrom() async throws {
    try await withTestNode { node in
      let policy = MailboxPolicy.bounded(3, overflow: .reject)
      #expect(policy.description == "bounded to 3, reject")
      let linked = spawn {
        let child = try spawnLink(receiving: Int.self, mailbox: policy) { _ in try await suspendForever() }
        #expect(child.id.mailbox?.policy == policy)
      }
      _ = await linked.exited()
      _ = try await Supervisor.start(strategy: .oneForOne) { ChildSpec(.desk) { Desk(1) }.mailbox(policy) }
      #expect(ProcessName.desk.whereis?.mailbox?.policy == policy)
      let process = spawn(receiving: Int.self) { inbox in
        CurrentProcess.mailboxPolicy = .bounded(1, overflow: .suspend)
        try await CurrentProcess.sleep(for: .seconds(1))
        CurrentProcess.mailboxPolicy = .off
        while true { _ = try await inbox.next() }
      }
      let ref = ProcessRef<Int>(unsafelyTyped: process)
      try await node.settle()
      #expect([1, 2].map { ref.trySend($0) } == [.accepted, .rejected])
      let journal = Journal<SendResult>()
      let waiting = spawn { journal.note(await ref.send(3, within: nil)) }
      try await node.settle()
      #expect(journal.entries.isEmpty)
      #expect(await waiting.exited() == .normal)
      #expect(journal.entries == [.accepted] && node.elapsed >= .seconds(1))
      MailboxPolicy.program = .bounded(5, overflow: .reject)
      defer { MailboxPolicy.program = .warn(above: 100_000) }
      #expect(MailboxPolicy.program == .warn(above: 5))
    }
  }

  @Test("MBX-14: a wait for a place that could only last for ever is an error at once")
  func deadlocks() async throws {
    try await withTestNode { node in
      let journal = Journal<SendResult>()
      let own = spawn(receiving: Int.self, mailbox: .bounded(1, overflow: .suspend)) { inbox in
        journal.note(await inbox.ref.send(1, within: nil))
        journal.note(await inbox.ref.send(2, within: nil))
      }
      #expect(await own.exited() == .normal)
      #expect(journal.takeAll() == [.accepted, .deadlock])
      let refs = Journal<ProcessRef<Int>>()
      for number in 0..<2 {
        let process = spawn(receiving: Int.self, mailbox: .bounded(1, overflow: .suspend)) { inbox in
          try await CurrentProcess.sleep(for: .seconds(1))
          let other = refs.entries[1 - number]
          journal.note(await other.send(1, within: nil))
          journal.note(await other.send(2, within: nil))
          _ = try await inbox.next()
          try await suspendForever()
        }
        refs.note(ProcessRef(unsafelyTyped: process))
      }
      try await CurrentProcess.sleep(for: .seconds(5))
      #expect(journal.entries.filter { $0 == .deadlock }.count == 1)
      #expect(journal.entries.filter { $0 == .accepted }.count == 3)
    }
  }
}
