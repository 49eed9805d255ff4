/// The latest crashes, and how many there were of each reason.
struct CrashSnapshot: Codable, Sendable {
  /// How many there have been since the observer looks.
  var total: Int
  /// The most frequent first.
  var groups: [CrashGroup]
  /// The newest first.
  var reports: [CrashEntry]
}

/// Crashes of one kind of process for one reason.
struct CrashGroup: Codable, Sendable {
  var kind: String
  var reason: String
  var count: Int
  /// How long ago the last one was, in seconds.
  var ago: Double
}

/// One crash.
struct CrashEntry: Codable, Sendable {
  /// From 1 on, in the order in which they came.
  var number: Int
  /// Seconds since 1970.
  var time: Double
  var ago: Double
  var process: String
  var title: String
  var kind: String
  /// The first line of the reason.
  var reason: String
  /// The reason in full, with the backtrace of a fault.
  var explanation: String
  var lastMessage: String?
  var state: String?
  var mailbox: Int
  var ancestors: [String]
  var details: [String]
}
