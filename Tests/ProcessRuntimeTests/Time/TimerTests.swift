@_spi(Runtime) @testable import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Timers", .timeLimit(.minutes(5)))
struct TimerTests {
  @Test("TMR-1: a timer delivers its message to its process, once, when its time has come")
  func delivers() async throws {
    try await withTestNode { node in
      let probe = Probe<Int>()
      let begin = node.elapsed
      let timer = probe.ref.send(1, after: .seconds(60))
      try await node.settle()
      #expect(probe.isEmpty)
      let message = try await probe.next(within: .seconds(100))
      #expect(message == 1)
      #expect(node.elapsed - begin == .seconds(60))
      #expect(timer.remaining == nil)
      try await CurrentProcess.sleep(for: .seconds(100))
      #expect(probe.isEmpty)
    }
  }

  @Test("TMR-1: a timer's message may name its timer")
  func namesItself() async throws {
    try await withTestNode { node in
      let probe = Probe<TimerRef>()
      let (first, second) = (probe.ref.send(after: .seconds(1)) { $0 }, probe.ref.send(after: .seconds(2)) { $0 })
      #expect(first != second)
      try await probe.expect(first)
      try await probe.expect(second)
    }
  }

  @Test("TMR-2: a timer takes an instant, and one that has passed counts as now; as does a negative delay")
  func instants() async throws {
    try await withTestNode { node in
      let probe = Probe<Int>()
      let now = ProcessClock.now
      probe.ref.send(3, at: now.advanced(by: .seconds(10)))
      probe.ref.send(2, after: .seconds(-5))
      probe.ref.send(1, at: now.advanced(by: .seconds(-1)))
      try await probe.expect(1)
      try await probe.expect(2)
      #expect(ProcessClock.now == now.advanced(by: .zero) || ProcessClock.now < now.advanced(by: .seconds(1)))
      let third = try await probe.next(within: .seconds(20))
      #expect(third == 3)
      #expect(now.duration(to: ProcessClock.now) == .seconds(10))
      try await ProcessClock().sleep(until: now)
      try await ProcessClock().sleep(until: now.advanced(by: .seconds(30)))
      #expect(now.duration(to: ProcessClock.now) == .seconds(30))
    }
  }

  @Test("TMR-3: the timer of a dead process is over, and reads so")
  func deadTarget() async throws {
    try await withTestNode { node in
      let (ref, _) = try spawnMonitor(receiving: Int.self) { _ in try await suspendForever() }
      let timers = [ref.send(1, after: .seconds(5)), ref.send(2, after: .seconds(5))]
      #expect(timers[0].remaining == .seconds(5))
      ref.id.exit(.kill)
      #expect(timers[0].remaining == nil)
      #expect(timers[1].cancel() == nil)
      let late = ref.send(3, after: .seconds(5))
      #expect(late.remaining == nil)
      #expect(late.cancel() == nil)
    }
  }

  @Test("TMR-3: a process that dies with very many timers takes them with it")
  func manyTimers() async throws {
    final class Payload: Sendable {}
    try await withTestNode { node in
      let timers = try #require(CurrentProcess.id?.cell.node.timers)
      let (ref, _) = try spawnMonitor(receiving: Payload.self) { _ in try await suspendForever() }
      weak var first: Payload?
      do {
        let payload = Payload()
        first = payload
        ref.send(payload, after: .seconds(3_600))
      }
      for _ in 0..<20_000 { ref.send(Payload(), after: .seconds(3_600)) }
      let probe = Probe<Int>()
      let living = (0..<500).map { probe.ref.send($0, after: .milliseconds($0)) }
      #expect(first != nil)
      ref.id.exit(.kill)
      // The dead are looked for when timers become many.
      for _ in 0..<60_000 where timers.count > 2_000 { probe.ref.send(-1, after: .seconds(3_600)).cancel() }
      for number in 0..<30_000 where first != nil { probe.ref.send(-number, after: .seconds(3_600)) }
      #expect(first == nil)
      #expect(timers.count < 45_000)
      #expect(living[499].remaining == .milliseconds(499))
      for number in 0..<500 { try await probe.expect(number) }
    }
  }

  @Test("TMR-3: a name is looked up when the timer fires; its holder's death does not end the timer")
  func toName() async throws {
    try await withTestNode { node in
      let name = ProcessName<Int>("target")
      let (first, _) = try spawnMonitor(receiving: Int.self) { _ in try await suspendForever() }
      try name.register(first)
      let timer = name.send(1, after: .seconds(10))
      name.send(0, after: .seconds(1))
      first.id.exit(.kill)
      try await CurrentProcess.sleep(for: .seconds(5))
      #expect(timer.remaining == .seconds(5))
      let second = Probe<Int>()
      try name.register(second.ref)
      name.send(2, at: ProcessClock.now.advanced(by: .seconds(8)))
      for number in 1...2 {
        let message = try await second.next(within: .seconds(60))
        #expect(message == number)
      }
    }
  }

