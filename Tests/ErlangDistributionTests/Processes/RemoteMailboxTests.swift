import ErlangDistribution
import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Synchronization
import Testing

@Suite("Bounded mailboxes, and what other nodes send", .timeLimit(.minutes(1)))
struct RemoteMailboxTests {
  private final class Seen: Sendable {
    let numbers = Mutex<[Int]>([])
    func note(_ number: Int) { numbers.withLock { $0.append(number) } }
  }

  @Test("MBX-1, MBX-2: messages of other nodes are counted, and a call that finds no place ends at once")
  func rejected() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let seen = Seen()
      let process = spawn(receiving: Int.self, mailbox: .bounded(1, overflow: .reject)) { inbox in
        try await CurrentProcess.sleep(for: .seconds(1))
        while true { seen.note(try await inbox.next()) }
      }
      let own = ProcessTarget.pid(rig.node.pid(of: process))
      try rig.send(1, to: own)
      try rig.send(2, to: own)
      try rig.call(own, 3)
      try await node.settle()
      let sent = rig.peer.takeSent().map(\.text)
      #expect(sent.count == 1 && sent[0].hasSuffix("mailbox_full"))
      try await CurrentProcess.sleep(for: .seconds(2))
      #expect(seen.numbers.withLock { $0 } == [1])
    }
  }

  @Test(
    "MBX-3, MBX-8: what was dropped before anybody had looked into it is never looked into, and its caller hears of it")
  func dropped() async throws {
    try await withTestNode { node in
      let rig = Rig()
      let seen = Seen()
      let process = spawn(receiving: Int.self, mailbox: .bounded(3, overflow: .dropOldest)) { inbox in
        for _ in 0..<5 {
          try await CurrentProcess.sleep(for: .seconds(2))
          seen.note(try await inbox.next())
        }
      }
      let own = ProcessTarget.pid(rig.node.pid(of: process))
      func send(_ numbers: Term...) async throws {
        for number in numbers { try rig.send(number, to: own) }
        try await CurrentProcess.sleep(for: .seconds(2))
      }
      try rig.send(1, to: own)
      try rig.call(own, 2)
      try await send(3)  // 1 is taken
      try await CurrentProcess.sleep(for: .milliseconds(1))
      try await send(4, 5)  // 2 goes, 3 is taken
      let sent = rig.peer.takeSent().map(\.text)
      #expect(sent.count == 1 && sent[0].hasSuffix("mailbox_full"))
      try await send(6, 7)  // 4 goes, 5 is taken
      try await send(8, 9)  // 6 goes
      #expect(await process.exited() == .normal)
      #expect(seen.numbers.withLock { $0 } == [1, 3, 5, 7, 8])
    }
  }
}
