/// Why a call got no answer (the exit reasons of `gen_server:call/3`).
public struct CallError: Error, Sendable, CustomStringConvertible {
  /// What went wrong.
  public enum Kind: Sendable {
    /// The process ended, with this reason, before it answered.
    case exited(ExitReason)
    /// There is no such process, or nobody has the name.
    case noProcess
    /// A process called itself; it could never answer.
    case callingSelf
    /// The processes named wait for each other in a circle, the caller first.
    case deadlock([ProcessID])
    /// The process handled the message, lives, and gave up the reply unanswered.
    case noReply
    /// No answer within the timeout. The process may still handle the message; its answer will be dropped.
    case timeout
    /// The calling task was cancelled.
    case cancelled
    /// The mailbox is bounded and full, and takes no message or has dropped this one.
    case mailboxFull
    /// The name belongs to a process that receives messages of another type.
    case wrongMessageType(String)
  }

  /// What went wrong.
  public let kind: Kind
  /// Who was called, as the caller named it: a process or a registered name.
  ///
  /// Nil until the caller is told.
  public private(set) var target: String?

  package init(_ kind: Kind, target: String? = nil) {
    self.kind = kind
    self.target = target
  }

  /// The exit reason that stands for this error.
  public var reason: ExitReason {
    switch kind {
    case .exited(let reason): reason
    case .noProcess: .noProcess
    case .timeout: .timeout
    default: .failure(self)
    }
  }

  static func exited(_ process: ProcessID, _ reason: ExitReason) -> CallError {
    CallError(.exited(reason), target: process.description)
  }

  /// The last copy of a reply token has gone away.
  static let unanswered = CallError(.noReply)

  func to(_ target: String) -> CallError {
    CallError(kind, target: self.target ?? target)
  }

  public var description: String {
    let who = target.map { " to \($0)" } ?? ""
    switch kind {
    case .exited(.noConnection):
      return "call\(who): no connection: that to its node is lost, or could not be made; the process may live"
    case .exited(let reason):
      return "call\(who): the process ended before it answered: \(reason)"
    case .noProcess:
      return
        "call\(who): no process: it is not alive, or nobody has the name, possibly because its application has not started"
    case .callingSelf:
      return "call\(who): a process cannot call itself; call the function instead, or send the message"
    case .deadlock(let path):
      return "call\(who): deadlock: each waits for the next: " + path.map(\.description).joined(separator: " → ")
        + "; let one of them send instead of call"
    case .noReply:
      return "call\(who): the reply was dropped unanswered; every path of the handler must use its ReplyTo"
    case .timeout:
      return "call\(who): no answer in time; give a longer timeout, or make the handler answer sooner"
    case .cancelled:
      return "call\(who): the calling task was cancelled"
    case .mailboxFull:
      return "call\(who): the mailbox is full; call again later, or let fewer callers ask at a time"
    case .wrongMessageType(let type):
      return "call\(who): the process under this name receives \(type); use a ProcessName of that message type"
    }
  }
}
