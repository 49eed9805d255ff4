#if Hummingbird
  import HTTPTypes
  import Hummingbird
  import Logging
  import NIOCore
  import Supervision
  import SupervisionIntegrations
  import Synchronization
  import Testing

  #if ServiceLifecycle
    import ServiceLifecycle
  #endif

  @Suite("Requests in processes", .timeLimit(.minutes(1)))
  struct ProcessResponderTests {
    @Test("each request runs as a process of its own, with a label, which ends when the response is written")
    func ownProcess() async throws {
      let site = Site()
      for _ in 0..<3 { #expect(try await site.answer("hello").text == "hello") }
      let all = site.handlers
      #expect(Set(all.map(\.id)).count == 3)
      #expect(all.allSatisfy { $0.label == "GET /hello" })
      for process in all {
        let reason = await process.id.exited()
        #expect(reason == .shutdown)
      }
    }

    @Test("a response that nobody writes keeps no process")
    func unwritten() async throws {
      let site = Site()
      _ = try await site.respond("hello")
      let process = try #require(site.handlers.first)
      let reason = await process.id.exited()
      #expect(reason == .shutdown)
    }

    @Test("a trap in a handler is an internal server error, and the next request is answered")
    func trap() async throws {
      let site = Site()
      #expect(try await site.answer("index/1").text == "2")
      for _ in 0..<5 {
        let error = await #expect(throws: HTTPError.self) { try await site.respond("index/7") }
        #expect(error?.status == .internalServerError)
      }
      #expect(try await site.answer("index/2").text == "3")
    }

    #if ServiceLifecycle
      /// Asks for a stream, as the task of a server does.
      private struct Asking: Service {
        let site: Site
        let journal: Journal<String>

        func run() async throws { journal.note(try await site.answer("until-shutdown").text) }
      }

      @Test("SVC-10: a request in a process hears of the graceful shutdown of its server")
      func gracefulShutdown() async throws {
        let (site, journal) = (Site(), Journal<String>())
        let group = ServiceGroup(services: [Asking(site: site, journal: journal)], logger: Logger(label: "test"))
        async let end: Void = group.run()
        try await eventually { !site.handlers.isEmpty }
        await group.triggerGracefulShutdown()
        try await end
        #expect(journal.entries == ["begun, ended"])
      }
    #endif

    @Test("a request whose process is killed is an internal server error")
    func killed() async throws {
      let error = await #expect(throws: HTTPError.self) { try await Site().respond("exit") }
      #expect(error?.status == .internalServerError)
    }

    @Test("an error that is thrown is answered as without processes")
    func thrown() async throws {
      #expect(try await Site().respond("error").status == .conflict)
      #expect(try await Site().respond("nowhere").status == .notFound)
      let error = await #expect(throws: HTTPError.self) { try await Site().respondByThrowing(HTTPError(.gone)) }
      #expect(error?.status == .gone)
    }

    @Test("a body is written as the request's process, with its length, and trailing fields")
    func body() async throws {
      let site = Site()
      let text = String(repeating: "0123456789", count: 10_000)
      let answer = try await site.answer("echo", method: .post, body: text)
      #expect(answer.text == text)
      #expect(answer.trailer?[.contentType] == "of a process")
      let length = try await site.respond("hello").body.contentLength
      #expect(length == 5)
    }

    @Test("a trap while the body is written is an error of the writing, and the next request is answered")
    func half() async throws {
      let site = Site()
      let response = try await site.respond("half")
      let writer = Writer()
      await #expect(throws: CallError.self) { try await response.body.write(writer) }
      #expect(writer.text == "half")
      #expect(try await site.answer("hello").text == "hello")
    }

    @Test("when the task of a request is cancelled its process ends")
    func cancelled() async throws {
      let site = Site()
      let task = Task { try await site.respond("wait") }
      while site.handlers.isEmpty { await Task.yield() }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      let process = try #require(site.handlers.first)
      let reason = await process.id.exited()
      #expect(reason == .shutdown)
    }
  }

  /// A router whose requests run in processes, without a socket.
  private final class Site: Sendable {
    struct Source: RequestContextSource {
      let logger = Logger(label: "test")
    }

    struct Context: RequestContext {
      typealias Source = Site.Source
      var coreContext: CoreRequestContextStorage
      init(source: Source) { coreContext = CoreRequestContextStorage(source: source) }
    }

    private let noted = Mutex<[(id: ProcessID, label: String?)]>([])

    /// The processes that have handled requests.
    var handlers: [(id: ProcessID, label: String?)] { noted.withLock { $0 } }

    private func note() {
      guard let id = CurrentProcess.id else { return }
      let label = CurrentProcess.label
      noted.withLock { $0.append((id, label)) }
    }

    private func router() -> Router<Context> {
      let router = Router(context: Context.self)
      router.get("hello") { _, _ in
        self.note()
        return "hello"
      }
      router.post("echo") { request, _ in
        Response(
          status: .ok,
          body: ResponseBody { writer in
            for try await part in request.body { try await writer.write(part) }
            let isProcess = CurrentProcess.id != nil
            try await writer.finish([.contentType: isProcess ? "of a process" : "of nobody"])
          })
      }
      router.get("index/:n") { _, context in
        let numbers = [1, 2, 3]
        return "\(numbers[try context.parameters.require("n", as: Int.self)])"
      }
      router.get("error") { _, _ -> String in throw HTTPError(.conflict) }
      router.get("exit") { _, _ -> String in
        CurrentProcess.id?.exit(.kill)
        try await CurrentProcess.sleep(for: .seconds(3_600))
        return ""
      }
      router.get("wait") { _, _ -> String in
        self.note()
        try await CurrentProcess.sleep(for: .seconds(3_600))
        return ""
      }
      #if ServiceLifecycle
        router.get("until-shutdown") { _, _ in
          Response(
            status: .ok,
            body: ResponseBody { writer in
              try await writer.write(ByteBuffer(string: "begun"))
              self.note()
              try await gracefulShutdown()
              try await writer.write(ByteBuffer(string: Task.isShuttingDownGracefully ? ", ended" : ", and?"))
              try await writer.finish(nil)
            })
        }
      #endif
      router.get("half") { _, _ in
        Response(
          status: .ok,
          body: ResponseBody { writer in
            try await writer.write(ByteBuffer(string: "half"))
            let nothing: [Int] = []
            try await writer.write(ByteBuffer(string: "\(nothing[nothing.count])"))
            try await writer.finish(nil)
          })
      }
      return router
    }

    func respond(_ path: String, method: HTTPRequest.Method = .get, body: String = "") async throws -> Response {
      let head = HTTPRequest(method: method, scheme: "http", authority: "localhost", path: "/" + path)
      let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(string: body)))
      return try await router().buildResponder().inProcesses().respond(to: request, context: Context(source: Source()))
    }

    func respondByThrowing(_ error: any Error) async throws {
      let responder = CallbackResponder<Context> { _, _ in throw error }.inProcesses()
      let head = HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: "/")
      let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
      _ = try await responder.respond(to: request, context: Context(source: Source()))
    }

    func answer(
      _ path: String, method: HTTPRequest.Method = .get, body: String = ""
    ) async throws -> (text: String, trailer: HTTPFields?) {
      let response = try await respond(path, method: method, body: body)
      let writer = Writer()
      try await response.body.write(writer)
      return (writer.text, writer.trailer)
    }
  }

  /// Belongs to whoever writes.
  private final class Writer: ResponseBodyWriter {
    private(set) var text = ""
    private(set) var trailer: HTTPFields?

    func write(_ buffer: ByteBuffer) async throws { text += String(buffer: buffer) }
    consuming func finish(_ trailingHeaders: HTTPFields?) async throws { trailer = trailingHeaders }
  }
#endif
