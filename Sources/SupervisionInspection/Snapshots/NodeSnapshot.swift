/// A node at one moment.
package struct NodeSnapshot: Codable, Sendable {
  package var title: String
  /// Seconds since 1970.
  package var time: Double
  /// How long the observer has been there, in seconds.
  package var uptime: Double
  package var processes: Int
  package var runQueue: Int
  package var timers: Int
  package var schedulers: Int
  package var spareSchedulers: Int
  /// The dead whose code still runs.
  package var disowned: Int
  /// The part of its time that each scheduler has worked since the last look, from 0 to 1.
  package var loads: [Double]
  /// In bytes, of the whole program; nil where the system does not tell.
  package var memory: Int?
  /// Faults contained so far, by kind.
  package var faults: [String: Int]
  /// The threads that are parked for good: one for each fault that was contained.
  package var parkedThreads: Int
  package var faultBudget: Int
  package var faultBudgetLeft: Int
  /// Restarts a second, since the last look.
  package var restartsPerSecond: Double
  /// The latest restarts, the newest first.
  package var restarts: [RestartEntry]
  /// The latest looks, the oldest first.
  package var history: [NodePoint]
  /// The other nodes of the cluster; nil if nobody tells of any.
  package var nodes: [Neighbour]?

  /// Of all schedulers together.
  package var load: Double? { loads.isEmpty ? nil : loads.reduce(0, +) / Double(loads.count) }
}

/// What a plot needs of one look.
package struct NodePoint: Codable, Sendable {
  package var time: Double
  package var loads: [Double]
  package var processes: Int
  package var runQueue: Int
  package var memory: Int?
  package var restartsPerSecond: Double
}

/// One restart that was seen.
package struct RestartEntry: Codable, Sendable {
  package var supervisor: String
  package var supervisorNumber: UInt64
  package var child: String
  /// How long ago, in seconds.
  package var ago: Double
}

/// Another node of the cluster.
package struct Neighbour: Codable, Hashable, Sendable {
  package var name: String
  package var note: String?

  package init(name: String, note: String?) {
    self.name = name
    self.note = note
  }
}
