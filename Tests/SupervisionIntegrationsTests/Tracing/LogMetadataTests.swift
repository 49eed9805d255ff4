#if Tracing
  import Logging
  import Supervision
  import SupervisionIntegrations
  import SupervisionTesting
  import Testing
  import Tracing

  private struct Writer: GenServer {
    enum Message: Sendable { case write(ReplyTo<Logger.Metadata?>) }

    /// As a program bootstraps it: processes, and what a tracer brings.
    static let provider = Logger.MetadataProvider.multiplex([
      .process,
      Logger.MetadataProvider { Mark.current.map { ["trace.id": "\($0.trace)", "span.id": "\($0.span)"] } ?? [:] },
    ])

    func handle(_ message: Message) {
      switch message {
      case .write(let reply): reply(Self.provider?.get())
      }
    }
  }

  @Suite("Metadata of log lines", .timeLimit(.minutes(1)))
  struct LogMetadataTests {
    @Test("TEL-4: a line that a handler writes names its process, its supervisor and its span")
    func together() async throws {
      let tracer = RecordingTracer()
      try await withTestNode { _ in
        let writer: ProcessName<Writer.Message> = "writer"
        let supervisor = try await Supervisor.start(strategy: .oneForOne, name: "press") {
          ChildSpec(writer) { Writer() }
        }
        let id = try #require(writer.whereis)
        let process: Logger.Metadata = ["process.id": "\(id)", "process.name": "writer", "supervisor": "press"]
        #expect(try await writer.call { .write($0) } == process)

        ProcessTracing.install(tracer)
        let traced = try await tracer.withSpan("caller") { _ in try await writer.call { .write($0) } }
        let span = try #require(tracer.spans(named: "Writer.write").first)
        let ids: Logger.Metadata = ["trace.id": "\(span.mark.trace)", "span.id": "\(span.mark.span)"]
        #expect(traced == process.merging(ids) { $1 })
        ProcessTracing.uninstall()
        try await supervisor.stop()
      }
    }
  }
#endif
