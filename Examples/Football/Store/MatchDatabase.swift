#if GRDB
  import GRDB

  /// The file in which events stand.
  ///
  /// What is written is on the disk when `append` returns. Nothing in a transaction can trap: a trap would leave the file locked
  /// until the program ends.
  struct MatchDatabase: Sendable {
    enum Creation: Hashable, Sendable {
      case created
      case existed
      /// The id belongs to a match of other teams.
      case taken
    }

    private let queue: DatabaseQueue

    /// Opens the file, and makes it if there is none.
    init(path: String) throws {
      var configuration = Configuration()
      configuration.label = "football"
      configuration.journalMode = .wal
      // A store that was killed may be in the middle of its last write while its successor opens the file.
      configuration.busyMode = .timeout(5)
      configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
      queue = try DatabaseQueue(path: path, configuration: configuration)
      try Self.migrator.migrate(queue)
    }

    private static var migrator: DatabaseMigrator {
      var migrator = DatabaseMigrator()
      migrator.registerMigration("fixtures, events, and how far the feed was read") { database in
        try database.execute(
          sql: """
            CREATE TABLE fixture (
              id TEXT PRIMARY KEY, home TEXT NOT NULL, away TEXT NOT NULL, isOver INTEGER NOT NULL DEFAULT 0);
            CREATE TABLE event (
              number INTEGER PRIMARY KEY, fixture TEXT NOT NULL REFERENCES fixture (id), id TEXT NOT NULL,
              kind TEXT NOT NULL, comment TEXT, UNIQUE (fixture, id));
            CREATE TABLE feed (cursor INTEGER NOT NULL);
            INSERT INTO feed VALUES (0);
            """)
      }
      return migrator
    }
  }

  extension MatchDatabase {
    func create(_ fixture: Fixture) throws -> Creation {
      try queue.write { database in
        if let known = try Fixture.find(fixture.id, in: database) { return known == fixture ? .existed : .taken }
        try database.execute(
          sql: "INSERT INTO fixture (id, home, away) VALUES (?, ?, ?)",
          arguments: [fixture.id.text, fixture.home, fixture.away])
        return .created
      }
    }

    /// Enters an event; one that is there already is left as it is.
    func append(_ event: MatchEvent, to fixture: Identifier) throws {
      try queue.write { database in
        try database.execute(
          sql:
            "INSERT INTO event (fixture, id, kind, comment) VALUES (?, ?, ?, ?) ON CONFLICT (fixture, id) DO NOTHING",
          arguments: [fixture.text, event.id.text, event.kind.rawValue, event.comment])
        if event.kind == .end {
          try database.execute(sql: "UPDATE fixture SET isOver = 1 WHERE id = ?", arguments: [fixture.text])
        }
      }
    }

    /// The match as its events have made it; nil if there is none of that id.
    func match(_ id: Identifier) throws -> MatchState? {
      try queue.read { database in
        guard let fixture = try Fixture.find(id, in: database) else { return nil }
        var state = MatchState(fixture)
        let rows = try Row.fetchCursor(
          database, sql: "SELECT id, kind, comment FROM event WHERE fixture = ? ORDER BY number", arguments: [id.text])
        while let row = try rows.next() { _ = try state.apply(try MatchEvent(row)) }
        return state
      }
    }

    /// The matches, those that are on first, and of both the newest first.
    func summaries(limit: Int) throws -> [MatchSummary] {
      try queue.read { database in
        try Row.fetchAll(
          database,
          sql: """
            SELECT fixture.*, COUNT(event.id) AS events, COALESCE(SUM(kind = 'home_goal'), 0) AS homeGoals,
              COALESCE(SUM(kind = 'away_goal'), 0) AS awayGoals,
              (SELECT comment FROM event WHERE fixture = fixture.id AND comment IS NOT NULL
                ORDER BY number DESC LIMIT 1) AS comment
            FROM (SELECT rowid AS place, * FROM fixture ORDER BY isOver, place DESC LIMIT ?) AS fixture
            LEFT JOIN event ON event.fixture = fixture.id
            GROUP BY fixture.id ORDER BY isOver, place DESC
            """, arguments: [limit]
        ).map { try MatchSummary($0) }
      }
    }

    func openFixtures() throws -> [Fixture] {
      try queue.read { database in
        try Row.fetchAll(database, sql: "SELECT * FROM fixture WHERE NOT isOver ORDER BY rowid").map { try Fixture($0) }
      }
    }

    /// How far the feed was read.
    func cursor() throws -> Int {
      try queue.read { try Int.fetchOne($0, sql: "SELECT cursor FROM feed") ?? 0 }
    }

    func moveCursor(to cursor: Int) throws {
      try queue.write { try $0.execute(sql: "UPDATE feed SET cursor = ?", arguments: [cursor]) }
    }
  }
#endif
