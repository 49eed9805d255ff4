@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Synchronization
import Testing

#if os(Linux)
  import Glibc

  /// One end of a pair of sockets that a poller looks at; the test has the other one.
  private final class Source: PolledSource {
    private let poller: Poller
    private let ends: (own: CInt, other: CInt)
    private let number = Mutex<UInt64?>(nil)
    private let received = Atomic<Int>(0)
    private let isBusy = Atomic<Bool>(false)
    private let onRead: @Sendable () -> Void

    init(_ poller: Poller, onRead: @escaping @Sendable () -> Void = {}) throws {
      var pair: [CInt] = [-1, -1]
      try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0, &pair) == 0)
      ends = (pair[0], pair[1])
      self.poller = poller
      self.onRead = onRead
      let number = try #require(poller.add(ends.own, self))
      self.number.withLock { $0 = number }
      poller.arm(number, ends.own, reads: true, writes: false)
    }

    var count: Int { received.load(ordering: .acquiring) }

    func send() {
      var byte: UInt8 = 1
      #expect(write(ends.other, &byte, 1) == 1)
    }

    func isReady(reads: Bool, writes: Bool, ends hasEnded: Bool) {
      #expect(reads && !hasEnded && !isBusy.exchange(true, ordering: .acquiringAndReleasing))
      var bytes = [UInt8](repeating: 0, count: 64)
      let count = read(ends.own, &bytes, bytes.count)
      onRead()
      isBusy.store(false, ordering: .releasing)
      if count > 0 { received.add(count, ordering: .releasing) }
      if let number = number.withLock({ $0 }) { poller.arm(number, ends.own, reads: true, writes: false) }
    }

    func remove() {
      number.withLock { number in
        if let number { poller.remove(number) }
        number = nil
      }
      close(ends.own)
      close(ends.other)
    }

    func wait(for count: Int) async throws {
      while self.count < count { try await Task.sleep(for: .milliseconds(1)) }
    }
  }

  /// One end of a pair of sockets that only listens, and asks when the test says so.
  private final class Bystander: PolledSource {
    private let poller: Poller
    private let own: CInt
    private let other: CInt
    private let number = Mutex<UInt64>(0)
    private let log = Mutex<[String]>([])

    init(_ poller: Poller) throws {
      var pair: [CInt] = [-1, -1]
      try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0, &pair) == 0)
      (own, other) = (pair[0], pair[1])
      self.poller = poller
      let number = try #require(poller.add(own, self))
      self.number.withLock { $0 = number }
      ask(reads: true)
    }

    var told: [String] { log.withLock { $0 } }

    func ask(reads: Bool, writes: Bool = false) {
      poller.arm(number.withLock { $0 }, own, reads: reads, writes: writes)
    }

    func isReady(reads: Bool, writes: Bool, ends: Bool) {
      log.withLock { $0.append(ends ? "ends" : reads ? "reads" : "writes") }
    }

    func send() {
      var byte: UInt8 = 1
      #expect(write(other, &byte, 1) == 1)
    }

    func remove() { poller.remove(number.withLock { $0 }) }
    func closeOther() { _ = Glibc.close(other) }
    func close() { _ = Glibc.close(own) }
  }

  @Suite("The poller of the workers", .timeLimit(.minutes(1)))
  struct PollerTests {
    private let poller: Poller

    init() throws { poller = try #require(Node.shared.poller) }

    @Test("POLL-1: what comes over a socket is told of once, again and again, and no more after the end")
    func readiness() async throws {
      let source = try Source(poller)
      for count in 1...200 {
        source.send()
        try await source.wait(for: count)
      }
      #expect(source.count == 200)
      source.remove()
      #expect(Node.shared.poller === poller)
    }

    @Test("POLL-1: who does not ask again is told nothing more, however much comes; nor is one that has been removed")
    func once() throws {
      let poller = try #require(Poller())
      let source = try Bystander(poller)
      #expect(poller.look().isEmpty)
      for round in 1...3 {
        source.send()
        let ready = poller.look()
        #expect(!ready.isEmpty)
        ready.tell()
        source.send()
        for _ in 0..<5 { #expect(poller.look().isEmpty) }
        #expect(source.told == Array(repeating: "reads", count: round))
        // What has come before it asks counts.
        source.ask(reads: true)
      }
      source.remove()
      #expect(poller.look().isEmpty)
      source.close()
    }

    @Test("POLL-5: who asks for nothing is told of the other side's end, once, and so is who asks to write")
    func ends() throws {
      let poller = try #require(Poller())
      for writes in [false, true] {
        let source = try Bystander(poller)
        source.ask(reads: false, writes: writes)
        source.send()
        if writes { poller.look().tell() } else { #expect(poller.look().isEmpty) }
        source.ask(reads: false, writes: false)
        source.closeOther()
        poller.look().tell()
        #expect(source.told == (writes ? ["writes", "ends"] : ["ends"]))
        #expect(poller.look().isEmpty)
        source.remove()
        source.close()
      }
    }

    @Test("POLL-2: a socket is looked at although every worker has a turn that does not end")
    func busyWorkers() async throws {
      let source = try Source(poller)
      let turns = EndlessTurns()
      let count = Node.defaultWorkers + 2
      for _ in 0..<count { spawn { turns.take() } }
      while turns.count < count { try await Task.sleep(for: .milliseconds(1)) }
      for count in 1...20 {
        source.send()
        try await source.wait(for: count)
      }
      turns.end()
      source.remove()
    }

    @Test(
      "POLL-2: a socket is looked at although every worker and every spare one has such a turn: the monitor does it")
    func busySpares() async throws {
      let source = try Source(poller)
      let turns = EndlessTurns()
      // There are up to 64 spare workers.
      let count = Node.defaultWorkers + 64
      for _ in 0..<count { spawn { turns.take() } }
      while turns.count < count { try await Task.sleep(for: .milliseconds(1)) }
      for count in 1...20 {
        source.send()
        try await source.wait(for: count)
      }
      turns.end()
      source.remove()
    }

    @Test("POLL-3: nobody who is woken from outside is forgotten, while sockets wake the worker that looks at them")
    func wakeUps() async throws {
      let source = try Source(poller)
      let agent = try await Agent.start { 0 }
      let rounds = 2_000
      async let bytes: Void = Task.detached {
        for count in 1...rounds {
          source.send()
          try await source.wait(for: count)
        }
      }.value
      for round in 1...rounds {
        try await agent.update { $0 += 1 }
        if round % 64 == 0 { try await Task.sleep(for: .microseconds(200)) }
      }
      try await bytes
      #expect(try await agent.get { $0 } == rounds)
      try await agent.stop()
      source.remove()
    }

    @Test("POLL-3: while spare workers come and go, somebody who sleeps does so at the sockets")
    func spares() async throws {
      let source = try Source(poller)
      var count = 0
      for _ in 0..<8 {
        let turns = EndlessTurns()
        let many = Node.defaultWorkers + 2
        for _ in 0..<many { spawn { turns.take() } }
        while turns.count < many { try await Task.sleep(for: .milliseconds(1)) }
        turns.end()
        // They rest when they were too many for a hundred looks of the monitor.
        for round in 0..<150 {
          if round % 3 == 0 { spawn {} }
          source.send()
          count += 1
          try await source.wait(for: count)
          try await Task.sleep(for: .milliseconds(1))
        }
      }
      source.remove()
    }

    @Test(
      "POLL-3: who only looks leaves the bell to the one that sleeps; it rings once, and again when it is rung again")
    func bell() throws {
      let poller = try #require(Poller())
      let source = try Source(poller)
      for _ in 0..<3 {
        poller.ring()
        poller.ring()
        for _ in 0..<5 { #expect(poller.look().isEmpty) }
        #expect(poller.sleep().isEmpty)
        source.send()
        let ready = poller.sleep()
        #expect(!ready.isEmpty)
        ready.tell()
      }
      #expect(source.count == 3)
      source.remove()
    }

    @Test("POLL-4: workers that have much to do look too")
    func looksBetweenTurns() async throws {
      let turns = EndlessTurns()
      // As many as keep every worker at work, in short turns: each has always mail.
      for _ in 0..<(4 * Node.defaultWorkers) {
        spawn(receiving: Int.self) { inbox in
          inbox.ref.send(0)
          turns.begin()
          while turns.goOn {
            inbox.ref.send(0)
            _ = try await inbox.next()
          }
        }
      }
      while turns.count < 4 * Node.defaultWorkers { try await Task.sleep(for: .milliseconds(1)) }
      let byWorkers = Atomic<Int>(0)
      let source = try Source(poller) {
        // Workers put work off, the monitor cannot.
        if Worker.putOff(Nothing()) { byWorkers.add(1, ordering: .relaxed) }
      }
      for count in 1...50 {
        source.send()
        try await source.wait(for: count)
      }
      turns.end()
      source.remove()
      // The monitor looks for those who do not.
      #expect(byWorkers.load(ordering: .relaxed) > 25)
    }
  }

  private final class Nothing: PutOffWork {
    func carryOut() {}
  }

  /// Turns that last until the test ends them.
  private final class EndlessTurns: Sendable {
    private let begun = Atomic<Int>(0)
    private let isOver = Atomic<Bool>(false)

    var count: Int { begun.load(ordering: .acquiring) }
    var goOn: Bool { !isOver.load(ordering: .acquiring) }
    func begin() { begun.add(1, ordering: .releasing) }
    func end() { isOver.store(true, ordering: .releasing) }

    func take() {
      begin()
      while goOn { usleep(1_000) }
    }
  }
#endif
