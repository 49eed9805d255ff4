#if GRDB
  import GRDB

  /// A row that this program has not written so.
  struct UnreadableRow: Error, CustomStringConvertible {
    let row: String
    var description: String { "the database has a row that cannot be read: \(row); was it written by another version?" }
  }

  extension Row {
    fileprivate func value<Value: DatabaseValueConvertible>(_ column: String) throws -> Value {
      guard let value = Value.fromDatabaseValue(self[column] ?? .null) else { throw UnreadableRow(row: "\(self)") }
      return value
    }
  }

  extension Fixture {
    init(_ row: Row) throws {
      self.init(id: Identifier(trusted: try row.value("id")), home: try row.value("home"), away: try row.value("away"))
    }

    static func find(_ id: Identifier, in database: Database) throws -> Fixture? {
      try Row.fetchOne(database, sql: "SELECT * FROM fixture WHERE id = ?", arguments: [id.text]).map {
        try Fixture($0)
      }
    }
  }

  extension MatchEvent {
    init(_ row: Row) throws {
      guard let kind = Kind(rawValue: try row.value("kind")) else { throw UnreadableRow(row: "\(row)") }
      self.init(id: Identifier(trusted: try row.value("id")), kind: kind, comment: row["comment"])
    }
  }

  extension MatchSummary {
    init(_ row: Row) throws {
      let fixture = try Fixture(row)
      self.init(
        id: fixture.id, home: fixture.home, away: fixture.away,
        score: Score(home: try row.value("homeGoals"), away: try row.value("awayGoals")),
        isOver: try row.value("isOver"), events: try row.value("events"), comment: row["comment"])
    }
  }
#endif
