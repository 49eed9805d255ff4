#if Hummingbird
  import HTTPTypes
  import Hummingbird
  import Logging
  import NIOCore
  import ServiceLifecycle
  import Testing

  @testable import SupervisionObserver

  @Suite("The observer at the end of its server", .timeLimit(.minutes(1)))
  struct ShutdownTests {
    private struct Near: RequestContext, RemoteAddressRequestContext {
      typealias Source = Mounted.Source
      var coreContext: CoreRequestContextStorage
      var remoteAddress: SocketAddress? { try? SocketAddress(ipAddress: "127.0.0.1", port: 1) }
      init(source: Source) { coreContext = CoreRequestContextStorage(source: source) }
    }

    /// Reads the events of a page that is brought up to date once an hour, as the task of a server does.
    private struct Viewing: Service {
      let written: AsyncStream<String>.Continuation

      func run() async throws {
        var configuration = ObserverConfiguration()
        configuration.interval = .seconds(3_600)
        let router = Router(context: Near.self)
        try router.addObserver(at: "", configuration)
        let head = HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: "/events?view=/node")
        let response = try await router.buildResponder().respond(
          to: Request(head: head, body: RequestBody(buffer: ByteBuffer())), context: Near(source: Mounted.Source()))
        try await response.body.write(Writer(written: written))
      }
    }

    private struct Writer: ResponseBodyWriter {
      let written: AsyncStream<String>.Continuation
      func write(_ buffer: ByteBuffer) async throws { written.yield(String(buffer: buffer)) }
      consuming func finish(_ trailingHeaders: HTTPFields?) async throws { written.yield("finished") }
    }

    @Test("OBS-15: a stream of events ends at once, and in order, when the server is told to shut down")
    func streamsEnd() async throws {
      let (written, tell) = AsyncStream.makeStream(of: String.self)
      let group = ServiceGroup(services: [Viewing(written: tell)], logger: Logger(label: "test"))
      async let end: Void = group.run()
      var texts = written.makeAsyncIterator()
      #expect(await texts.next()?.hasPrefix("retry: 1000\n\nevent: view\n") == true)
      await group.triggerGracefulShutdown()
      try await end
      #expect(await texts.next() == "finished")
    }
  }
#endif
