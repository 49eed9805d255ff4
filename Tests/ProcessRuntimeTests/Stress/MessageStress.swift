@_spi(Runtime) @testable import ProcessRuntime
import Supervision
import SupervisionTesting
import Synchronization
import Testing

extension Stress {
  @Suite("Order of signals")
  struct Order {
    @Test("SIG-2, SIG-7: each of many senders on many threads keeps its order, and nothing is lost")
    func senders() async throws {
      let (inOrder, count) = try await onWorkers {
        let done = Journal<(Bool, Int)>()
        let (receiver, _) = try spawnMonitor(receiving: (Int, Int).self) { inbox in
          var last = Array(repeating: -1, count: 8)
          var inOrder = true
          for _ in 0..<8 * 5_000 {
            let (sender, number) = try await inbox.next()
            inOrder = inOrder && number == last[sender] + 1
            last[sender] = number
          }
          done.note((inOrder, last.reduce(0, +)))
        }
        for sender in 0..<8 {
          spawn {
            for number in 0..<5_000 {
              receiver.send((sender, number))
              if number % 500 == 0 { await Task.yield() }
            }
          }
        }
        _ = await receiver.id.exited()
        return done.entries[0]
      }
      #expect(inOrder)
      #expect(count == 8 * 4_999)
    }

    @Test("SIG-3, SIG-6: on many threads as well: a last reply is never overtaken by the down signal")
    func lastReplyStress() async throws {
      let overtaken = Journal<Int>()
      let process = spawn(receiving: Int.self) { inbox in
        let ref = inbox.ref
        for round in 0..<3_000 {
          try spawnMonitor { ref.send(round) }
          guard case .message(round) = try await inbox.receive(), case .signal = try await inbox.receive() else {
            overtaken.note(round)
            return
          }
        }
      }
      #expect(await process.exited() == .normal)
      #expect(overtaken.entries == [])
    }
  }
}

extension Stress {
  @Suite("Aliases")
  struct Alias {
    @Test("ALI-4: of many senders on many threads one gets through a reply alias")
    func replyStress() async throws {
      let counts = Journal<Int>()
      let process = spawn(receiving: Int.self) { inbox in
        for _ in 0..<500 {
          let alias = inbox.replyAlias()
          let senders = (0..<4).map { number in spawn { alias.send(number) } }
          for sender in senders { _ = await sender.exited() }
          counts.note(inbox.ref.id.info?.mailboxLength ?? 0)
          _ = try await inbox.next()
        }
      }
      _ = await process.exited()
      #expect(counts.entries == Array(repeating: 1, count: 500))
    }
  }
}

extension Stress {
  @Suite("Timers")
  struct Timer {
    @Test("TMR-2: on the program's own node, a timer in the past fires at once")
    func pastOnWorkers() async throws {
      try await onWorkers {
        let probe = Probe<Int>()
        probe.ref.send(1, at: ProcessClock.now.advanced(by: .seconds(-1)))
        probe.ref.send(2, after: .milliseconds(1))
        try await probe.expect(1)
        try await probe.expect(2)
        probe.ref.id.exit(.kill)
      }
    }

    @Test("TMR-4, TMR-5: cancelling races firing on many threads: what was cancelled never comes, the rest always")
    func cancelStress() async throws {
      let (cancelled, arrived) = try await onWorkers {
        let probe = Probe<Int>()
        var cancelled: Set<Int> = []
        var fired: Set<Int> = []
        for number in 0..<3_000 {
          let timer = probe.ref.send(number, after: .microseconds(Int.random(in: 0..<50)))
          for _ in 0..<Int.random(in: 0..<5) { await Task.yield() }
          if timer.cancel() != nil { cancelled.insert(number) } else { fired.insert(number) }
        }
        var arrived: Set<Int> = []
        for _ in fired { arrived.insert(try await probe.next()) }
        probe.ref.id.exit(.kill)
        #expect(arrived == fired)
        return (cancelled, arrived)
      }
      #expect(cancelled.isDisjoint(with: arrived))
      #expect(cancelled.count + arrived.count == 3_000)
    }
  }
}
