/// One line of the list of processes.
struct ProcessRow: Codable, Sendable {
  var number: UInt64
  var id: String
  var kind: String
  var name: String?
  var label: String?
  var status: String
  var mailbox: Int
  var reductions: UInt64
  /// In bytes: the process with its state, and its mail; nothing that those refer to.
  var memory: Int
  var currentMessage: String?
  var links: Int

  var title: String { name ?? label ?? kind }
}

/// A page of the list of processes.
struct ProcessList: Codable, Sendable {
  var query: ProcessQuery
  var rows: [ProcessRow]
  /// How many there are, and how many match the search.
  var total: Int
  var matching: Int

  var pages: Int { max(1, (matching + query.size - 1) / query.size) }
}

/// Another process, as one process is shown beside it.
struct ProcessLink: Codable, Sendable {
  var number: UInt64
  var id: String
  /// Its name, or what runs in it.
  var title: String
  var isAlive: Bool
}

/// One process in detail.
struct ProcessSnapshot: Codable, Sendable {
  var row: ProcessRow
  var trapsExits: Bool
  var parent: ProcessLink?
  var ancestors: [ProcessLink]
  var links: [ProcessLink]
  var otherLinks: Int
  var monitors: [ProcessLink]
  var otherMonitors: Int
  var monitoredBy: [ProcessLink]
  var otherMonitoredBy: Int
  /// What a server shows of itself; nil for what is no server, or where that is not allowed.
  var server: ServerSnapshot?
  /// Why there is no ``server``.
  var serverNote: String?
  /// Its place in its supervisor, if it can be started again from there.
  var child: ChildPlace?
  /// Messages handled and steps run, a second, at the latest looks.
  var rates: [Double]
}

struct ServerSnapshot: Codable, Sendable {
  var behaviour: String
  var activity: String
  var state: String
  var details: [String]
  var log: [String]
}

struct ChildPlace: Codable, Sendable {
  var supervisor: UInt64
  var supervisorTitle: String
  var id: String
}
