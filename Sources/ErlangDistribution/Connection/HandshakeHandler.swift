#if ErlangDistribution
  import NIOCore

  /// A handshake over a channel.
  ///
  /// When it is done, a ``ConnectionHandler`` takes its place.
  final class HandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Side {
      case initiator(Initiator, NodeName)
      case acceptor(Acceptor)
    }

    struct Times {
      var step: TimeAmount
      var whole: TimeAmount
    }

    let id: UInt64
    private(set) var side: Side
    private let owner: any HandshakeOwner
    private let times: Times
    private var splitter: FrameSplitter
    var lengthByteCount: Int { splitter.lengthByteCount }
    private var stepTimer: Scheduled<Void>?
    private var wholeTimer: Scheduled<Void>?
    private var hasStarted = false
    private var isOver = false
    private var hasSucceeded = false

    /// Before each message stands its length, of 2 bytes, or 4 within TLS.
    init(id: UInt64, _ side: Side, _ owner: any HandshakeOwner, times: Times, lengthByteCount: Int = 2) {
      self.id = id
      self.side = side
      self.owner = owner
      self.times = times
      splitter = FrameSplitter(lengthByteCount: lengthByteCount, limit: HandshakeMessage.maximumByteCount)
    }

    func handlerAdded(context: ChannelHandlerContext) {
      wholeTimer = timer(times.whole, context)
      restartStep(context)
      if context.channel.isActive { start(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
      stepTimer?.cancel()
      wholeTimer?.cancel()
    }

    func channelActive(context: ChannelHandlerContext) {
      start(context)
      context.fireChannelActive()
    }

    private func start(_ context: ChannelHandlerContext) {
      // A channel may be active when the handler is added, and say so once more.
      guard !hasStarted else { return }
      hasStarted = true
      if case .initiator(let machine, _) = side { perform(machine.start(), context) }
    }

    func channelInactive(context: ChannelHandlerContext) {
      fail(closed, context)
      context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      switch error {
      case is IOError: fail(closed, context)
      case let failure as TLSFailure: fail(.tls(failure), context)
      default: fail(.network("\(error)"), context)
      }
    }

    /// What it means that the peer has closed, now.
    private var closed: HandshakeFailure {
      if case .initiator(let machine, _) = side, machine.awaitsAcknowledgement { return .handshake(.wrongCookie) }
      return .closed
    }

    private func timer(_ time: TimeAmount, _ context: ChannelHandlerContext) -> Scheduled<Void> {
      context.eventLoop.assumeIsolated().scheduleTask(in: time) { self.fail(.timeout, context) }
    }

    private func restartStep(_ context: ChannelHandlerContext) {
      stepTimer?.cancel()
      stepTimer = timer(times.step, context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      var buffer = unwrapInboundIn(data)
      var offset = 0
      do {
        while !isOver, let message = try splitter.next(buffer.readableBytesSpan, at: &offset) {
          restartStep(context)
          receive(message, context)
        }
      } catch {
        let isTLS = splitter.lengthByteCount == 2 && TLSFailure.isSpoken(buffer.readableBytesView)
        fail(isTLS ? .tls(.onlyOne) : .handshake(.malformed(error.description)), context)
      }
      buffer.moveReaderIndex(forwardBy: offset)
      // The peer may have sent frames behind the last message of its handshake.
      if hasSucceeded {
        if buffer.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(buffer)) }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
      }
    }

    private func receive(_ message: [UInt8], _ context: ChannelHandlerContext) {
      switch side {
      case .initiator(var machine, let name):
        let effects = machine.receive(message)
        side = .initiator(machine, name)
        perform(effects, context)
      case .acceptor(var machine):
        let effects = machine.receive(message)
        side = .acceptor(machine)
        perform(effects, context)
      }
    }

    private func perform(_ effects: [HandshakeEffect], _ context: ChannelHandlerContext) {
      for effect in effects where !isOver {
        switch effect {
        case .send(let message): send(message, context)
        case .decide(let name):
          guard case .acceptor(var machine) = side else { break }
          let further = machine.decide(owner.decide(id, name))
          side = .acceptor(machine)
          perform(further, context)
        case .authenticated(let name): owner.authenticated(id, name)
        case .established(let identity): establish(identity, context)
        case .awaitPeer: fail(.peerDials, context)
        case .fail(let error): fail(.handshake(error), context)
        }
      }
    }

    private func send(_ message: HandshakeMessage, _ context: ChannelHandlerContext) {
      let bytes = message.bytes
      var buffer = context.channel.allocator.buffer(capacity: 4 + bytes.count)
      if splitter.lengthByteCount == 2 {
        buffer.writeInteger(UInt16(truncatingIfNeeded: bytes.count))
      } else {
        buffer.writeInteger(UInt32(truncatingIfNeeded: bytes.count))
      }
      buffer.writeBytes(bytes)
      context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    private func establish(_ identity: PeerIdentity, _ context: ChannelHandlerContext) {
      isOver = true
      hasSucceeded = true
      owner.established(id, identity, context)
    }

    /// Ends the attempt.
    ///
    /// Later calls do nothing.
    func fail(_ failure: HandshakeFailure, _ context: ChannelHandlerContext) {
      guard !isOver else { return }
      isOver = true
      context.close(promise: nil)
      owner.failed(id, failure)
    }
  }

  /// Why an attempt to connect has ended without a connection.
  enum HandshakeFailure: Error, Hashable {
    case handshake(HandshakeError)
    /// The peer has closed without saying why.
    case closed
    case timeout
    /// The peer dials us at the same time: its connection comes.
    case peerDials
    case network(String)
    case tls(TLSFailure)

    var isOfTLS: Bool {
      if case .tls = self { true } else { false }
    }
  }

  /// What a node does for handshakes.
  ///
  /// All of it happens on the node's event loop.
  protocol HandshakeOwner: AnyObject {
    func decide(_ id: UInt64, _ name: NodeName) -> HandshakeStatus?
    func authenticated(_ id: UInt64, _ name: NodeName)
    func established(_ id: UInt64, _ identity: PeerIdentity, _ context: ChannelHandlerContext)
    func failed(_ id: UInt64, _ failure: HandshakeFailure)
  }
#endif
