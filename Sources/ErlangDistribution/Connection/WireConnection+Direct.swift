#if ErlangDistribution
  import NIOCore
  @_spi(Runtime) import ProcessRuntime
  import Synchronization

  /// Writing from the threads that send.
  ///
  /// To wake the event loop for a message, and have it write, takes two changes of threads; most messages need none. What the
  /// processes of a worker send goes out together: at the end of a turn, or when it is much; what a long turn sends, in pieces
  /// (decision 0020). One thread writes at a time, and takes along what the others send meanwhile. When the socket takes no more,
  /// whoever reads it goes on until all is written.
  extension WireConnection: PutOffWork {
    /// From as many bytes on there is nothing to gain by collecting more.
    private static let enough = 16 << 10
    /// A connection on which nothing was written for so long is written to at once: who sends may have a long turn.
    private static let quietNanoseconds: UInt64 = 2_000_000
    /// So often a thread looks for what others have sent while it wrote.
    private static let mostRounds = 16

    /// The queue has something to write, and who reads the socket does not see to it.
    func writeSoon(_ byteCount: Int, isFirst: Bool) {
      if byteCount >= Self.enough || isFirst && isQuiet { return write() }
      if Worker.putOff(self) { return }
      guard carrier.eventLoop.inEventLoop else { return carryOut() }
      // What is sent in answer to the frames of one read goes out together too.
      guard !isFlushScheduled.exchange(true, ordering: .relaxed) else { return }
      carrier.eventLoop.execute {
        self.isFlushScheduled.store(false, ordering: .relaxed)
        self.carryOut()
      }
    }

    private var isQuiet: Bool {
      let last = lastWrite.load(ordering: .relaxed)
      return NIODeadline.now().uptimeNanoseconds > last + Self.quietNanoseconds
    }

    package func carryOut() {
      queue.withLock { $0.beginPieces() }
      write()
    }

    func writePiece() {
      if hasPiece.load(ordering: .relaxed), hasPiece.exchange(false, ordering: .relaxed) { write() }
    }

    private func write() {
      guard let socket else { return }
      var frames = nextFrames { $0.beginWriting() }
      if frames.isEmpty { return }
      lastWrite.store(NIODeadline.now().uptimeNanoseconds, ordering: .relaxed)
      for _ in 0..<Self.mostRounds {
        let bytes = WireConnection.joined(frames)
        switch socket.write(bytes) {
        case .all: noteWritten(bytes.count)
        case .some(let count):
          noteWritten(count)
          return leaveToCarrier(Array(bytes[count...]))
        case .failed:
          // A peer that has closed the connection, as everywhere.
          leaveToCarrier([])
          return close(.closedByPeer)
        }
        frames = nextFrames { $0.goOnWriting() }
        if frames.isEmpty { return }
      }
      leaveToCarrier(WireConnection.joined(frames))
    }

    private func nextFrames(_ next: (inout WriteQueue) -> [[UInt8]]) -> [[UInt8]] {
      let (frames, released) = queue.withLock { queue in
        let frames = next(&queue)
        return (frames, queue.release())
      }
      released.tell()
      return frames
    }

    /// Who carries the connection goes on with it, when the socket takes bytes again.
    func leaveToCarrier(_ rest: [UInt8]) {
      let isClosed = queue.withLock { queue in
        queue.leaveToCarrier(rest)
        return queue.isClosed
      }
      if !isClosed { command(.drain) }
    }
  }
#endif
