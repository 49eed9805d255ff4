#if GRDB
  import Supervision

  extension ProcessName where Message == Store.Message {
    static var store: Self { "store" }
  }

  /// The owner of the database: whoever wants to read or write asks this process.
  ///
  /// All that it is asked may be asked twice. If the database fails, the process ends, and its supervisor opens the file anew.
  struct Store: GenServer {
    enum Message: Sendable {
      case create(Fixture, ReplyTo<MatchDatabase.Creation>)
      case append(MatchEvent, to: Identifier, ReplyTo<Void>)
      case match(Identifier, ReplyTo<MatchState?>)
      case summaries(limit: Int, ReplyTo<[MatchSummary]>)
      case openFixtures(ReplyTo<[Fixture]>)
      case cursor(ReplyTo<Int>)
      case moveCursor(to: Int, ReplyTo<Void>)
    }

    private let database: MatchDatabase

    init(path: String) async throws {
      database = try await blocking { try MatchDatabase(path: path) }
    }

    func handle(_ message: Message) async throws {
      switch message {
      case .create(let fixture, let reply): reply(try await use { try $0.create(fixture) })
      case .append(let event, let match, let reply): reply(try await use { try $0.append(event, to: match) })
      case .match(let id, let reply): reply(try await use { try $0.match(id) })
      case .summaries(let limit, let reply): reply(try await use { try $0.summaries(limit: limit) })
      case .openFixtures(let reply): reply(try await use { try $0.openFixtures() })
      case .cursor(let reply): reply(try await use { try $0.cursor() })
      case .moveCursor(let cursor, let reply): reply(try await use { try $0.moveCursor(to: cursor) })
      }
    }

    /// SQLite blocks its thread: on one that is made for that, nobody else waits.
    private func use<Value: Sendable>(
      _ body: @escaping @Sendable (MatchDatabase) throws -> Value
    ) async throws -> Value {
      let database = database
      return try await FootballMetrics.storeDuration { try await blocking { try body(database) } }
    }
  }

  extension Store: CustomStringConvertible {
    /// For crash reports.
    var description: String { "Store" }
  }

  extension Store {
    /// Asks the store; if that ends before it has answered, its successor.
    static func ask<Value: Sendable>(_ make: (ReplyTo<Value>) -> Message) async throws(CallError) -> Value {
      try await ProcessName.store.call(retrying: .atLeastOnce(attempts: 4), make)
    }
  }
#endif
