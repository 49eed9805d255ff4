#if Hummingbird
  import HTTPTypes
  public import Hummingbird
  import NIOCore
  @_spi(Runtime) import ProcessRuntime
  import ServiceLifecycle
  import Supervision
  import SupervisionInspection

  extension RouterMethods {
    /// Mounts the page of this program's node.
    ///
    ///     let router = Router()
    ///     try router.addObserver(at: "observer", ObserverConfiguration(token: token))
    ///
    /// Does not suspend. From now on crash reports are kept; everything else is looked at when somebody asks for it.
    ///
    /// - Parameters:
    ///   - path: where, such as `observer` or `ops/observer`; empty for the top.
    ///   - configuration: what is shown, and to whom.
    /// - Returns: the router.
    /// - Throws: ``ObserverError``: `tokenRequired` if there is no token and the router's context does not tell where a request
    ///   comes from (Hummingbird's `RemoteAddressRequestContext`).
    @discardableResult
    public func addObserver(
      at path: String, _ configuration: ObserverConfiguration = ObserverConfiguration()
    ) throws(ObserverError) -> Self {
      try configuration.validate()
      if configuration.token == nil, !(Context.self is any RemoteAddressRequestContext.Type) {
        throw .tokenRequired("A router whose context is \(Context.self)")
      }
      let node = Node.current
      let parts = path.split(separator: "/").map(String.init)
      let base = parts.map { "/" + $0 }.joined()
      let handler = ObserverHandler(
        configuration: configuration, base: base, sampler: Sampler(node: node, configuration),
        crashes: CrashLog(node: node, keeping: configuration.keptCrashes),
        access: Access(token: configuration.token, allowsActions: configuration.allowsActions))
      let respond: @Sendable (Request, Context) async throws -> Response = { request, context in
        let request = try await ObserverRequest(request, context, below: parts.count)
        return Response(await handler.respond(to: request), isPost: request.isPost)
      }
      for place in [base, "\(base)/**"] {
        on(RouterPath(stringLiteral: place), method: .get, use: respond)
        on(RouterPath(stringLiteral: place), method: .post, use: respond)
      }
      return self
    }
  }

  extension ObserverRequest {
    private static var longestForm: Int { 16_384 }

    init(_ request: Request, _ context: some RequestContext, below depth: Int) async throws {
      isPost = request.method == .post
      path = request.uri.path.split(separator: "/").dropFirst(depth).map { Address.decode($0) }
      query = Address.fields(request.uri.query ?? "")
      for field in request.headers { headers[field.name.canonicalName] = field.value }
      if let host = request.head.authority { headers["host"] = host }
      if let context = context as? any RemoteAddressRequestContext {
        remote = context.remoteAddress.map { $0.isThisMachine ? .thisMachine : .other } ?? .other
      }
      if isPost {
        let body = try await request.body.collect(upTo: Self.longestForm)
        form = Address.fields(String(buffer: body))
      }
    }
  }

  extension SocketAddress {
    fileprivate var isThisMachine: Bool {
      switch self {
      case .unixDomainSocket: true
      case .v4, .v6:
        ipAddress.map { $0.hasPrefix("127.") || $0 == "::1" || $0.hasPrefix("::ffff:127.") } ?? false
      }
    }
  }

  /// False, at once, when the server is told to shut down: it waits for every response that is not at its end.
  private func pauseUnlessShuttingDown(_ time: Duration) async throws -> Bool {
    do {
      try await cancelWhenGracefulShutdown { try await Task.sleep(for: time) }
    } catch is CancellationError where Task.isShuttingDownGracefully && !Task.isCancelled {
      return false
    }
    return true
  }

  extension Response {
    fileprivate init(_ response: ObserverResponse, isPost: Bool) {
      var headers = HTTPFields()
      headers[.contentType] = response.type
      headers[.cacheControl] = "no-store"
      for (name, value) in ObserverResponse.guards + response.headers {
        if let name = HTTPField.Name(name) { headers[name] = value }
      }
      let body: ResponseBody
      switch response.body {
      case .text(let text): body = ResponseBody(byteBuffer: ByteBuffer(string: text))
      case .events(let events):
        body = ResponseBody { writer in
          var events = events
          await events.begin()
          do {
            while !Task.isShuttingDownGracefully, let text = try await events.next(pauseUnlessShuttingDown) {
              try await writer.write(ByteBuffer(string: text))
            }
          } catch {
            await events.end()
            throw error
          }
          await events.end()
          try await writer.finish(nil)
        }
      }
      self.init(status: HTTPResponse.Status(code: response.status), headers: headers, body: body)
    }
  }
#endif
