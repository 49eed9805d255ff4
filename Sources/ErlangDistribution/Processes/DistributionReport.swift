public import Logging
@_spi(Runtime) public import ProcessRuntime

/// Something of the distribution that people should see.
public struct DistributionReport: Report {
  package enum What: Sendable {
    case event(NodeEvent)
    case unreachable(node: String, why: String)
    case unsendable(type: String, to: ProcessID, error: String)
    case unsendableToAlias(type: String, node: String, error: String)
    case unhandled(process: ProcessID, kind: String, message: String, error: String)
    case undecodable(node: String, error: String)
    case refused(node: String, Refusal)
    case lostReports(Int)
  }

  /// This node: `name@host`.
  public let node: String
  package let what: What

  package init(node: String, what: What) {
    self.node = node
    self.what = what
  }

  /// `info` for nodes that come and go, `warning` for what was lost.
  public var level: Logger.Level {
    if case .event = what { .info } else { .warning }
  }

  /// The report in one line.
  public var text: String {
    switch what {
    case .event(let event): "Node \(node): \(event)"
    case .unreachable(let other, let why):
      "Node \(node): no connection to \(other): \(why); what was sent there is lost"
    case .unsendable(let type, let target, let error):
      "Node \(node): a \(type) to \(target) was not sent: \(error)"
    case .unsendableToAlias(let type, let other, let error):
      "Node \(node): a \(type) to an alias of \(other) was not sent: \(error)"
    case .unhandled(let process, let kind, let message, let error):
      "\(kind) \(process): a message from another node was dropped: \(message): \(error)"
    case .undecodable(let other, let error):
      "Node \(node): \(other) has sent what is no term: \(error); the connection is closed"
    case .refused(let other, let what):
      "Node \(node): \(other) was refused \(what.rawValue); further ones are refused without a report until it connects anew"
    case .lostReports(let count):
      "Node \(node): \(count) further reports were dropped: they came faster than the log takes them"
    }
  }

  /// What there is to filter by.
  public var metadata: Logger.Metadata {
    switch what {
    case .event(.up(let other)), .event(.down(let other, _)), .unreachable(let other, _), .undecodable(let other, _),
      .refused(let other, _), .unsendableToAlias(_, let other, _):
      ["node": "\(node)", "node.peer": "\(other)"]
    case .unsendable(_, let process, _), .unhandled(let process, _, _, _):
      ["node": "\(node)", "process.id": "\(process)"]
    case .lostReports: ["node": "\(node)"]
    }
  }
}
