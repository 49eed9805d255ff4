#if GRDB
  import Foundation
  import HTTPTypes
  import Hummingbird
  import Logging
  import NIOCore
  import ServiceLifecycle
  import Supervision
  import SupervisionIntegrations
  import SupervisionObserver

  /// What is known of a request: from where it comes, for the observer answers this machine alone.
  struct FootballContext: RequestContext, RemoteAddressRequestContext {
    var coreContext: CoreRequestContextStorage
    let remoteAddress: SocketAddress?

    init(source: ApplicationRequestContextSource) {
      coreContext = CoreRequestContextStorage(source: source)
      remoteAddress = source.channel.remoteAddress
    }

    /// The same each time, so that people and diffs can read it.
    var responseEncoder: JSONEncoder { .football }

    /// In bytes.
    var maxUploadSize: Int { 16_384 }
  }

  /// The server, as a service, with all its routes.
  struct WebServer: Sendable {
    let settings: Settings
    let chaos: Chaos?
    let exposition: Exposition

    /// The server as a service, which tells when it listens.
    func service(_ isReady: @escaping @Sendable () -> Void) throws -> some Service {
      OnPort(settings.port, try application(isReady))
    }

    private func application(_ isReady: @escaping @Sendable () -> Void) throws -> some ApplicationProtocol {
      let router = Router(context: FootballContext.self)
      router.addMiddleware {
        MetricsMiddleware()
        ProblemMiddleware()
      }
      try router.addObserver(
        at: "observer", ObserverConfiguration(title: "football", allowsActions: settings.allowsChaos))
      addPages(to: router)
      MatchRoutes().add(to: router.group("matches"))
      chaos?.addRoutes(to: router.group("chaos"))

      return Application(
        // Each request is a process: what traps in it is its own 500, and nobody else's.
        responder: router.buildResponder().inProcesses(),
        configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: settings.port)),
        onServerRunning: {
          settings.sayWhereToLook(port: $0.localAddress?.port ?? settings.port)
          isReady()
        },
        logger: Logger(label: "football.web"))
    }

    private func addPages(to router: Router<FootballContext>) {
      router.get("/") { _, _ in
        Page(matches: try await Store.ask { .summaries(limit: Page.mostMatches, $0) }).response
      }
      router.get("live") { _, _ in
        Response.news(of: .all) { try await Store.ask { .summaries(limit: Page.mostMatches, $0) } }
      }
      router.get("health") { _, _ in
        _ = try await Store.ask { .cursor($0) }
        return Health(status: "ok", matches: Matches.registry.count)
      }
      router.get("metrics") { _, _ in
        Response(
          status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
          body: ResponseBody(byteBuffer: ByteBuffer(string: exposition.text)))
      }
    }
  }

  private struct Health: ResponseEncodable {
    let status: String
    /// How many have a process now.
    let matches: Int
  }
#endif
