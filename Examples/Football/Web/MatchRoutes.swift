#if GRDB
  import HTTPTypes
  import Hummingbird
  import Supervision

  /// `/matches` and what is below.
  struct MatchRoutes: Sendable {
    private static let mostListed = 200

    func add(to group: RouterGroup<FootballContext>) {
      group.get(use: list)
      group.post(use: create)
      group.get(":match") { _, context in try await Matches.state(of: context.match).summary }
      group.get(":match/events") { _, context in try await Matches.state(of: context.match).events }
      group.post(":match/events", use: record)
      group.get(":match/live") { _, context in
        let id = try context.match
        _ = try await Matches.state(of: id)  // if there is no such match, that is an answer and no stream
        return Response.news(of: .match(id)) { [try await Matches.state(of: id).summary] }
      }
    }

    @Sendable private func list(_ request: Request, _ context: FootballContext) async throws -> [MatchSummary] {
      var limit = Self.mostListed
      if let text = request.uri.queryParameters["limit"] {
        guard let number = Int(text), (1...Self.mostListed).contains(number) else {
          throw Problem(.badRequest, "limit is a number from 1 to \(Self.mostListed)")
        }
        limit = number
      }
      return try await Store.ask { .summaries(limit: limit, $0) }
    }

    @Sendable private func create(
      _ request: Request, _ context: FootballContext
    ) async throws -> EditedResponse<MatchSummary> {
      let wanted = try await request.decode(as: NewMatch.self, context: context)
      let fixture = Fixture(id: wanted.id ?? .random(), home: wanted.home, away: wanted.away)
      if let problem = fixture.problem { throw Problem(.unprocessableContent, problem) }
      let isNew = try await Matches.create(fixture)
      return EditedResponse(
        status: isNew ? .created : .ok, headers: [.location: "/matches/\(fixture.id)"],
        response: try await Matches.state(of: fixture.id).summary)
    }

    @Sendable private func record(
      _ request: Request, _ context: FootballContext
    ) async throws -> EditedResponse<Match.Receipt> {
      let id = try context.match
      var event = try await request.decode(as: MatchEvent.self, context: context)
      if let comment = event.comment {
        event.comment = try await ProcessPool.commentators.call(timeout: .seconds(2)) { .check(comment, $0) }.get()
      }
      let receipt = try await Matches.record(event, in: id)
      return EditedResponse(status: receipt.verdict == .recorded ? .created : .ok, response: receipt)
    }
  }

  /// Whoever may have to repeat the request gives the match an id.
  private struct NewMatch: Decodable {
    let id: Identifier?
    let home: String
    let away: String
  }

  extension MatchSummary: ResponseEncodable {}
  extension MatchEvent: ResponseEncodable {}
  extension Match.Receipt: ResponseEncodable {}

  extension FootballContext {
    fileprivate var match: Identifier {
      get throws {
        guard let id = Identifier(try parameters.require("match")) else {
          throw Problem(
            .badRequest, "a match's id has 1 to \(Identifier.longest) letters, digits, dots, dashes or underscores")
        }
        return id
      }
    }
  }
#endif
