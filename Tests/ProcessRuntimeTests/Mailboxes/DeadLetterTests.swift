import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Dead letters and alarms", .timeLimit(.minutes(1)))
struct DeadLetterTests {
  @Test("MBX-9: every message that nobody handles is a dead letter with its reason; nobody listens, nothing is told")
  func reasons() async throws {
    try await withTestNode { node in
      let letters = Journal<String>()
      let name: ProcessName<Int> = "nobody"
      name.send(0)
      let monitor = DeadLetters.monitor { letter in
        letters.note("\(letter.message) \(letter.reason) \(letter.name ?? "-") \(letter.target == nil)")
      }
      name.send(1)
      #expect(throws: NameError.self) { try name.trySend(2) }
      let clerk = try await Clerk(.bounded(2, overflow: .dropOldest))
      for number in 3...5 { clerk.ref.send(number) }
      clerk.ref.id.exit(.kill)
      try await node.settle()
      clerk.ref.send(6)
      let other = try await Clerk(.bounded(1, overflow: .reject))
      let fenced = spawn {
        CurrentProcess.id?.exit(.kill)
        other.ref.send(7)
      }
      _ = await fenced.exited()
      try await node.settle()
      #expect(
        letters.takeAll().sorted() == [
          "1 noProcess nobody true", "2 noProcess nobody true", "3 dropped - false", "4 noProcess - false",
          "5 noProcess - false", "6 noProcess - false", "7 senderEnded - false",
        ])
      monitor.demonitor()
      clerk.ref.send(8)
      try await node.settle()
      #expect(letters.entries.isEmpty)
    }
  }

  @Test("MBX-9: letters that the listener itself brings about, or that are about letters, are not told")
  func noLoop() async throws {
    try await withTestNode { node in
      let clerk = try await Clerk(.bounded(1, overflow: .dropNewest))
      let letters = Journal<Int>()
      DeadLetters.monitor { letter in
        letters.note(letter.message as? Int ?? -1)
        clerk.ref.send(100)
      }
      let second = spawn { DeadLetters.monitor { _ in } }
      _ = await second.exited()
      for number in 1...3 { clerk.ref.send(number) }
      try await node.settle()
      #expect(letters.entries == [2, 3])
    }
  }

  @Test("MBX-10: an alarm is set when a mailbox is full, once, and cleared when half of it is handled")
  func alarms() async throws {
    try await withTestNode { node in
      let alarms = Journal<String>()
      MailboxAlarms.monitor { alarms.note("\($0.isSet ? "set" : "cleared") \($0.messages) of \($0.limit)") }
      let clerk = try await Clerk(.bounded(4, overflow: .reject))
      for number in 1...3 { clerk.ref.send(number) }
      try await node.settle()
      #expect(alarms.entries.isEmpty)
      for number in 4...6 { clerk.ref.send(number) }
      try await node.settle()
      #expect(alarms.takeAll() == ["set 4 of 4"])
      clerk.permit()
      try await node.settle()
      clerk.ref.send(7)
      try await node.settle()
      #expect(alarms.entries.isEmpty)
      clerk.permit(2)
      try await node.settle()
      #expect(alarms.takeAll() == ["cleared 2 of 4"])
      for number in 8...9 { clerk.ref.send(number) }
      try await node.settle()
      #expect(alarms.takeAll() == ["set 4 of 4"])
    }
  }

  @Test("MBX-10: a mailbox without a bound has its alarm too, cleared before it rests")
  func unbounded() async throws {
    try await withTestNode { node in
      let alarms = Journal<Bool>()
      MailboxAlarms.monitor { alarms.note($0.isSet) }
      let process = spawn(receiving: Int.self, mailbox: .warn(above: 10)) { inbox in
        try await CurrentProcess.sleep(for: .seconds(1))
        while true { _ = try await inbox.next() }
      }
      try await node.settle()
      for number in 0..<20 { ProcessRef<Int>(unsafelyTyped: process).send(number) }
      try await node.settle()
      #expect(alarms.entries == [true])
      try await CurrentProcess.sleep(for: .seconds(2))
      #expect(alarms.entries == [true, false])
    }
  }

  @Test("MBX-13: losses are counted, and reported at once, then at most every five seconds, none forgotten")
  func reports() async throws {
    try await withTestNode { node in
      let clerk = try await Clerk(.bounded(2, overflow: .dropNewest))
      for number in 0..<12 { clerk.ref.send(number) }
      #expect(clerk.ref.id.mailbox?.dropped == 10)
      #expect(node.reports(of: OverflowReport.self).map(\.messages) == [1])
      try await CurrentProcess.sleep(for: .seconds(6))
      clerk.ref.send(12)
      #expect(node.reports(of: OverflowReport.self).map(\.messages) == [1, 10])
      clerk.ref.send(13)
      clerk.permit(2)
      try await node.settle()
      #expect(node.reports(of: OverflowReport.self).map(\.messages) == [1, 10, 1])
      #expect(node.reports(of: OverflowReport.self).first?.text.contains("1 message was lost") == true)
    }
  }
}
