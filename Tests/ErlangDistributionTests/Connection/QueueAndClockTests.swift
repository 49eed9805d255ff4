import Testing

@testable import ErlangDistribution

@Suite("Ticks", .timeLimit(.minutes(1)))
struct TickClockTests {
  @Test("WIRE-16: a tick is sent when nothing else was, and nothing waits")
  func ticks() {
    var clock = TickClock()
    #expect(clock.period(read: 1, written: 0, isQueueEmpty: true, isReading: true) == .tick)
    #expect(clock.period(read: 2, written: 4, isQueueEmpty: true, isReading: true) == .nothing)
    #expect(clock.period(read: 3, written: 4, isQueueEmpty: false, isReading: true) == .nothing)
    #expect(clock.period(read: 4, written: 4, isQueueEmpty: true, isReading: true) == .tick)
  }

  @Test("WIRE-16, H-32: four periods without a byte end a connection; one byte is enough to go on")
  func timeout() {
    var clock = TickClock()
    func period(_ read: UInt64, isReading: Bool = true) -> TickClock.Action {
      clock.period(read: read, written: 0, isQueueEmpty: false, isReading: isReading)
    }
    #expect((0..<3).map { _ in period(0) } == [.nothing, .nothing, .nothing])
    #expect(period(1) == .nothing)
    #expect((0..<4).map { _ in period(1) } == [.nothing, .nothing, .nothing, .timeout])
  }

  @Test("WIRE-16: who does not read hears nothing, and takes nobody for dead")
  func paused() {
    var clock = TickClock()
    for _ in 0..<10 {
      #expect(clock.period(read: 0, written: 0, isQueueEmpty: true, isReading: false) == .tick)
    }
    for _ in 0..<3 { #expect(clock.period(read: 0, written: 0, isQueueEmpty: true, isReading: true) == .tick) }
    #expect(clock.period(read: 0, written: 0, isQueueEmpty: true, isReading: true) == .timeout)
  }
}

@Suite("The queue to a peer", .timeLimit(.minutes(1)))
struct WriteQueueTests {
  private func frame(_ count: Int) -> [UInt8] { [UInt8](repeating: 1, count: count) }

  @Test("WIRE-17: frames come out in order, at least one at a time")
  func order() {
    var queue = WriteQueue(busyByteCount: 100, limit: 1_000)
    #expect(
      queue.enqueue([[1], [2, 2], [3, 3, 3]]) == .queued(isBusy: false, mustScheduleDrain: true, isPiece: false))
    #expect(queue.enqueue([[4]]) == .queued(isBusy: false, mustScheduleDrain: false, isPiece: false))
    #expect(queue.take(upTo: 3) == [[1], [2, 2]])
    #expect(queue.take(upTo: 1) == [[3, 3, 3]])
    queue.drainBegins()
    #expect(queue.enqueue([[5]]) == .queued(isBusy: false, mustScheduleDrain: true, isPiece: false))
    #expect(queue.take(upTo: 100) == [[4], [5]])
    #expect(queue.take(upTo: 100) == [] && queue.isEmpty)
  }

