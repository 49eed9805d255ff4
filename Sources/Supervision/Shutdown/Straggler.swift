public import ProcessRuntime

/// A process that had not stopped when the time for that was up.
public struct Straggler: Hashable, Sendable, Identifiable, CustomStringConvertible {
  /// What is known of its stopping.
  public enum Phase: Hashable, Sendable {
    /// It was asked to stop, so long ago.
    case asked(Duration)
    /// Its turn to be asked had not come: somebody that is stopped before it has not stopped.
    case notAsked
    /// It is dead for everyone, and its code still runs on a thread: see ``HangPolicy``. That ends with the program.
    case disowned
  }

  /// Its place in the tree: the ids from the top down to its own.
  ///
  /// Where an id is not known (of children of a ``DynamicSupervisor``, for which ids do not matter, or of a supervisor that
  /// was busy with something else) it is the registered name, or the type.
  public let path: [String]
  /// The process; dead by now.
  public let process: ProcessID
  /// What runs in it: the server's type, or `process`.
  public let kind: String
  /// Whether it was asked to stop, and when.
  public let phase: Phase
  /// The name of the message that it was handling: the enum's case; nil if it was handling none.
  public let message: String?
  /// What it was doing; nil if it was dead.
  public let status: ProcessDetails.Status?
  /// How many messages waited for it.
  public let mailboxLength: Int

  /// The process.
  public var id: ProcessID { process }

  init(_ path: [String], _ process: ProcessID, kind: String, _ phase: Phase, _ details: ProcessDetails?) {
    self.path = path
    self.process = process
    self.kind = kind
    self.phase = phase
    message = details?.currentMessage
    status = details?.status
    mailboxLength = details?.mailboxLength ?? 0
  }

  /// `shop/db/writer <0.120.0> (Writer): asked to stop 8.0 seconds ago; handling flush; 3 in its mailbox`.
  public var description: String {
    var text = "\(path.joined(separator: "/")) \(process) (\(kind)): "
    switch phase {
    case .asked(let time): text += "asked to stop \(time) ago"
    case .notAsked: text += "not asked yet"
    case .disowned: text += "dead, and its code still runs"
    }
    if let message { text += "; handling \(message)" }
    if mailboxLength > 0 { text += "; \(mailboxLength) in its mailbox" }
    return text
  }
}
