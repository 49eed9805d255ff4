/// The supervision trees of a node at one moment.
struct TreeSnapshot: Codable, Sendable {
  /// Supervisors that no other supervisor has started, the oldest first.
  var roots: [TreeNode]
  /// How many roots more there are.
  var otherRoots: Int
  var supervisors: Int
}

/// A child, or a supervisor that is nobody's.
struct TreeNode: Codable, Sendable {
  enum Kind: String, Codable, Sendable {
    case worker, supervisor, dynamicSupervisor
  }

  enum State: String, Codable, Sendable {
    case running, stopped, restarting, quarantined
    /// It has not answered in time: it is starting or stopping a child.
    case busy
  }

  /// Its id in its supervisor; at the top, its name or its process.
  var id: String
  var kind: Kind
  var type: String
  var state: State
  /// Its process's number; nil if it has none.
  var process: UInt64?
  var restart: String?
  /// How often it was started again, as far as its supervisor knows.
  var restarts = 0
  /// How long ago that was last, in seconds.
  var restartedAgo: Double?
  var mailbox: Int?

  // What follows is nil for a worker, and for a supervisor that has not answered.
  var strategy: String?
  var intensity: IntensitySnapshot?
  /// How often it has started children again, and how long ago in seconds it last did.
  var childRestarts: Int?
  var childRestartedAgo: Double?
  /// The children that are listed.
  var children: [TreeNode] = []
  /// How many children more it has.
  var otherChildren = 0

  var isSupervisor: Bool { kind != .worker }
}

/// How many restarts a supervisor makes before it gives up.
struct IntensitySnapshot: Codable, Sendable {
  var restarts: Int
  var seconds: Double
  /// How many are left just now.
  var left: Int
}
