public import Logging

/// A process has ended by an error or a trap (OTP's crash report).
public struct CrashReport: Report {
  public let process: ProcessID
  public let name: String?
  public let label: String?
  /// What runs in it: `Cache`, `process`.
  public let kind: String
  public let ancestors: [ProcessID]
  public let reason: ExitReason
  public let mailboxLength: Int
  public let links: [ProcessID]
  public let trapsExits: Bool
  /// The message that was being handled, as it prints; nil if none was, or it is not known.
  public var lastMessage: String?
  /// The state before that message, as it prints; nil if there is none, or it is lost.
  public var state: String?

  package init(_ cell: ProcessCell, _ reason: ExitReason) {
    self.reason = reason
    process = cell.id
    kind = cell.kindName
    cell.lock.lock()
    name = cell.registeredName
    label = cell.extras?.label
    ancestors = cell.extras?.ancestors ?? []
    let links = cell.links
    mailboxLength = cell.queue.count
    trapsExits = cell.trapsExits
    cell.lock.unlock()
    self.links = links.sorted
  }

  public var level: Logger.Level { .error }

  public var text: String {
    let who = name.map { "\($0) (\(process))" } ?? "\(process)"
    var text = "\(kind) \(who) terminating\n** (\(headline)) \(detail)"
    for frame in (reason.fault?.backtrace ?? []).prefix(20) { text += "\n    \(frame)" }
    if let lastMessage { text += "\nLast message: \(lastMessage)" }
    if let state { text += "\nState: \(state)" }
    if let label { text += "\nProcess Label: \(label)" }
    if !ancestors.isEmpty { text += "\nAncestors: [\(ancestors.map(\.description).joined(separator: ", "))]" }
    return text
  }

  private var headline: String {
    if let fault = reason.fault { return fault.kind.description }
    if let error = reason.error { return "\(type(of: error))" }
    return "stop"
  }

  private var detail: String {
    if let fault = reason.fault { return fault.message }
    if let error = reason.error { return "\(error)" }
    return reason.description
  }

  public var metadata: Logger.Metadata {
    var metadata: Logger.Metadata = [
      "process.id": "\(process)", "process.kind": "\(kind)", "exit.reason": "\(reason)",
      "process.mailbox": "\(mailboxLength)",
    ]
    if let name { metadata["process.name"] = "\(name)" }
    if let label { metadata["process.label"] = "\(label)" }
    if !ancestors.isEmpty { metadata["process.ancestors"] = .array(ancestors.map { "\($0)" }) }
    if let lastMessage { metadata["process.last-message"] = "\(lastMessage)" }
    return metadata
  }
}