  @Test("TMR-4, TMR-5: cancelling tells the time that was left, once, and the message never comes")
  func cancel() async throws {
    try await withTestNode { node in
      let probe = Probe<Int>()
      let timer = probe.ref.send(1, after: .seconds(10))
      try await CurrentProcess.sleep(for: .seconds(4))
      #expect(timer.cancel() == .seconds(6))
      #expect(timer.cancel() == nil)
      #expect(timer.remaining == nil)
      let fired = probe.ref.send(2, after: .seconds(1))
      try await CurrentProcess.sleep(for: .seconds(100))
      #expect(fired.cancel() == nil)
      try await probe.expect(2)
      #expect(probe.isEmpty)
    }
  }

  private final class Parcel: Sendable {}

  private struct Trace {
    weak var parcel: Parcel?
  }

  @Test("TMR-3, TMR-5: a timer that is cancelled, or whose process has ended, lets go of its message")
  func letsGo() async throws {
    try await withTestNode { _ in
      let probe = Probe<Parcel>()
      func send() -> (TimerRef, Trace) {
        let parcel = Parcel()
        return (probe.ref.send(parcel, after: .seconds(1)), Trace(parcel: parcel))
      }
      let (cancelled, first) = send()
      #expect(first.parcel != nil)
      cancelled.cancel()
      #expect(first.parcel == nil)
      let (late, second) = send()
      probe.ref.id.exit(.kill)
      try await CurrentProcess.sleep(for: .seconds(2))
      #expect(second.parcel == nil)
      #expect(late.cancel() == nil)
      let (_, third) = send()
      #expect(third.parcel == nil)
    }
  }

  @Test("TMR-7, TMR-8: any process may read and cancel any timer")
  func byOthers() async throws {
    try await withTestNode { node in
      let probe = Probe<Int>()
      let timer = probe.ref.send(1, after: .seconds(10))
      let other = spawn {
        try await CurrentProcess.sleep(for: .seconds(1))
        #expect(timer.remaining == .seconds(9))
        #expect(timer.cancel() == .seconds(9))
      }
      #expect(await other.exited() == .normal)
      #expect(timer.remaining == nil)
    }
  }

  @Test("TMR-9: timers to one process fire in the order of their instants; equal ones all fire")
  func order() async throws {
    try await withTestNodes(seeds: 0..<20) { node in
      let probe = Probe<Int>()
      let delays = (0..<300).map { _ in Int.random(in: 0..<100) }
      for delay in delays { probe.ref.send(delay, after: .milliseconds(delay)) }
      for delay in delays.sorted() { try await probe.expect(delay) }
    }
  }

  @Test("TMR-9: twenty thousand timers of one instant all fire, others' cancelling notwithstanding")
  func sameInstant() async throws {
    try await withTestNode { node in
      let probe = Probe<Int>()
      let instant = ProcessClock.now.advanced(by: .seconds(1))
      let timers = (0..<20_000).map { probe.ref.send($0, at: instant) }
      let half = spawn { for timer in timers.enumerated() where timer.offset % 2 == 0 { timer.element.cancel() } }
      _ = await half.exited()
      var count = 0
      for _ in 0..<10_000 { count += try await probe.next() % 2 }
      #expect(count == 10_000)
      #expect(probe.isEmpty)
    }
  }

  @Test("TMR-10: a receive with zero looks at the mailbox first, and then does not wait")
  func zero() async throws {
    try await withTestNode { node in
      let results = Probe<[Int]>()
      let process = spawn(receiving: Int.self) { inbox in
        var seen: [Int] = []
        seen.append(try await inbox.next(within: .zero))
        do { seen.append(try await inbox.next(within: .zero)) } catch { seen.append(-1) }
        do { seen.append(try await inbox.next(within: .seconds(-1))) } catch { seen.append(-2) }
        results.ref.send(seen)
      }
      ProcessRef<Int>(unsafelyTyped: process).send(1)
      try await results.expect([1, -1, -2])
    }
  }

  @Test(
    "TMR-10: huge durations do not wrap",
    arguments: [Duration.milliseconds(Int64(1) << 31), .milliseconds(Int64(1) << 32), .seconds(Int64.max)])
  func huge(_ duration: Duration) async throws {
    try await withTestNode { node in
      let probe = Probe<Int>()
      let timer = probe.ref.send(1, after: duration)
      let sleeper = spawn(receiving: Int.self) { inbox in _ = try await inbox.next(within: duration) }
      try await CurrentProcess.sleep(for: .seconds(1))
      #expect(sleeper.isAlive)
      #expect(probe.isEmpty)
      let left = try #require(timer.remaining)
      #expect(left > .seconds(1 << 20))
      #expect(timer.cancel() == left)
      #expect(ProcessClock.now.advanced(by: duration) > ProcessClock.now)
      sleeper.exit(.kill)
    }
    let process = spawn { try await CurrentProcess.sleep(for: duration) }
    process.exit(.shutdown)
    #expect(await process.exited() == .shutdown)
  }

  @Test("TMR-10: timers of zero that are started when timers fire, fire promptly")
  func zeroInTimeout() async throws {
    try await withTestNode { node in
      let probe = Probe<Int>()
      let begin = node.elapsed
      for number in 0..<100 {
        probe.ref.send(number, after: .zero)
        try await probe.expect(number)
      }
      #expect(node.elapsed - begin < .seconds(1))
    }
  }
}
