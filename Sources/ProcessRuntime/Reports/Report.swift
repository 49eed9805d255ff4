public import Logging

/// One event worth telling an operator: a crash, a restart, a start.
///
/// Tests match the values, operators read ``text``.
public protocol Report: Sendable {
  var level: Logger.Level { get }
  /// For a terminal: several lines, in the words that an Elixir user knows.
  var text: String { get }
  /// For machines: keys such as `process.id`, `process.name`, `supervisor`, `exit.reason`.
  var metadata: Logger.Metadata { get }
}