  @Test("WIRE-26: what a turn sends goes out in pieces, each twice as long as the one before")
  func pieces() {
    func ends(_ queue: inout WriteQueue, _ count: Int) -> [Int] {
      (1...count).filter { _ in
        queue.enqueue([frame(1)]) == .queued(isBusy: false, mustScheduleDrain: false, isPiece: true)
      }
    }
    var queue = WriteQueue(busyByteCount: 1_000, limit: 1_000)
    #expect(ends(&queue, 20).isEmpty)
    queue.writer = .nobody
    #expect(ends(&queue, 40) == [4, 12, 28])
    queue.beginPieces()
    #expect(ends(&queue, 5) == [4])
    // Who ends, is watched, or is ticked is nothing to begin with.
    queue.beginPieces()
    for _ in 0..<10 {
      #expect(
        queue.enqueue([frame(1)], isMessage: false)
          == .queued(isBusy: false, mustScheduleDrain: false, isPiece: false))
    }
  }

  @Test("WIRE-17: a queue is busy from its first limit on, and full at the second")
  func limits() {
    var queue = WriteQueue(busyByteCount: 100, limit: 1_000)
    _ = queue.enqueue([frame(99)])
    #expect(queue.enqueue([frame(1)]) == .queued(isBusy: true, mustScheduleDrain: false, isPiece: false))
    // One message may go beyond; then there is an end.
    #expect(queue.enqueue([frame(5_000)]) == .queued(isBusy: true, mustScheduleDrain: false, isPiece: false))
    #expect(queue.enqueue([frame(1)]) == .full)
    #expect(queue.byteCount == 5_100)
    let closed = [queue.close(), queue.close()]
    #expect(closed == [true, false])
    #expect(queue.enqueue([frame(1)]) == .closed && queue.byteCount == 0)
  }

  @Test("WIRE-17: what was taken does not stay in memory, however many frames pass through")
  func compaction() {
    var queue = WriteQueue(busyByteCount: 1 << 30, limit: 1 << 30)
    var next: UInt8 = 0
    var expected: UInt8 = 0
    for _ in 0..<5_000 {
      for _ in 0..<3 {
        _ = queue.enqueue([[next]])
        next &+= 1
      }
      for frame in queue.take(upTo: 2) {
        #expect(frame == [expected])
        expected &+= 1
      }
    }
    while let frame = queue.take(upTo: 1).first {
      #expect(frame == [expected])
      expected &+= 1
    }
    #expect(expected == next && queue.isEmpty)
  }

  @Test("WIRE-17: one writes at a time: a drain that comes while a thread writes changes nothing")
  func oneWriter() {
    var queue = WriteQueue(busyByteCount: 100, limit: 1_000)
    var writers: [WriteQueue.Writer] = [queue.writer]
    func drained() -> Bool {
      defer { writers.append(queue.writer) }
      return queue.carrierIsDone()
    }
    func counts(_ next: (inout WriteQueue) -> [[UInt8]]) -> [Int] { next(&queue).map(\.count) }
    #expect(drained())
    _ = queue.enqueue([frame(1)])
    #expect(counts { $0.beginWriting() } == [1])
    _ = queue.enqueue([frame(2)])
    #expect(counts { $0.beginWriting() } == [])
    #expect(drained())
    #expect(counts { $0.goOnWriting() } == [2])
    queue.leaveToCarrier(frame(1))
    #expect(!drained())
    #expect(counts { $0.beginWriting() } == [])
    #expect(counts { $0.take(upTo: 10) } == [1])
    #expect(drained())
    #expect(writers == [.carrier, .nobody, .thread, .carrier, .nobody])
  }

  @Test("WIRE-17: senders wait while it is busy, and go on when it is half empty, closed, or they are cancelled")
  func senders() async {
    var queue = WriteQueue(busyByteCount: 100, limit: 1_000)
    _ = queue.enqueue([frame(60), frame(60)])
    let early = queue.releaseSenders().count
    #expect(queue.isBusy && early == 0)
    await withCheckedContinuation { sender in
      let waits = queue.wait(queue.newSender(), sender)
      #expect(waits)
      #expect(queue.releaseSenders().count == 0)
      _ = queue.take(upTo: 60)
      #expect(queue.releaseSenders().count == 0)
      _ = queue.take(upTo: 60)
      for sender in queue.releaseSenders() { sender.resume() }
    }
    _ = queue.enqueue([frame(120)])
    await withCheckedContinuation { sender in
      let id = queue.newSender()
      let waits = queue.wait(id, sender)
      #expect(waits)
      queue.cancel(id)?.resume()
    }
    await withCheckedContinuation { sender in
      let waits = queue.wait(queue.newSender(), sender)
      #expect(waits)
      _ = queue.close()
      for sender in queue.releaseSenders() { sender.resume() }
    }
    await withCheckedContinuation { sender in
      let waits = queue.wait(queue.newSender(), sender)
      #expect(!waits)
      sender.resume()
    }
  }
}
