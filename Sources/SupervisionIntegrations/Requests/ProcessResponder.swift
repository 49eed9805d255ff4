#if Hummingbird
  public import Hummingbird
  import Logging
  import Supervision

  /// Answers each request in a process of its own: what traps there ends that request, and no other.
  ///
  ///     let app = Application(responder: router.buildResponder().inProcesses())
  ///
  /// All that the responder does for a request, its middleware too, runs as the request's process, up to the last byte of the
  /// response's body. A trap, a kill, or an exit signal before the response has begun is answered with 500 Internal Server
  /// Error; the crash report has the reason. After that the connection is closed, for half a response cannot be taken back. An
  /// error that is thrown is the server's to answer, as without processes.
  ///
  /// The responder finds the task-local values that it finds without processes: it hears of a graceful shutdown of the server
  /// (`withGracefulShutdownHandler`, `Task.isShuttingDownGracefully`), which is what ends a stream in time.
  ///
  /// When the client goes away, or the server shuts down in haste, the request's task is cancelled, and its process ends with
  /// `shutdown`.
  ///
  /// A middleware cannot do this: it may not let go of the next one, and a process may have been killed while its code still
  /// runs.
  public struct ProcessResponder<Base: HTTPResponder>: HTTPResponder where Base.Context: RequestContext {
    /// What goes with each request.
    public typealias Context = Base.Context

    private let base: Base

    /// Each request of `base` in a process.
    public init(_ base: Base) { self.base = base }

    /// The response, once the request's process has it.
    public func respond(to request: Request, context: Context) async throws -> Response {
      guard let process = RequestProcess.start(base, request, context) else { throw HTTPError(.internalServerError) }
      let result: Result<Response, any Error>
      do {
        result = try await process.ask { .respond($0) }
      } catch let error as CallError {
        if Task.isCancelled { throw CancellationError() }
        context.logger.debug("the process of a request has ended: \(error)")
        throw HTTPError(.internalServerError)
      }
      var response = try result.get()
      let body = response.body
      response.body = ResponseBody(contentLength: body.contentLength) { writer in
        try await process.write(body, to: &writer)
      }
      return response
    }
  }

  extension HTTPResponder where Context: RequestContext {
    /// The same responder, with a process for each request.
    public func inProcesses() -> ProcessResponder<Self> { ProcessResponder(self) }
  }

  /// The process of one request, which ends when the last one lets go of this.
  private final class RequestProcess: Sendable {
    enum Message: Sendable {
      case respond(ReplyTo<Result<Response, any Error>>)
      case write(ResponseBody, Handed<any ResponseBodyWriter>, ReplyTo<Result<Void, any Error>>)
    }

    /// Handed from the connection's task to the process, which has it while that one waits.
    struct Handed<Value>: @unchecked Sendable {
      let value: Value
    }

    private let process: ProcessRef<Message>

    private init(_ process: ProcessRef<Message>) { self.process = process }

    deinit { process.id.exit(.shutdown) }

    /// Nil if the process has ended already.
    static func start<Base: HTTPResponder>(
      _ base: Base, _ request: Request, _ context: Base.Context
    ) -> RequestProcess? {
      let context = Handed(value: context)
      // Its start is no event of its own for who follows traces: what it does is a part of the request.
      let process = spawnApart(
        receiving: Message.self, label: "\(request.method) \(request.uri.path)", inheritsTaskLocals: true
      ) { inbox in
        while true {
          try await inbox.handleNext { message in
            switch message {
            case .respond(let reply):
              let result: Result<Response, any Error>
              do { result = .success(try await base.respond(to: request, context: context.value)) } catch {
                result = .failure(error)
              }
              reply(result)
            case .write(let body, let writer, let reply):
              let result: Result<Void, any Error>
              do { result = .success(try await body.write(writer.value)) } catch { result = .failure(error) }
              reply(result)
            }
          }
        }
      }
      return ProcessRef<Message>(process).map { RequestProcess($0) }
    }

    /// The answer of the process; when the asking task is cancelled, the process ends.
    func ask<Value: Sendable>(_ message: @escaping @Sendable (ReplyTo<Value>) -> Message) async throws -> Value {
      try await withTaskCancellationHandler {
        try await process.call(timeout: nil) { message($0) }
      } onCancel: {
        process.id.exit(.shutdown)
      }
    }

    func write(_ body: ResponseBody, to writer: inout any ResponseBodyWriter) async throws {
      let writer = Handed(value: writer)
      try await ask { .write(body, writer, $0) }.get()
    }
  }
#endif
