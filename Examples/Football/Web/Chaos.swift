#if GRDB
  import HTTPTypes
  import Hummingbird
  import Supervision

  /// Breaks things on purpose, for those who want to see what happens then: only with `--chaos`.
  ///
  ///     curl -X POST 'http://127.0.0.1:8080/chaos/trap?match=1'
  struct Chaos: Sendable {
    let feed: Feed

    func addRoutes(to group: RouterGroup<FootballContext>) {
      group.post("trap") { request, _ in
        try target(of: request).send(.goal)
        return HTTPResponse.Status.accepted
      }
      group.post("kill") { request, _ in
        try target(of: request).whereis?.exit(.kill)
        return HTTPResponse.Status.accepted
      }
      group.post("kill-store") { _, _ in
        ProcessName.store.whereis?.exit(.kill)
        return HTTPResponse.Status.accepted
      }
      group.post("feed") { _, _ in
        feed.fail(3)
        return HTTPResponse.Status.accepted
      }
      group.post("request") { _, _ -> HTTPResponse.Status in
        let nobody: [HTTPResponse.Status] = []
        return nobody[0]  // A trap in the handler of a request.
      }
    }

    private func target(of request: Request) throws -> ProcessName<Match.Message> {
      guard let id = Identifier(try request.uri.queryParameters.require("match")) else {
        throw Problem(.badRequest, "say which match, such as ?match=1")
      }
      return Matches.name(id)
    }
  }
#endif
