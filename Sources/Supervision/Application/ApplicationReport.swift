public import ProcessRuntime
public import Logging

/// A program's tree has ended (OTP's application exit report).
public struct ApplicationReport: Report {
  public let name: String
  public let end: ApplicationEnd

  public var level: Logger.Level { .notice }
  public var text: String { "Application \(name) exited: \(end)" }
  public var metadata: Logger.Metadata { ["application": "\(name)", "application.end": "\(end)"] }
}
