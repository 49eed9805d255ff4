#if GRDB
  import Foundation
  import Supervision
  import SupervisionIntegrations
  import Testing

  @testable import football

  extension FootballTests {
    @Suite("the web server")
    struct ServerTests {
      private let exposition = Exposition()

      private func start(_ port: Int) async throws -> Supervisor {
        var settings = try Settings([])
        settings.port = port
        let server = WebServer(settings: settings, chaos: nil, exposition: exposition)
        return try await Supervisor.start(strategy: .oneForOne) { ChildSpec.service("web") { try server.service($0) } }
      }

      @Test("SVC-9: a port that is taken is a start that fails, and says in one line what to do")
      func portTaken() async throws {
        let port = 20_000 + Int(getpid()) % 10_000
        let first = try await start(port)
        let error = await #expect(throws: StartError.self) { try await start(port) }
        let taken = error.flatMap { PortTaken($0) }
        #expect(taken == PortTaken(port: port))
        let text = taken?.description ?? ""
        #expect(text.hasPrefix("port \(port) of 127.0.0.1 is taken") && text.contains("--port") && !text.contains("\n"))
        try await first.stop()
      }
    }
  }
#endif
