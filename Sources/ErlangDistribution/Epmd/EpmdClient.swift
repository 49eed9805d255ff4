#if ErlangDistribution
  package import NIOCore
  import NIOPosix

  /// Asks an epmd.
  package struct EpmdClient: Sendable {
    let eventLoop: any EventLoop
    let host: String
    let port: Int
    let timeout: TimeAmount

    /// The port that epmd listens on: `ERL_EPMD_PORT`, else 4369.
    package static var standardPort: Int {
      CookieSource.variable("ERL_EPMD_PORT").flatMap { Int($0) } ?? 4369
    }

    package init(eventLoop: any EventLoop, host: String, port: Int, timeout: TimeAmount = .seconds(10)) {
      self.eventLoop = eventLoop
      self.host = host
      self.port = port
      self.timeout = timeout
    }

    /// The node of a name, without its host; nil when there is none.
    package func node(_ name: String) async throws(EpmdError) -> EpmdNode? {
      switch try await ask(.lookUp(name)) {
      case .found(let node): node
      case .unknown: nil
      default: throw .malformed
      }
    }

    /// The ports of all nodes of the host.
    package func names() async throws(EpmdError) -> [String: UInt16] {
      guard case .names(let names) = try await ask(.names) else { throw .malformed }
      return names
    }

    private func ask(_ request: EpmdRequest) async throws(EpmdError) -> EpmdResponse {
      do {
        return try await send(request, onClose: nil).flatMap { channel, response in
          channel.close().recover { _ in }.map { response }
        }.get()
      } catch {
        throw EpmdError(error)
      }
    }

    /// Sends a request.
    ///
    /// The channel stays open; `onClose` is called when it closes after the answer.
    func send(
      _ request: EpmdRequest, onClose: (@Sendable () -> Void)?
    ) -> EventLoopFuture<(any Channel, EpmdResponse)> {
      let answer = eventLoop.makePromise(of: EpmdResponse.self)
      return ClientBootstrap(group: eventLoop)
        .channelOption(.socketOption(.tcp_nodelay), value: 1)
        .connectTimeout(timeout)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(
              EpmdClientHandler(request, answer, timeout: timeout, onClose: onClose))
          }
        }
        .connect(host: host, port: port)
        .flatMapError { error in
          answer.fail(error)
          return eventLoop.makeFailedFuture(error)
        }
        .flatMap { channel in answer.futureResult.map { (channel, $0) } }
    }
  }

  /// Why epmd has not answered.
  package enum EpmdError: Error, Hashable, Sendable, CustomStringConvertible {
    case unreachable(String)
    case malformed
    case timeout
    /// Another node of this host has the name.
    case nameTaken

    init(_ error: any Error) { self = error as? EpmdError ?? .unreachable("\(error)") }

    package var description: String {
      switch self {
      case .unreachable(let why): "epmd cannot be reached: \(why)"
      case .malformed: "what answers at epmd's port is no epmd"
      case .timeout: "epmd does not answer"
      case .nameTaken: "another node of this host has the name already"
      }
    }
  }

  /// Sends a request when connected, and waits for the answer.
  private final class EpmdClientHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: EpmdRequest
    private let answer: EventLoopPromise<EpmdResponse>
    private let timeout: TimeAmount
    private let onClose: (@Sendable () -> Void)?
    private var received: [UInt8] = []
    private var timer: Scheduled<Void>?
    private var hasAnswer = false

    init(
      _ request: EpmdRequest, _ answer: EventLoopPromise<EpmdResponse>, timeout: TimeAmount,
      onClose: (@Sendable () -> Void)?
    ) {
      self.request = request
      self.answer = answer
      self.timeout = timeout
      self.onClose = onClose
    }

    func channelActive(context: ChannelHandlerContext) {
      timer = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) { self.fail(.timeout, context) }
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: request.bytes)), promise: nil)
      context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      // What comes after the answer to ALIVE2 means nothing.
      guard !hasAnswer else { return }
      received += Array(buffer: unwrapInboundIn(data))
      guard received.count <= EpmdResponse.maximumByteCount else { return fail(.malformed, context) }
      parse(context, isWhole: false)
    }

    func channelInactive(context: ChannelHandlerContext) {
      if hasAnswer { onClose?() } else { parse(context, isWhole: true) }
      context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      fail(EpmdError(error), context)
    }

    private func parse(_ context: ChannelHandlerContext, isWhole: Bool) {
      switch EpmdResponse.parse(received, to: request, isWhole: isWhole) {
      case .needsMore: break
      case .malformed: fail(.malformed, context)
      case .complete(let response):
        hasAnswer = true
        timer?.cancel()
        answer.succeed(response)
      }
    }

    private func fail(_ error: EpmdError, _ context: ChannelHandlerContext) {
      timer?.cancel()
      if !hasAnswer { answer.fail(error) }
      context.close(promise: nil)
    }
  }
#endif
