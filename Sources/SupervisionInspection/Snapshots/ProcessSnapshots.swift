/// One line of the list of processes.
package struct ProcessRow: Codable, Sendable {
  package var number: UInt64
  package var id: String
  package var kind: String
  package var name: String?
  package var label: String?
  package var status: String
  package var mailbox: Int
  package var reductions: UInt64
  /// In bytes: the process with its state, and its mail; nothing that those refer to.
  package var memory: Int
  package var currentMessage: String?
  package var links: Int

  package var title: String { name ?? label ?? kind }
}

/// A page of the list of processes.
package struct ProcessList: Codable, Sendable {
  package var query: ProcessQuery
  package var rows: [ProcessRow]
  /// How many there are, and how many match the search.
  package var total: Int
  package var matching: Int

  package var pages: Int { max(1, (matching + query.size - 1) / query.size) }
}

/// Another process, as one process is shown beside it.
package struct ProcessLink: Codable, Sendable {
  package var number: UInt64
  package var id: String
  /// Its name, or what runs in it.
  package var title: String
  package var isAlive: Bool
}

/// One process in detail.
package struct ProcessSnapshot: Codable, Sendable {
  package var row: ProcessRow
  package var trapsExits: Bool
  package var parent: ProcessLink?
  package var ancestors: [ProcessLink]
  package var links: [ProcessLink]
  package var otherLinks: Int
  package var monitors: [ProcessLink]
  package var otherMonitors: Int
  package var monitoredBy: [ProcessLink]
  package var otherMonitoredBy: Int
  /// What a server shows of itself; nil for what is no server, or where that is not allowed.
  package var server: ServerSnapshot?
  /// Why there is no ``server``.
  package var serverNote: String?
  /// Its place in its supervisor, if it can be started again from there.
  package var child: ChildPlace?
  /// Messages handled and steps run, a second, at the latest looks.
  package var rates: [Double]
}

package struct ServerSnapshot: Codable, Sendable {
  package var behaviour: String
  package var activity: String
  package var state: String
  package var details: [String]
  package var log: [String]
}

package struct ChildPlace: Codable, Sendable {
  package var supervisor: UInt64
  package var supervisorTitle: String
  package var id: String
}
