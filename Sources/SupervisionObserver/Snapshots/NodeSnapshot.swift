/// A node at one moment.
struct NodeSnapshot: Codable, Sendable {
  var title: String
  /// Seconds since 1970.
  var time: Double
  /// How long the observer has been there, in seconds.
  var uptime: Double
  var processes: Int
  var runQueue: Int
  var timers: Int
  var schedulers: Int
  var spareSchedulers: Int
  /// The dead whose code still runs.
  var disowned: Int
  /// The part of its time that each scheduler has worked since the last look, from 0 to 1.
  var loads: [Double]
  /// In bytes, of the whole program; nil where the system does not tell.
  var memory: Int?
  /// Faults contained so far, by kind.
  var faults: [String: Int]
  /// The threads that are parked for good: one for each fault that was contained.
  var parkedThreads: Int
  var faultBudget: Int
  var faultBudgetLeft: Int
  /// Restarts a second, since the last look.
  var restartsPerSecond: Double
  /// The latest restarts, the newest first.
  var restarts: [RestartEntry]
  /// The latest looks, the oldest first.
  var history: [NodePoint]
  /// The other nodes of the cluster; nil if nobody tells of any.
  var nodes: [ClusterNode]?

  /// Of all schedulers together.
  var load: Double? { loads.isEmpty ? nil : loads.reduce(0, +) / Double(loads.count) }
}

/// What a plot needs of one look.
struct NodePoint: Codable, Sendable {
  var time: Double
  var loads: [Double]
  var processes: Int
  var runQueue: Int
  var memory: Int?
  var restartsPerSecond: Double
}

/// One restart that was seen.
struct RestartEntry: Codable, Sendable {
  var supervisor: String
  var supervisorNumber: UInt64
  var child: String
  /// How long ago, in seconds.
  var ago: Double
}
