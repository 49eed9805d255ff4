#if ErlangDistribution
  package import NIOCore
  import NIOPosix

  /// An epmd within this program, for hosts where no Erlang is installed.
  ///
  /// It listens on loopback alone, so only nodes of this host can register. BEAM nodes may, too.
  package final class EpmdServer: Sendable {
    private let channel: any Channel
    private let names: NIOLoopBound<EpmdNames>
    /// The port that it listens on.
    package let port: Int

    private init(_ channel: any Channel, _ names: NIOLoopBound<EpmdNames>, port: Int) {
      self.channel = channel
      self.names = names
      self.port = port
    }

    /// An epmd at a port, 0 for any; nil when something listens there already: an epmd, most likely.
    package static func start(port: Int, eventLoop: any EventLoop) async throws -> EpmdServer? {
      let names = try await eventLoop.submit { NIOLoopBound(EpmdNames(), eventLoop: eventLoop) }.get()
      do {
        let channel = try await ServerBootstrap(group: eventLoop)
          .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
          .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
              try channel.pipeline.syncOperations.addHandler(EpmdServerHandler(names.value))
            }
          }
          .bind(host: "127.0.0.1", port: port).get()
        let bound = channel.localAddress?.port ?? port
        try await eventLoop.submit { names.value.port = UInt16(truncatingIfNeeded: bound) }.get()
        return EpmdServer(channel, names, port: bound)
      } catch let error as IOError where error.isAddressInUse {
        return nil
      }
    }

    /// Frees the port, and closes the connections: nodes that are registered do so again with whatever listens there next.
    package func stop() async {
      try? await channel.close()
      try? await channel.eventLoop.flatSubmit { [names, loop = channel.eventLoop] in
        let channels = Array(names.value.channels.values)
        for channel in channels { channel.close(promise: nil) }
        return EventLoopFuture.andAllComplete(channels.map(\.closeFuture), on: loop)
      }.get()
    }
  }

  /// The names, for all connections on one event loop.
  private final class EpmdNames {
    var table = EpmdTable()
    var port: UInt16 = 0
    var channels: [UInt64: any Channel] = [:]
    private var lastID: UInt64 = 0

    func nextID() -> UInt64 {
      lastID += 1
      return lastID
    }
  }

  /// Answers requests of one connection.
  private final class EpmdServerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let names: EpmdNames
    private let id: UInt64
    private var splitter = FrameSplitter(lengthByteCount: 2, limit: 1024)
    private var holdsName = false
    private var timer: Scheduled<Void>?

    init(_ names: EpmdNames) {
      self.names = names
      id = names.nextID()
    }

    /// Connections at once: nodes hold one each.
    private static let connectionLimit = 2 * EpmdTable.limit

    func channelActive(context: ChannelHandlerContext) {
      names.channels[id] = context.channel
      if names.channels.count > EpmdServerHandler.connectionLimit { context.close(promise: nil) }
      timer = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(10)) { context.close(promise: nil) }
      context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
      names.channels[id] = nil
      timer?.cancel()
      names.table.closed(id)
      context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let buffer = unwrapInboundIn(data)
      var offset = 0
      do {
        // A connection asks one thing; one that holds a name asks nothing more.
        guard !holdsName, let body = try splitter.next(buffer.readableBytesSpan, at: &offset) else { return }
        guard let request = EpmdRequest(body) else { return context.close(promise: nil) }
        answer(request, context)
      } catch {
        context.close(promise: nil)
      }
    }

    private func answer(_ request: EpmdRequest, _ context: ChannelHandlerContext) {
      let answer = names.table.answer(request, from: id)
      var isLongCreation = false
      if case .register(let node) = request { isLongCreation = node.versions.upperBound >= 6 }
      let bytes = answer.response.bytes(
        creation: answer.creation, isLongCreation: isLongCreation, port: names.port)
      let written = context.eventLoop.makePromise(of: Void.self)
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: written)
      if answer.keepsConnection {
        holdsName = true
        timer?.cancel()
      } else {
        written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
      }
    }
  }
#endif
