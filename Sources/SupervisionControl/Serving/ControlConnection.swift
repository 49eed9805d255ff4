#if ControlSocket
  import NIOCore
  @_spi(Runtime) import ProcessRuntime
  import Supervision
  import SupervisionInspection

  /// One who is attached: a line comes, a line goes, one after the other.
  struct ControlConnection: Sendable {
    typealias Output = NIOAsyncChannelOutboundWriter<ByteBuffer>

    private let connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>
    private let handler: ControlHandler
    private let silence: SilenceTimer

    init(_ connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>, _ handler: ControlHandler) {
      self.connection = connection
      self.handler = handler
      silence = SilenceTimer(connection.channel, seconds: handler.limits.silence)
    }

    /// In a process of its own, until one of the two has enough.
    func serve(isWelcome: Bool) async {
      let attachment = ControlAttachment(handler)
      do {
        try await connection.executeThenClose { input, output in
          if let objection = await objection(isWelcome) {
            return try await write(JSON.text(ControlRefusal(objection)), to: output)
          }
          try await answer(input, output, attachment)
        }
      } catch {
        // Whoever was there is gone.
      }
      silence.stop()
      await attachment.end()
    }

    private func objection(_ isWelcome: Bool) async -> ControlFailure? {
      guard await PeerCredentials.of(connection.channel)?.isWelcome == true else {
        return ControlFailure(.refused, "only the user that the program runs as may attach; become that user")
      }
      if isWelcome { return nil }
      return ControlFailure(
        .refused, "\(handler.limits.connections) are attached already; end one of them, and try again")
    }

    private func answer(
      _ input: NIOAsyncChannelInboundStream<ByteBuffer>, _ output: Output, _ attachment: ControlAttachment
    ) async throws {
      var lines = LineSplitter(longest: handler.limits.lineBytes)
      silence.restart()
      for try await buffer in input {
        lines.append(buffer.readableBytesView)
        while true {
          let line: [UInt8]?
          do throws(LineSplitter.TooLong) {
            line = try lines.next()
          } catch {
            let failure = ControlFailure(.badRequest, "a request is one line of \(error.limit) bytes at most")
            return try await write(JSON.text(ControlRefusal(failure)), to: output)
          }
          guard let line else { break }
          silence.stop()
          try await reply(to: line, output, attachment)
          silence.restart()
        }
      }
    }

    private func reply(to line: [UInt8], _ output: Output, _ attachment: ControlAttachment) async throws {
      switch await handler.respond(to: line, attachment) {
      case .line(let text): try await write(text, to: output)
      case .stream(let stream):
        // Who goes away is noticed though nothing is to be written.
        connection.channel.closeFuture.whenComplete { _ in stream.cancel() }
        do {
          for await text in stream.lines { try await write(text, to: output) }
        } catch {
          await stream.end()
          throw error
        }
        await stream.end()
        try await write(JSON.text(ControlAnswer(Done("That is all."))), to: output)
      }
    }

    /// Suspends until the other end has taken it, or has taken too long.
    private func write(_ text: String, to output: Output) async throws {
      silence.restart()
      try await output.write(ByteBuffer(string: text + "\n"))
      silence.stop()
    }
  }
#endif
