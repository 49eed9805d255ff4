import Logging

/// A log that a test reads.
struct LogLines: LogHandler {
  struct Line: Sendable, CustomStringConvertible {
    let level: Logger.Level
    let text: String
    let metadata: Logger.Metadata
    var description: String { "\(level) \(text)" }
  }

  let journal: Journal<Line>
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .trace
  var metadataProvider: Logger.MetadataProvider?

  static func logger(_ journal: Journal<Line>, provider: Logger.MetadataProvider? = nil) -> Logger {
    Logger(label: "test") { _ in LogLines(journal: journal, metadataProvider: provider) }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = (metadataProvider?.get() ?? [:]).merging(event.metadata ?? [:]) { $1 }
    journal.note(Line(level: event.level, text: "\(event.message)", metadata: all))
  }
}
