#if ErlangDistribution
  import NIOCore
  @_spi(Runtime) import ProcessRuntime
  import Synchronization

  /// An established connection: the end that senders hold.
  ///
  /// Senders write by themselves where they can (`WireConnection+Direct`); else whoever carries the connection does.
  final class WireConnection: PeerConnection {
    let id: UInt64
    let peer: PeerIdentity
    let carrier: any ConnectionCarrier
    private let writer: MessageWriter
    let queue: Mutex<WriteQueue>
    private let lastSequence = Atomic<UInt64>(0)
    private let writtenBytes = Atomic<UInt64>(0)
    /// Nil where the event loop alone may write: within TLS.
    let socket: DirectSocket?
    /// When somebody has written last, in nanoseconds.
    let lastWrite = Atomic<UInt64>(0)
    let isFlushScheduled = Atomic<Bool>(false)
    /// Whether enough of a turn waits to be written before its end.
    let hasPiece = Atomic<Bool>(false)
    private let closedFlag = Atomic<Bool>(false)

    init(
      id: UInt64, peer: PeerIdentity, carrier: any ConnectionCarrier, limits: WireLimits, socket: DirectSocket? = nil
    ) {
      self.id = id
      self.peer = peer
      self.carrier = carrier
      self.socket = socket
      writer = MessageWriter(flags: peer.flags)
      queue = Mutex(WriteQueue(busyByteCount: limits.busyByteCount, limit: limits.queueByteCount))
    }

    // MARK: For senders

    @discardableResult
    func send(_ message: ControlMessage) -> SendOutcome {
      let sequence = lastSequence.wrappingAdd(1, ordering: .relaxed).newValue
      return enqueue(writer.frames(message, sequence: sequence), isMessage: message.mayBeDropped)
    }

    /// Sends an empty frame, by which the peer sees that somebody is there.
    func tick() { enqueue([MessageWriter.tick], isMessage: false) }

    @discardableResult
    private func enqueue(_ frames: [[UInt8]], isMessage: Bool) -> SendOutcome {
      let (outcome, wasEmpty, byteCount, isCarriers) = queue.withLock { queue in
        let wasEmpty = queue.isEmpty
        return (queue.enqueue(frames, isMessage: isMessage), wasEmpty, queue.byteCount, queue.writer == .carrier)
      }
      switch outcome {
      case .closed: return .closed
      case .full:
        close(.slowPeer)
        return .closed
      case .queued(let isBusy, let mustScheduleDrain, let isPiece):
        if mustScheduleDrain { command(.drain) }
        if isPiece { hasPiece.store(true, ordering: .relaxed) }
        if !isCarriers { writeSoon(byteCount, isFirst: wasEmpty) }
        return isBusy ? .acceptedBusy : .accepted
      }
    }

    var isBusy: Bool { queue.withLock { $0.isBusy && !$0.isClosed } }

    func waitUntilWritable() async {
      let id = queue.withLock { $0.newSender() }
      await withTaskCancellationHandler {
        await withCheckedContinuation { sender in
          let waits = queue.withLock { !Task.isCancelled && $0.wait(id, sender) }
          if !waits { sender.resume() }
        }
      } onCancel: {
        queue.withLock { $0.cancel(id) }?.resume()
      }
    }

    func notifyWhenWritable(_ notify: @escaping @Sendable () -> Void) -> (@Sendable () -> Void)? {
      let id = queue.withLock { queue -> UInt64? in
        let id = queue.newSender()
        return queue.wait(id, notify) ? id : nil
      }
      guard let id else { return nil }
      return { self.queue.withLock { queue in queue.cancelNotice(id) } }
    }

    func setReading(_ isReading: Bool) { command(.setReading(isReading)) }

    func close(_ reason: CloseReason) {
      if reason == .nodeStopped || reason == .disconnected { carryOut() }
      guard closeQueue() else { return }
      command(.close(reason))
    }

    func command(_ command: ConnectionCommand) { carrier.command(command) }

    // MARK: For the carrier

    var isClosed: Bool { closedFlag.load(ordering: .acquiring) }
    var isQueueEmpty: Bool { queue.withLock { $0.isEmpty } }

    /// What was written since the connection was made.
    var writtenByteCount: UInt64 { writtenBytes.load(ordering: .relaxed) }

    func noteWritten(_ count: Int) { writtenBytes.wrappingAdd(UInt64(count), ordering: .relaxed) }

    func drainBegins() { queue.withLock { $0.drainBegins() } }

    /// The bytes that the carrier writes next.
    func take(upTo maximum: Int) -> [UInt8] {
      let (frames, released) = queue.withLock { queue in
        // A drain may come when senders write again.
        let frames = queue.writer == .carrier ? queue.take(upTo: maximum) : []
        return (frames, queue.release())
      }
      released.tell()
      return WireConnection.joined(frames)
    }

    /// Everything that the carrier had to write is written: senders write by themselves again.
    ///
    /// False if more has come meanwhile.
    func carrierIsDone() -> Bool {
      socket == nil || queue.withLock { $0.carrierIsDone() }
    }

    /// Takes no more messages.
    ///
    /// Whether it did before.
    @discardableResult
    func closeQueue() -> Bool {
      let (wasOpen, released) = queue.withLock { queue in (queue.close(), queue.release()) }
      closedFlag.store(true, ordering: .releasing)
      socket?.close()
      released.tell()
      return wasOpen
    }

    static func joined(_ frames: [[UInt8]]) -> [UInt8] {
      guard frames.count > 1 else { return frames.first ?? [] }
      var bytes: [UInt8] = []
      bytes.reserveCapacity(frames.reduce(0) { $0 + $1.count })
      for frame in frames { bytes += frame }
      return bytes
    }
  }
#endif
