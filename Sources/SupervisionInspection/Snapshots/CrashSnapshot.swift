/// The latest crashes, and how many there were of each reason.
package struct CrashSnapshot: Codable, Sendable {
  /// How many there have been since the observer looks.
  package var total: Int
  /// The most frequent first.
  package var groups: [CrashGroup]
  /// The newest first.
  package var reports: [CrashEntry]
}

/// Crashes of one kind of process for one reason.
package struct CrashGroup: Codable, Sendable {
  package var kind: String
  package var reason: String
  package var count: Int
  /// How long ago the last one was, in seconds.
  package var ago: Double
}

/// One crash.
package struct CrashEntry: Codable, Sendable {
  /// From 1 on, in the order in which they came.
  package var number: Int
  /// Seconds since 1970.
  package var time: Double
  package var ago: Double
  package var process: String
  package var title: String
  package var kind: String
  /// The first line of the reason.
  package var reason: String
  /// The reason in full, with the backtrace of a fault.
  package var explanation: String
  package var lastMessage: String?
  package var state: String?
  package var mailbox: Int
  package var ancestors: [String]
  package var details: [String]
}
