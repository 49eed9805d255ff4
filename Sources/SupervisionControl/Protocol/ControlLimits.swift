/// What those who are attached may take of a program.
package struct ControlLimits: Hashable, Sendable {
  /// Who are attached at a time.
  package var connections = 16
  /// The bytes of one line.
  package var lineBytes = 65_536
  /// Requests a second of all together; who asks more often waits.
  package var requestsPerSecond = 50
  /// In seconds: how long nothing may come, or nothing be read.
  package var silence = 60.0
  /// In seconds: how long one request may take.
  package var work = 10.0
  /// In seconds: how long something may be followed.
  package var follow = 3_600.0
  /// Events that wait to be read.
  package var backlog = 1_000
  /// How deep a term may be, and how many there may be in it.
  package var termDepth = 32
  package var termCount = 10_000

  package init() {}
}
