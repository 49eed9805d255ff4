#if Hummingbird && Tracing
  import HTTPTypes
  import Hummingbird
  import Logging
  import NIOCore
  import SupervisionIntegrations
  import Testing
  import Tracing

  @Suite("Traces of requests", .timeLimit(.minutes(1)))
  struct TracedRequestTests {
    struct Source: RequestContextSource {
      let logger = Logger(label: "test")
    }

    struct Context: RequestContext {
      typealias Source = TracedRequestTests.Source
      var coreContext: CoreRequestContextStorage
      init(source: Source) { coreContext = CoreRequestContextStorage(source: source) }
    }

    @Test(
      "TRC-9: what a process does for a request is a part of the request's trace, and its start no trace of its own")
    func request() async throws {
      let tracer = RecordingTracer()
      let journal = Journal<Mark?>()
      ProcessTracing.install(tracer)
      let responder = CallbackResponder<Context> { _, _ in
        journal.note(Mark.current)
        return Response(status: .ok)
      }.inProcesses()
      let head = HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: "/")
      let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
      let response = try await tracer.withSpan("request") { _ in
        try await responder.respond(to: request, context: Context(source: Source()))
      }
      ProcessTracing.uninstall()
      #expect(response.status == .ok)
      // The answer may be here before what the process has done for it is over.
      try await eventually { tracer.spans.count == 2 && tracer.spans.allSatisfy { $0.ends == 1 } }
      let root = try #require(tracer.spans(named: "request").first)
      let mark = try #require(journal.entries.first ?? nil)
      #expect(mark.trace == root.mark.trace)
      #expect(tracer.spans.first { $0.mark == mark }?.parent == root.mark)
      #expect(tracer.spans.count == 2 && tracer.spans.allSatisfy { $0.ends == 1 && $0.links.isEmpty })
    }
  }
#endif
