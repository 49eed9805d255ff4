/// A second address of a process, that it can take back (OTP's process alias).
///
/// What comes through an alias that is no longer active is dropped before it enters the mailbox. So a process can ask,
/// give up, and be sure that no late answer will ever lie in its mailbox:
///
///     let request = inbox.monitor(worker.id, alias: .untilReply)
///     worker.send(.fetch(key, replyTo: request.alias))
///     let answer = try? await inbox.receive(within: .seconds(1))
///     CurrentProcess.demonitor(request.monitor, flush: true)
///
/// Nobody but its owner can tell whether an alias is active; it cannot be linked, monitored, or given to a timer.
public struct ProcessAlias<Message: Sendable>: Hashable, Sendable, CustomStringConvertible {
  let owner: ProcessCell?
  let number: UInt64
  /// What stands for an alias of another node's process; then there is no owner here.
  package let remote: (any RemoteAlias)?

  package init(owner: ProcessCell, number: UInt64) {
    self.owner = owner
    self.number = number
    remote = nil
  }

  package init(_ remote: any RemoteAlias) {
    owner = nil
    number = 0
    self.remote = remote
  }

  /// Whose it is and its number, if it is one of this node.
  package var local: (owner: ProcessCell, number: UInt64)? { owner.map { ($0, number) } }

  public static func == (a: Self, b: Self) -> Bool {
    guard let remote = a.remote else { return a.number == b.number && a.owner === b.owner }
    return b.remote.map(remote.isSame) ?? false
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(number) }
  public var description: String { remote.map { "#Alias<\($0.text)>" } ?? "#Alias<0.\(number)>" }

  /// Sends a message to the process whose alias this is.
  ///
  /// Does not suspend. Nothing happens if the alias is not active or the process is dead. Keeps its order with what the
  /// same sender sends to the process directly.
  public func send(_ message: Message) {
    if ProcessCell.isFenced() { return }
    if let remote { return remote.send(message) }
    owner?.push(Envelope.make(message, sentAs: .send), throughAlias: number)
  }
}

/// An alias of a process of another node.
package protocol RemoteAlias: AnyObject, Sendable {
  /// What it prints as, without its brackets.
  var text: String { get }
  func isSame(as other: any RemoteAlias) -> Bool
  /// As ``ProcessAlias/send(_:)``.
  func send<Message: Sendable>(_ message: Message)
}

/// A ``ProcessAlias`` that goes with a monitor.
///
/// OTP has one reference for both.
public struct MonitorAlias<Message: Sendable>: Hashable, Sendable {
  /// The alias: what the answer goes to.
  public let alias: ProcessAlias<Message>
  /// The monitor: what tells that no answer will come.
  public let monitor: MonitorRef
}

/// How long the alias of a monitor lives (OTP's option `alias` of `monitor/3`).
public enum AliasMode: Sendable {
  /// Until it is taken back with `unalias` (`explicit_unalias`).
  case explicit
  /// Until its monitor is taken back or has fired (`demonitor`).
  case withMonitor
  /// Until the first message that comes through it; then its monitor ends too. And as ``withMonitor`` (`reply_demonitor`).
  case untilReply

  var endsWithMonitor: Bool { self != .explicit }
}

extension Mailbox {
  /// A new alias of this process (`Process.alias/0`).
  ///
  /// It is active until ``unalias(_:)``, or the end of the process. Does not suspend.
  public func alias() -> ProcessAlias<Message> {
    ProcessAlias(owner: process, number: process.makeAlias(.explicit))
  }

  /// A new alias that takes one message (`Process.alias([:reply])`): the first one that arrives ends it.
  ///
  /// Does not suspend.
  public func replyAlias() -> ProcessAlias<Message> {
    ProcessAlias(owner: process, number: process.makeAlias(.untilReply))
  }

  /// Takes an alias back (`Process.unalias/1`): what is sent through it from now on is dropped; what has arrived stays.
  ///
  /// Does not suspend.
  ///
  /// - Returns: true if it was active. An alias of another process is not, here.
  @discardableResult
  public func unalias(_ alias: ProcessAlias<Message>) -> Bool {
    alias.owner === process && process.removeAlias(alias.number)
  }

  /// Watches another process, and makes an alias that goes with the monitor (`Process.monitor/2` with `:alias`).
  ///
  /// Does not suspend.
  public func monitor(_ other: ProcessID, alias mode: AliasMode) -> MonitorAlias<Message> {
    let monitor = process.monitor(other.cell, alias: mode)
    return MonitorAlias(alias: ProcessAlias(owner: process, number: monitor.number), monitor: monitor)
  }
}
