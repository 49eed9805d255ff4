#if Hummingbird
  import Hummingbird
  import Logging
  import NIOCore
  @_spi(Runtime) import ProcessRuntime
  public import ServiceLifecycle
  import Supervision

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #elseif canImport(Darwin)
    import Darwin
  #endif

  /// The page of a running node, with a web server of its own.
  ///
  ///     try await ObserverServer().run()  // http://127.0.0.1:4040
  ///
  /// It listens on this machine alone, unless it is told otherwise, and then it needs a token. In a program that has a web server
  /// already, mount the page there: `addObserver(at:_:)`.
  public struct ObserverServer: Service {
    /// What is shown, and to whom.
    public let configuration: ObserverConfiguration
    private let host: String
    private let port: Int
    private let onReady: @Sendable (Int) async -> Void

    /// A server that does not run yet.
    ///
    /// - Parameters:
    ///   - configuration: what is shown, and to whom.
    ///   - host: where it listens: an address of this machine.
    ///   - port: the port; zero for any that is free.
    ///   - onReady: told the port when it listens.
    /// - Throws: ``ObserverError``: `tokenRequired` for a host that others can reach, if there is no token.
    public init(
      _ configuration: ObserverConfiguration = ObserverConfiguration(), host: String = "127.0.0.1", port: Int = 4040,
      onReady: @escaping @Sendable (Int) async -> Void = { _ in }
    ) throws(ObserverError) {
      try configuration.validate()
      if configuration.token == nil, !["127.0.0.1", "localhost", "::1"].contains(host) {
        throw .tokenRequired(host)
      }
      self.configuration = configuration
      self.host = host
      self.port = port
      self.onReady = onReady
    }

    /// Serves the page until the task is cancelled, or a graceful shutdown is asked for.
    ///
    /// Suspends until then. Open streams end at once.
    ///
    /// - Throws: ``ObserverError``, `portTaken`, if another program listens there; else what the system says.
    public func run() async throws {
      let router = Router(context: ObserverContext.self)
      try router.addObserver(at: "", configuration)
      var logger = Logger(label: "supervision.observer")
      logger.logLevel = .notice
      let onReady = onReady
      let application = Application(
        router: router,
        configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
        onServerRunning: { await onReady($0.localAddress?.port ?? 0) }, logger: logger)
      do {
        try await application.run()
      } catch let error as IOError where error.errnoCode == EADDRINUSE {
        throw ObserverError.portTaken("\(host):\(port)")
      }
    }
  }

  /// What is known of a request here: from where it comes.
  struct ObserverContext: RequestContext, RemoteAddressRequestContext {
    var coreContext: CoreRequestContextStorage
    let remoteAddress: SocketAddress?

    init(source: ApplicationRequestContextSource) {
      coreContext = CoreRequestContextStorage(source: source)
      remoteAddress = source.channel.remoteAddress
    }
  }
#endif
