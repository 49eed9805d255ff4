#if GRDB
  import Foundation
  import HTTPTypes
  import Hummingbird
  import Logging
  import Supervision

  /// What a client is told when it cannot have what it wants: `{"error": "what is wrong, and what to do"}`.
  struct Problem: HTTPResponseError {
    let status: HTTPResponse.Status
    let message: String
    var retryAfter: Duration?

    init(_ status: HTTPResponse.Status, _ message: String, retryAfter: Duration? = nil) {
      self.status = status
      self.message = message
      self.retryAfter = retryAfter
    }

    func response(from request: Request, context: some RequestContext) throws -> Response {
      var response = try context.responseEncoder.encode(["error": message], from: request, context: context)
      response.status = status
      if let retryAfter { response.headers[.retryAfter] = "\(retryAfter.components.seconds)" }
      return response
    }
  }

  extension Problem {
    /// The problem behind any error.
    init(_ error: any Error) {
      switch error {
      case let problem as Problem: self = problem
      case let failure as Matches.Failure: self.init(failure)
      case let refusal as MatchState.Refusal: self.init(.conflict, "\(refusal)")
      case let refusal as Commentator.Refusal: self.init(.unprocessableContent, "\(refusal)")
      case let error as HTTPError: self.init(error.status, error.body ?? error.status.reasonPhrase)
      case let error as any HTTPResponseError: self.init(error.status, error.status.reasonPhrase)
      case is CallError, is NameError, is PoolError, is SupervisorError:
        // The log says which part; that is no business of clients.
        self.init(.serviceUnavailable, "a part of the service is being restarted; try again", retryAfter: .seconds(1))
      default: self.init(.internalServerError, "something went wrong here; the log has the request's id")
      }
    }
  }

  extension Problem {
    private init(_ failure: Matches.Failure) {
      switch failure {
      case .unknown: self.init(.notFound, "\(failure)")
      case .idIsTaken: self.init(.conflict, "\(failure)")
      case .isRestarting: self.init(.serviceUnavailable, "\(failure)", retryAfter: .seconds(1))
      }
    }
  }

  /// Makes a `Problem` of every error.
  struct ProblemMiddleware<Context: RequestContext>: RouterMiddleware {
    func handle(
      _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
      do {
        return try await next(request, context)
      } catch {
        let problem = Problem(error)
        if problem.status.code >= 500 { context.logger.warning("\(request.method) \(request.uri.path): \(error)") }
        throw problem
      }
    }
  }
#endif
