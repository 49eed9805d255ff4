public import Logging
public import ProcessRuntime

/// An application, or a program's tree, has started or ended (OTP's application reports).
///
///     Application Store started
///     Application Store exited: gave up: shutdown
public struct ApplicationReport: Report {
  /// The tree's name, or its type.
  public let name: String
  /// How it ended; nil when it has started.
  public let end: ApplicationEnd?
  /// How it was started; nil for a tree that was run without being an application.
  public let type: Applications.StartType?

  init(name: String, end: ApplicationEnd?, type: Applications.StartType? = nil) {
    self.name = name
    self.end = end
    self.type = type
  }

  /// `info` for a start, `notice` for an end in order, `error` for a failure.
  public var level: Logger.Level {
    switch end?.exitStatus {
    case nil: .info
    case 0: .notice
    default: .error
    }
  }

  /// In Elixir's words.
  public var text: String {
    end.map { "Application \(name) exited: \($0)" } ?? "Application \(name) started"
  }

  /// The same for machines.
  public var metadata: Logger.Metadata {
    var metadata: Logger.Metadata = ["application": "\(name)"]
    if let end { metadata["application.end"] = "\(end)" }
    if let type { metadata["application.type"] = "\(type)" }
    return metadata
  }
}
