/// The mailbox of a living process, at one moment.
public struct MailboxStatus: Sendable, Hashable {
  /// What becomes of more messages than it is to hold.
  public let policy: MailboxPolicy
  /// Messages that wait and count for the bound; zero for a mailbox without one.
  public let counted: Int
  /// Senders and callers that wait for a place.
  public let waitingSenders: Int
  /// Messages that were rejected so far.
  public let rejected: UInt64
  /// Messages that were dropped so far, old and new ones.
  public let dropped: UInt64
}

extension ProcessID {
  /// The process's mailbox; nil when it is dead.
  ///
  /// Does not suspend. How many messages and signals wait in all is told by ``info``.
  public var mailbox: MailboxStatus? {
    cell.lock.withLock {
      guard cell.reason == nil else { return nil }
      let gate = cell.extras?.gate
      return MailboxStatus(
        policy: cell.mailboxPolicy, counted: gate?.count ?? 0, waitingSenders: gate?.waitingSenders ?? 0,
        rejected: gate?.rejections ?? 0, dropped: gate?.drops ?? 0)
    }
  }
}
