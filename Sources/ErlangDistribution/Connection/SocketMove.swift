#if ErlangDistribution
  import NIOCore

  /// Takes a connection whose handshake is done from its channel, to go on without it.
  ///
  /// Collects what the channel has read already, lets it write what it was given, and closes it: the socket has a second
  /// descriptor.
  final class SocketMove: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var bytes: [UInt8] = []
    private var finish: (([UInt8]) -> Void)?

    /// Calls `finish` with the bytes that have come already, once.
    init(_ finish: @escaping ([UInt8]) -> Void) { self.finish = finish }

    func handlerAdded(context: ChannelHandlerContext) {
      _ = context.channel.setOption(.autoRead, value: false)
      let move = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in
        // Not before what this read has brought has come here.
        move.eventLoop.execute { move.value.0.end(move.value.1) }
      }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      bytes += unwrapInboundIn(data).readableBytesView
    }

    func channelInactive(context: ChannelHandlerContext) {
      end(context)
      context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { end(context) }

    private func end(_ context: ChannelHandlerContext) {
      guard let finish else { return }
      self.finish = nil
      context.close(promise: nil)
      finish(bytes)
    }
  }
#endif
