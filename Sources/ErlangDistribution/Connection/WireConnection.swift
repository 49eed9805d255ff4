#if ErlangDistribution
  import NIOCore
  import Synchronization

  /// An established connection over a channel: the end that senders hold.
  final class WireConnection: PeerConnection {
    let id: UInt64
    let peer: PeerIdentity
    private let channel: any Channel
    private let writer: MessageWriter
    private let queue: Mutex<WriteQueue>
    private let lastSequence = Atomic<UInt64>(0)

    init(id: UInt64, peer: PeerIdentity, channel: any Channel, limits: WireLimits) {
      self.id = id
      self.peer = peer
      self.channel = channel
      writer = MessageWriter(flags: peer.flags)
      queue = Mutex(WriteQueue(busyByteCount: limits.busyByteCount, limit: limits.queueByteCount))
    }

    // MARK: For senders

    @discardableResult
    func send(_ message: ControlMessage) -> SendOutcome {
      guard !isClosed else { return .closed }
      let sequence = lastSequence.wrappingAdd(1, ordering: .relaxed).newValue
      let frames = writer.frames(message, sequence: sequence)
      switch queue.withLock({ $0.enqueue(frames) }) {
      case .closed: return .closed
      case .full:
        close(.slowPeer)
        return .closed
      case .queued(let isBusy, let mustScheduleDrain):
        if mustScheduleDrain { command(.drain) }
        return isBusy ? .acceptedBusy : .accepted
      }
    }

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

    func setReading(_ isReading: Bool) { command(.setReading(isReading)) }

    func close(_ reason: CloseReason) {
      guard closeQueue() else { return }
      command(.close(reason))
    }

    private func command(_ command: ConnectionCommand) {
      channel.eventLoop.execute { [channel] in
        channel.pipeline.fireUserInboundEventTriggered(command)
      }
    }

    // MARK: For the event loop

    var isClosed: Bool { queue.withLock { $0.isClosed } }
    var isQueueEmpty: Bool { queue.withLock { $0.isEmpty } }

    func drainBegins() { queue.withLock { $0.drainBegins() } }

    func take(upTo maximum: Int) -> [[UInt8]] {
      let (frames, senders) = queue.withLock { ($0.take(upTo: maximum), $0.releaseSenders()) }
      for sender in senders { sender.resume() }
      return frames
    }

    /// Takes no more messages.
    ///
    /// Whether it did before.
    @discardableResult
    func closeQueue() -> Bool {
      let (wasOpen, senders) = queue.withLock { ($0.close(), $0.releaseSenders()) }
      for sender in senders { sender.resume() }
      return wasOpen
    }
  }

  /// What a connection asks of its handler.
  enum ConnectionCommand: Sendable {
    case drain
    case setReading(Bool)
    case close(CloseReason)
  }
#endif
