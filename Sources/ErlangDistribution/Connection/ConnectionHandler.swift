#if ErlangDistribution
  import ErlangTerms
  import NIOCore

  /// An established connection over a channel: the end on the event loop.
  ///
  /// Bytes in, messages out, and the other way round.
  final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let connection: WireConnection
    private let owner: any ConnectionOwner
    private let period: TimeAmount
    private var stream: MessageStream
    private var clock = TickClock()
    private var ticks: RepeatedTask?
    private var readByteCount: UInt64 = 0
    /// Writes of the event loop that the socket has not taken.
    private var pendingWrites = 0
    private var isReading = true
    private var isDraining = false
    private var hasEnded = false

    init(
      _ connection: WireConnection, _ owner: any ConnectionOwner, _ stream: MessageStream, period: TimeAmount
    ) {
      self.connection = connection
      self.owner = owner
      self.period = period
      self.stream = stream
    }

    func handlerAdded(context: ChannelHandlerContext) {
      let context = NIOLoopBound(context, eventLoop: context.eventLoop)
      let handler = NIOLoopBound(self, eventLoop: context.value.eventLoop)
      ticks = context.value.eventLoop.scheduleRepeatedTask(initialDelay: period, delay: period) { _ in
        handler.value.tick(context.value)
      }
      // What the handshake has written goes first.
      if connection.socket != nil { write([], context.value) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { ticks?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
      end(.closedByPeer, context)
      context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      // A peer that resets the connection has closed it, or the network has.
      end(error is IOError ? .closedByPeer : .failed("\(error)"), context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      switch event as? ConnectionCommand {
      case .drain:
        connection.drainBegins()
        drain(context)
      case .setReading(let isReading):
        self.isReading = isReading
        _ = context.channel.setOption(.autoRead, value: isReading)
      case .close(let reason): end(reason, context)
      case nil: context.fireUserInboundEventTriggered(event)
      }
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let buffer = unwrapInboundIn(data)
      readByteCount += UInt64(buffer.readableBytes)
      do throws(CloseReason) {
        try stream.read(
          buffer.readableBytesSpan, from: connection, to: owner.events, while: { !hasEnded && !connection.isClosed })
      } catch {
        end(error, context)
      }
    }

    // MARK: Writing

    func channelWritabilityChanged(context: ChannelHandlerContext) {
      if context.channel.isWritable { drain(context) }
      context.fireChannelWritabilityChanged()
    }

    /// How much is written at once, and how often before others on the event loop have their turn.
    private static let batch = (byteCount: 64 << 10, count: 16)

    private func drain(_ context: ChannelHandlerContext) {
      // Writing may make the channel writable again, which leads here.
      guard !isDraining, !hasEnded else { return }
      isDraining = true
      defer { isDraining = false }
      for _ in 0..<ConnectionHandler.batch.count {
        guard context.channel.isWritable else { return }
        let bytes = connection.take(upTo: ConnectionHandler.batch.byteCount)
        if bytes.isEmpty {
          if pendingWrites == 0 { _ = connection.carrierIsDone() }
          return
        }
        connection.noteWritten(bytes.count)
        write(bytes, context)
      }
      let channel = context.channel
      channel.eventLoop.execute { channel.pipeline.fireUserInboundEventTriggered(ConnectionCommand.drain) }
    }

    private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
      pendingWrites += 1
      let context = NIOLoopBound(context, eventLoop: context.eventLoop)
      context.value.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes))).assumeIsolated().whenSuccess {
        self.pendingWrites -= 1
        if self.pendingWrites == 0, !self.connection.carrierIsDone() { self.drain(context.value) }
      }
    }

    // MARK: Time

    private func tick(_ context: ChannelHandlerContext) {
      guard !hasEnded else { return }
      let action = clock.period(
        read: readByteCount, written: connection.writtenByteCount,
        isQueueEmpty: connection.isQueueEmpty && context.channel.isWritable, isReading: isReading)
      switch action {
      case .nothing: break
      case .tick: connection.tick()
      case .timeout: end(.tickTimeout, context)
      }
    }

    // MARK: The end

    /// Ends the connection, and reports it before returning.
    ///
    /// Later calls do nothing.
    func end(_ reason: CloseReason, _ context: ChannelHandlerContext) {
      guard !hasEnded else { return }
      hasEnded = true
      ticks?.cancel()
      // What was sent before the order to end goes out, as far as the socket takes it.
      if reason == .nodeStopped || reason == .disconnected { connection.carryOut() }
      connection.closeQueue()
      context.close(promise: nil)
      owner.ended(connection, reason)
    }
  }

  /// What a node does for its connections.
  ///
  /// All of it happens on the node's event loop.
  protocol ConnectionOwner: AnyObject {
    /// Whom its messages are for.
    var events: any PeerEvents { get }
    func ended(_ connection: WireConnection, _ reason: CloseReason)
  }
#endif
