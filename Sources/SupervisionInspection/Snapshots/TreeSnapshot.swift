/// The supervision trees of a node at one moment.
package struct TreeSnapshot: Codable, Sendable {
  /// Supervisors that no other supervisor has started, nor a child of one, the oldest first.
  package var roots: [TreeNode]
  /// How many roots more there are.
  package var otherRoots: Int
  package var supervisors: Int
}

/// A child, or a supervisor that is nobody's.
package struct TreeNode: Codable, Sendable {
  package enum Kind: String, Codable, Sendable {
    case worker, supervisor, dynamicSupervisor
  }

  package enum State: String, Codable, Sendable {
    case running, stopped, restarting, quarantined
    /// It has not answered in time: it is starting or stopping a child.
    case busy
  }

  /// Its id in its supervisor; at the top, its name or its process.
  package var id: String
  package var kind: Kind
  package var type: String
  package var state: State
  /// Its process's number; nil if it has none.
  package var process: UInt64?
  package var restart: String?
  /// How often it was started again, as far as its supervisor knows.
  package var restarts = 0
  /// How long ago that was last, in seconds.
  package var restartedAgo: Double?
  package var mailbox: Int?

  // What follows is nil for a worker, and for a supervisor that has not answered.
  package var strategy: String?
  package var intensity: IntensitySnapshot?
  /// How often it has started children again, and how long ago in seconds it last did.
  package var childRestarts: Int?
  package var childRestartedAgo: Double?
  /// The children that are listed; of a worker, the supervisors that it has started.
  package var children: [TreeNode] = []
  /// How many children more it has.
  package var otherChildren = 0

  package var isSupervisor: Bool { kind != .worker }
}

/// How many restarts a supervisor makes before it gives up.
package struct IntensitySnapshot: Codable, Sendable {
  package var restarts: Int
  package var seconds: Double
  /// How many are left just now.
  package var left: Int
}
