#if ErlangDistribution
  import ErlangTerms
  import NIOCore
  import NIOPosix

  @testable import ErlangDistribution

  /// A peer that sends whatever it likes.
  struct RawPeer {
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var buffer = ByteBuffer()

    /// Connects to a port of this host, and closes the connection afterwards.
    static func connected<Result: Sendable>(
      to port: Int?, prepare: @escaping @Sendable (any Channel) throws -> Void = { _ in },
      _ body: (inout RawPeer) async throws -> Result
    ) async throws -> Result {
      let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connect(host: "127.0.0.1", port: port ?? 0) { channel in
          channel.eventLoop.makeCompletedFuture {
            try prepare(channel)
            return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
          }
        }
      return try await channel.executeThenClose { inbound, outbound in
        var peer = RawPeer(inbound: inbound.makeAsyncIterator(), outbound: outbound)
        return try await body(&peer)
      }
    }

    private init(
      inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
      outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
      self.inbound = inbound
      self.outbound = outbound
    }

    func send(_ bytes: [UInt8]) async throws { try await outbound.write(ByteBuffer(bytes: bytes)) }

    /// The next frame, or nil when the other side has closed.
    mutating func frame(lengthByteCount: Int) async throws -> [UInt8]? {
      while true {
        let length =
          lengthByteCount == 2
          ? buffer.getInteger(at: buffer.readerIndex, as: UInt16.self).map(Int.init)
          : buffer.getInteger(at: buffer.readerIndex, as: UInt32.self).map(Int.init)
        if let length, buffer.readableBytes >= lengthByteCount + length {
          buffer.moveReaderIndex(forwardBy: lengthByteCount)
          return buffer.readBytes(length: length)
        }
        guard var more = try? await inbound.next(isolation: #isolation) else { return nil }
        buffer.writeBuffer(&more)
      }
    }

    /// Returns when the other side has closed, and says whether anything else came before.
    mutating func close() async throws -> Bool {
      var isSilent = buffer.readableBytes == 0
      while let more = try? await inbound.next(isolation: #isolation) { isSilent = isSilent && more.readableBytes == 0 }
      return isSilent
    }

    mutating func sendMessage(_ message: HandshakeMessage, lengthByteCount: Int = 2) async throws {
      if lengthByteCount == 4 { return try await sendFrame(message.bytes) }
      var bytes: [UInt8] = []
      bytes.appendInteger(UInt16(message.bytes.count))
      try await send(bytes + message.bytes)
    }

    mutating func sendFrame(_ body: [UInt8]) async throws {
      var bytes: [UInt8] = []
      bytes.appendInteger(UInt32(body.count))
      try await send(bytes + body)
    }

    /// Shakes hands.
    ///
    /// Whether it came to a connection.
    mutating func shakeHands(
      with peer: NetworkNode, as name: String = "rogue@localhost", cookie: String = "c",
      flags: DistributionFlags = .hidden, lengthByteCount: Int = 2
    ) async throws -> Bool {
      let settings = HandshakeSettings(
        name: try NodeName(name), creation: 99, flags: flags, cookie: try Cookie(cookie))
      var machine = Initiator(settings, to: try NodeName(peer.local.name.name), challenge: .random(in: 0...UInt32.max))
      var effects = machine.start()
      while true {
        for effect in effects {
          switch effect {
          case .send(let message): try await sendMessage(message, lengthByteCount: lengthByteCount)
          case .established: return true
          case .fail, .awaitPeer: return false
          case .decide, .authenticated: break
          }
        }
        guard let message = try await frame(lengthByteCount: lengthByteCount) else { return false }
        effects = machine.receive(message)
      }
    }
  }
#endif
