public import ProcessRuntime

/// Something that a server has done, as its log and its traces tell it (the system events of OTP's `sys`).
///
/// Texts are made in the server: how they print, and how much of them is shown, is what holds for its crash reports.
public struct SystemEvent: Sendable, CustomStringConvertible {
  /// What has happened.
  public enum Kind: Sendable, Hashable {
    /// A message, a signal or a timeout has come, and is about to be handled. The client is the caller who waits for an
    /// answer; nil if nobody does.
    case received(String, client: String?)
    /// The message is handled, and its caller has an answer; the state is what it is now.
    case replied(client: String, state: String)
    /// It is handled without an answer, or the answer is put off.
    case handled(state: String)
    /// Something else, in the words of the server's node, if that is another one.
    case other(String)
  }

  /// The server.
  public let process: ProcessID
  /// Its registered name; nil if it has none.
  public let name: String?
  /// What has happened.
  public let kind: Kind

  package init(process: ProcessID, name: String?, kind: Kind) {
    self.process = process
    self.name = name
    self.kind = kind
  }

  /// One line, as OTP prints it: `*DBG* cache got call get(ReplyTo) from <0.101.0>`.
  public var description: String {
    let who = name ?? "\(process)"
    return switch kind {
    case .received(let message, let client?): "*DBG* \(who) got call \(message) from \(client)"
    case .received(let message, nil): "*DBG* \(who) got \(message)"
    case .replied(let client, let state): "*DBG* \(who) sent a reply to \(client), new state \(state)"
    case .handled(let state): "*DBG* \(who) new state \(state)"
    case .other(let text): text.hasPrefix("*DBG*") ? text : "*DBG* \(who) \(text)"
    }
  }
}
