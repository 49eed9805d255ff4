#if ControlSocket
  import NIOCore
  import NIOPosix
  @_spi(Runtime) import ProcessRuntime
  import Supervision
  import Synchronization

  /// A socket that somebody listens at, with those who are attached.
  final class ControlListener: Sendable {
    private struct State: Sendable {
      var file: SocketFile?
      var channel: (any Channel)?
      var connections: [ObjectIdentifier: any Channel] = [:]
      var isClosed = false
    }

    let handler: ControlHandler
    private let owner: ProcessID?
    private let state = Mutex(State())

    private init(_ handler: ControlHandler) {
      self.handler = handler
      owner = CurrentProcess.id
    }

    /// Those of this program: one whose process was killed, or has trapped, has had no time to close.
    private static let all = Mutex<[String: ControlListener]>([:])

    static func listen(at path: String, _ handler: ControlHandler) async throws -> ControlListener {
      let listener = ControlListener(handler)
      if let left = all.withLock({ $0[path] }), left.owner?.isAlive != true { await left.close() }
      let (file, channel) = try await SocketFile.claim(path) {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
          .serverChannelOption(.backlog, value: 16)
          .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
              let connection = try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
              // Not before: what is written earlier may be lost when the channel is closed.
              try channel.pipeline.syncOperations.addHandler(WhenActive { listener.admit(connection) })
            }
          }
          .bind(unixDomainSocketPath: path).get()
      }
      listener.state.withLock { state in
        state.file = file
        state.channel = channel
      }
      all.withLock { $0[path] = listener }
      return listener
    }

    /// On the event loop: nothing but the start of a process.
    private func admit(_ connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>) {
      let channel = connection.channel
      let key = ObjectIdentifier(channel)
      let isWelcome = state.withLock { state in
        guard !state.isClosed, state.connections.count < self.handler.limits.connections else { return false }
        state.connections[key] = channel
        return true
      }
      channel.closeFuture.whenComplete { [weak self] _ in self?.state.withLock { $0.connections[key] = nil } }
      let handler = handler
      _ = spawn(on: handler.node) {
        CurrentProcess.label = "control connection"
        await ControlConnection(connection, handler).serve(isWelcome: isWelcome)
      }
    }

    /// Ends all connections, and removes the file.
    ///
    /// Suspends until nobody listens any more.
    func close() async {
      let (file, channel, connections) = state.withLock { state in
        defer {
          state.file = nil
          state.channel = nil
          state.isClosed = true
        }
        return (state.file, state.channel, Array(state.connections.values))
      }
      await file?.remove(after: { try? await channel?.close() })
      for connection in connections { try? await connection.close() }
      if let path = file?.path {
        Self.all.withLock { if $0[path] === self { $0[path] = nil } }
      }
    }
  }

  /// Does something when a channel has become active.
  private final class WhenActive: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let body: () -> Void

    init(_ body: @escaping () -> Void) { self.body = body }

    func channelActive(context: ChannelHandlerContext) {
      body()
      context.fireChannelActive()
    }
  }
#endif
