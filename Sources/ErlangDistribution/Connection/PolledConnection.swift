#if ErlangDistribution
  import NIOCore
  import Synchronization

  /// An established connection over a ``PolledSocket``: its reading end, its ticks, and its end.
  final class PolledConnection: Sendable {
    /// What belongs to the event loop.
    private final class Time {
      let owner: any ConnectionOwner
      var clock = TickClock()
      var ticks: RepeatedTask?
      var hasEnded = false

      init(_ owner: any ConnectionOwner) { self.owner = owner }
    }

    private let connection: WireConnection
    private let socket: PolledSocket
    private let events: any PeerEvents
    private let time: NIOLoopBound<Time>
    private let stream: Mutex<MessageStream>
    private let readBytes = Atomic<UInt64>(0)
    private let isOver = Atomic<Bool>(false)

    /// So often one event reads and writes before others have their turn.
    private static let mostRounds = 4
    private static let byteCount = 64 << 10

    init(
      _ connection: WireConnection, _ socket: PolledSocket, _ owner: any ConnectionOwner, _ events: any PeerEvents,
      _ stream: MessageStream
    ) {
      self.connection = connection
      self.socket = socket
      self.events = events
      self.stream = Mutex(stream)
      time = NIOLoopBound(Time(owner), eventLoop: socket.eventLoop)
      socket.belongs(to: self)
    }

    /// On the event loop: begins with the bytes that have come already.
    func start(_ bytes: [UInt8], period: TimeAmount) {
      time.value.ticks = socket.eventLoop.scheduleRepeatedTask(initialDelay: period, delay: period) { _ in self.tick() }
      _ = connection.carrierIsDone()
      guard bytes.isEmpty || take(bytes.span.bytes), !time.value.hasEnded else { return }
      if !socket.watch() { connection.close(.failed("the socket cannot be watched")) }
    }

    // MARK: Reading and writing

    /// True if there is more to wait for.
    func read() -> Bool {
      withUnsafeTemporaryAllocation(byteCount: Self.byteCount, alignment: 16) { buffer in
        for _ in 0..<Self.mostRounds {
          guard !isOver.load(ordering: .relaxed) else { return false }
          switch socket.socket.read(into: buffer) {
          case .nothing: return true
          case .closed:
            connection.close(.closedByPeer)
            return false
          case .some(let count):
            guard take(UnsafeRawBufferPointer(rebasing: buffer[..<count]).bytes) else { return false }
            if count < buffer.count { return true }
          }
        }
        return true
      }
    }

    /// False if the connection is to end.
    private func take(_ bytes: RawSpan) -> Bool {
      readBytes.wrappingAdd(UInt64(bytes.byteCount), ordering: .relaxed)
      do throws(CloseReason) {
        try stream.withLock { stream throws(CloseReason) in
          try stream.read(
            bytes, from: connection, to: events,
            while: { !isOver.load(ordering: .relaxed) && !connection.isClosed })
        }
        return true
      } catch {
        connection.close(error)
        return false
      }
    }

    /// The socket takes bytes again.
    func write() {
      connection.drainBegins()
      for _ in 0..<Self.mostRounds {
        let bytes = connection.take(upTo: WriteQueue.directByteCount)
        if bytes.isEmpty {
          if connection.carrierIsDone() { return }
          continue
        }
        switch socket.socket.write(bytes) {
        case .all: connection.noteWritten(bytes.count)
        case .some(let count):
          connection.noteWritten(count)
          return connection.leaveToCarrier(Array(bytes[count...]))
        case .failed: return connection.close(.closedByPeer)
        }
      }
      connection.leaveToCarrier([])
    }

    // MARK: Time

    private func tick() {
      guard !time.value.hasEnded else { return }
      let action = time.value.clock.period(
        read: readBytes.load(ordering: .relaxed), written: connection.writtenByteCount,
        isQueueEmpty: connection.isQueueEmpty, isReading: socket.isReading)
      switch action {
      case .nothing: break
      case .tick: connection.tick()
      case .timeout: end(.tickTimeout)
      }
    }

    // MARK: The end

    /// On the event loop: ends the connection, and reports it before returning.
    ///
    /// Nothing is received afterwards. Later calls do nothing.
    func end(_ reason: CloseReason) {
      guard !time.value.hasEnded else { return }
      time.value.hasEnded = true
      time.value.ticks?.cancel()
      // What was sent before the order to end goes out, as far as the socket takes it.
      if reason == .nodeStopped || reason == .disconnected { connection.carryOut() }
      isOver.store(true, ordering: .sequentiallyConsistent)
      connection.closeQueue()
      socket.stop()
      // Who delivers at this moment delivers one more batch.
      stream.withLock { _ in }
      socket.socket.close()
      time.value.owner.ended(connection, reason)
    }
  }
#endif
