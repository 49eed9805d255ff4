import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Bounded mailboxes: races", .timeLimit(.minutes(2)))
struct MailboxRaceTests {
  /// What became of each message: handled, told to its sender, or a dead letter.
  private struct Ledger {
    let handled = Journal<Int>()
    let letters = Journal<Int>()
    let results = Journal<(Int, SendResult)>()
  }

  @Test(
    "MBX-11: of all that is sent, each is handled or a dead letter, once; order is kept, and each sender resumes once",
    arguments: MailboxPolicy.Overflow.allCases)
  func ledger(overflow: MailboxPolicy.Overflow) async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let ledger = Ledger()
      DeadLetters.monitor { ledger.letters.note($0.message as? Int ?? -1) }
      let target = spawn(receiving: Int.self, mailbox: .bounded(3, overflow: overflow)) { inbox in
        while true {
          ledger.handled.note(try await inbox.next())
          if ledger.handled.entries.count % 5 == 0 { try await CurrentProcess.sleep(for: .nanoseconds(1)) }
        }
      }
      let ref = ProcessRef<Int>(unsafelyTyped: target)
      let senders = (0..<5).map { sender in
        spawn {
          for number in 0..<8 {
            let message = sender * 100 + number
            let limit: Duration? = number % 4 == 3 ? .nanoseconds(3) : nil
            ledger.results.note((message, await ref.send(message, within: limit)))
          }
        }
      }
      // One sender is killed, and then the target; or not.
      let killer = spawn {
        try await CurrentProcess.sleep(for: .nanoseconds(2))
        senders[0].exit(.kill)
        try await CurrentProcess.sleep(for: .nanoseconds(4))
        target.exit(.kill)
      }
      for process in senders + [killer, target] { _ = await process.exited() }
      try await node.settle()
      let (handled, letters) = (ledger.handled.entries, ledger.letters.entries)
      let results = ledger.results.entries
      #expect(Set(handled).count == handled.count && Set(letters).count == letters.count)
      #expect(Set(handled).isDisjoint(with: letters))
      // Each send has come back, once; the killed sender's may have come back behind the fence.
      #expect(Set(results.map(\.0)).count == results.count)
      #expect(results.count == 40)
      // The one message that the target had taken and not noted when it was killed may be in neither list.
      let lost = Set(results.map(\.0)).subtracting(handled).subtracting(letters)
      #expect(lost.count <= 1, "\(lost)")
      for (message, result) in results where !result.isAccepted {
        #expect(!handled.contains(message), "\(message) \(result)")
        #expect(letters.contains(message), "\(message) \(result)")
      }
      for sender in 0..<5 {
        let own = handled.filter { $0 / 100 == sender }
        #expect(own == own.sorted())
      }
    }
  }

  @Test("MBX-11: the same with all workers of the program")
  func onAllWorkers() async throws {
    for overflow in MailboxPolicy.Overflow.allCases {
      let handled = Journal<Int>()
      let target = spawn(receiving: Int.self, mailbox: .bounded(8, overflow: overflow)) { inbox in
        while true {
          let number = try await inbox.next()
          if number < 0 { return }
          handled.note(number)
        }
      }
      let ref = ProcessRef<Int>(unsafelyTyped: target)
      let accepted = try await onWorkers {
        await withTaskGroup(of: Int.self) { group in
          for sender in 0..<4 {
            let counter = Journal<Bool>()
            let process = spawn {
              for number in 0..<500 where await ref.send(sender * 1_000 + number, within: nil).isAccepted {
                counter.note(true)
              }
            }
            group.addTask {
              _ = await process.exited()
              return counter.entries.count
            }
          }
          return await group.reduce(0, +)
        }
      }
      while await !ref.send(-1, within: nil).isAccepted {}
      #expect(await target.exited() == .normal)
      let numbers = handled.entries
      for sender in 0..<4 {
        let own = numbers.filter { $0 / 1_000 == sender }
        #expect(own == own.sorted())
      }
      if overflow == .dropOldest {
        #expect(numbers.count <= accepted)
      } else {
        #expect(numbers.count == accepted)
      }
      if overflow == .suspend { #expect(accepted == 2_000) }
    }
  }
}
