#if Hummingbird
  import HTTPTypes
  import Hummingbird
  import Logging
  import NIOCore

  @testable import SupervisionInspection
  @testable import SupervisionObserver

  /// The observer in a router of somebody else's, without a socket.
  enum Mounted {
    struct Source: RequestContextSource {
      let logger = Logger(label: "test")
    }

    struct Plain: RequestContext {
      typealias Source = Mounted.Source
      var coreContext: CoreRequestContextStorage
      init(source: Source) { coreContext = CoreRequestContextStorage(source: source) }
    }

    /// Of one that comes from elsewhere.
    struct Placed: RequestContext, RemoteAddressRequestContext {
      typealias Source = Mounted.Source
      var coreContext: CoreRequestContextStorage
      var remoteAddress: SocketAddress? { try? SocketAddress(ipAddress: "10.0.0.7", port: 1) }
      init(source: Source) { coreContext = CoreRequestContextStorage(source: source) }
    }

    enum Built {
      case plain(Router<Plain>)
      case placed(Router<Placed>)
    }

    static func router(knowsPlaces: Bool, token: String?) throws -> Built {
      let configuration = ObserverConfiguration(token: token)
      if knowsPlaces {
        let router = Router(context: Placed.self)
        try router.addObserver(at: "ops/o", configuration)
        return .placed(router)
      }
      let router = Router(context: Plain.self)
      try router.addObserver(at: "ops/o", configuration)
      return .plain(router)
    }

    static func get(_ router: Built, _ path: String) async throws -> (status: Int, policy: String, text: String) {
      let head = HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: path)
      let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
      let response: Response
      switch router {
      case .plain(let router):
        response = try await router.buildResponder().respond(to: request, context: Plain(source: Source()))
      case .placed(let router):
        response = try await router.buildResponder().respond(to: request, context: Placed(source: Source()))
      }
      let writer = Writer()
      try await response.body.write(writer)
      return (
        response.status.code, response.headers[HTTPField.Name("content-security-policy") ?? .contentType] ?? "",
        writer.text
      )
    }

    final class Writer: ResponseBodyWriter {
      private(set) var text = ""
      func write(_ buffer: ByteBuffer) async throws { text += String(buffer: buffer) }
      consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }
  }
#endif
