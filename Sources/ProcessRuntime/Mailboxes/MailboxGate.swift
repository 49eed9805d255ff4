/// The mailbox of a bounded process, on its senders' side: who gets in, who waits, who is turned away.
///
/// A machine: it answers what is to be done, and does nothing itself but move envelopes. All of it belongs to its process's
/// lock. What the process has collected stands in its own queue, and counts until it is taken from there.
final class MailboxGate {
  typealias Pointer = UnsafeMutablePointer<EnvelopeHeader>

  /// A message that waits for a place, and who waits with it.
  struct Sender {
    let envelope: Pointer
    let ticket: WaitTicket
    /// The sender waits for an answer, not for the place.
    let isCall: Bool
  }

  enum Admission {
    case accepted
    /// It is in, and this one is out: marked, if it stands in the process's own queue, which only the process may change.
    case acceptedFor(Pointer, isCollected: Bool)
    case rejected, dropped
    /// It stands behind the other senders.
    case waits
  }

  private(set) var capacity: Int
  /// Nil: it holds all.
  private(set) var overflow: MailboxPolicy.Overflow?
  /// What has come and was not collected yet, signals too.
  private var arrived = EnvelopeQueue()
  /// Messages in the mailbox, and how many of them the process has collected.
  private(set) var count = 0
  private var collected = 0
  /// The newest of those that were dropped of what the process has collected: the next to go stands behind it.
  private var lastDropped: Pointer?
  private var senders: [Sender] = []
  private var firstSender = 0
  /// Since the process is dead: who waited for a place, and is to be told.
  private var ended: [WaitTicket.Claim] = []
  private(set) var rejections: UInt64 = 0
  private(set) var drops: UInt64 = 0
  /// It was full, and is not half empty since.
  private(set) var isHigh = false
  /// Losses that no report has told of yet, and when the next report may come.
  private var unreported = 0
  private var nextReport = Int64.min

  init(_ capacity: Int, _ overflow: MailboxPolicy.Overflow) {
    self.capacity = capacity
    self.overflow = overflow
  }

  var waitingSenders: Int { senders.count - firstSender }
  /// Envelopes that the process has not collected.
  var length: Int { arrived.count }

  /// A new envelope comes.
  ///
  /// `sender` would wait for a place; nil: nobody would. `own` is what the process has collected.
  func admit(_ envelope: Pointer, _ sender: Sender?, _ own: EnvelopeQueue) -> Admission {
    guard envelope.pointee.kind.isCounted, let overflow else {
      arrived.append(envelope)
      return .accepted
    }
    if count < capacity, waitingSenders == 0 {
      enter(envelope)
      count += 1
      return .accepted
    }
    switch overflow {
    case .suspend:
      if let sender {
        senders.append(sender)
        return .waits
      }
      rejections += 1
      return .rejected
    case .reject:
      rejections += 1
      return .rejected
    case .dropNewest:
      drops += 1
      return .dropped
    case .dropOldest:
      guard let oldest = dropOldest(own) else {
        drops += 1
        return .dropped
      }
      enter(envelope)
      drops += 1
      return .acceptedFor(oldest.envelope, isCollected: oldest.isCollected)
    }
  }

  private func enter(_ envelope: Pointer) {
    envelope.pointee.mark = .counted
    arrived.append(envelope)
  }

  private func dropOldest(_ own: EnvelopeQueue) -> (envelope: Pointer, isCollected: Bool)? {
    var next = collected > 0 ? own.next(after: lastDropped) : nil
    while let envelope = next {
      if envelope.pointee.mark == .counted {
        envelope.pointee.mark = .dropped
        lastDropped = envelope
        collected -= 1
        return (envelope, true)
      }
      next = own.next(after: envelope)
    }
    return arrived.removeFirst { $0.pointee.mark == .counted }.map { ($0, false) }
  }

  /// The process collects what has come.
  func collect(into own: inout EnvelopeQueue) {
    own.append(all: &arrived)
    collected = count
  }

  /// The process has taken a dropped message out of its own queue.
  func forget(_ envelope: Pointer) {
    if envelope == lastDropped { lastDropped = nil }
  }

  /// The process takes a counted message out of its own queue: there is a place for whoever waits first.
  func take() -> MailboxRelease {
    count -= 1
    collected -= 1
    var release = MailboxRelease()
    admitSenders(&release)
    if isHigh, count <= capacity / 2 {
      isHigh = false
      release.endsAlarm = true
      release.count = count
    }
    return release
  }

  /// Other bounds hold from now on; nil: none.
  func change(_ capacity: Int, _ overflow: MailboxPolicy.Overflow?) -> MailboxRelease {
    self.capacity = capacity
    self.overflow = overflow
    var release = MailboxRelease()
    // Whoever began to wait goes on waiting, unless there is a place now.
    admitSenders(&release)
    return release
  }

  private func admitSenders(_ release: inout MailboxRelease) {
    while firstSender < senders.count, count < capacity {
      let sender = senders[firstSender]
      firstSender += 1
      if sender.isCall {
        guard sender.ticket.isWaiting else {
          release.givenUp.append(sender.envelope)
          continue
        }
      } else {
        // One of two gets the ticket: whoever ends the sender's wait, or this.
        guard let claim = sender.ticket.claimForLater() else {
          release.givenUp.append(sender.envelope)
          continue
        }
        release.admitted.append(claim)
      }
      enter(sender.envelope)
      count += 1
      release.hasNews = true
    }
    forgetSenders()
  }

  /// Those in front of the first one wait no longer.
  private func forgetSenders() {
    if firstSender == senders.count {
      senders.removeAll(keepingCapacity: true)
      firstSender = 0
    } else if firstSender >= 64, firstSender * 2 >= senders.count {
      senders.removeFirst(firstSender)
      firstSender = 0
    }
  }

  /// A sender waits no longer.
  ///
  /// - Returns: its message, which the caller owns; nil if it has been admitted or given up already.
  func remove(_ ticket: WaitTicket) -> Pointer? {
    guard let index = senders[firstSender...].firstIndex(where: { $0.ticket == ticket }) else { return nil }
    let envelope = senders[index].envelope
    // Those who came first mostly give up first.
    if index == firstSender { firstSender += 1 } else { senders.remove(at: index) }
    forgetSenders()
    return envelope
  }

  /// The callers whose messages stand here.
  var calls: [WaitTicket] {
    var calls: [WaitTicket] = []
    arrived.forEach { if let call = $0.pointee.call { calls.append(call) } }
    for sender in senders[firstSender...] where sender.isCall { calls.append(sender.ticket) }
    return calls
  }

  /// The process is dead: what waits for a place is drained with its mail.
  func end() {
    for sender in senders[firstSender...] {
      if !sender.isCall, let claim = sender.ticket.claimForLater() { ended.append(claim) }
      arrived.append(sender.envelope)
    }
    senders = []
    firstSender = 0
  }

  /// Without the lock, by whoever has ended the process.
  func tellSenders() {
    for claim in ended { claim.resume(returning: SendResult.noProcess) }
    ended = []
  }

  /// A message was turned away or dropped: how many losses to report now.
  func noteLoss(at now: Int64) -> Int {
    unreported += 1
    guard now >= nextReport else { return 0 }
    nextReport = now.after(.seconds(5))
    return takeUnreported()
  }

  /// Whether it is full, and that has not been said.
  func noteFull() -> Bool {
    guard !isHigh, overflow != nil, count >= capacity else { return false }
    isHigh = true
    return true
  }

  func takeUnreported() -> Int {
    defer { unreported = 0 }
    return unreported
  }
}

/// What is to be done, without the lock, when places have become free.
struct MailboxRelease {
  /// Senders whose message is in.
  var admitted: [WaitTicket.Claim] = []
  /// Messages of senders that wait no longer.
  var givenUp: [UnsafeMutablePointer<EnvelopeHeader>] = []
  /// The process must look again.
  var hasNews = false
  var endsAlarm = false
  /// The number of the alarm's end, and how many messages wait then.
  var alarm: UInt64 = 0
  var count = 0
  /// At the end of an alarm: losses that no report has told of.
  var losses = 0

  func carryOut(for cell: ProcessCell) {
    if hasNews { cell.announceMail() }
    for claim in admitted { claim.resume(returning: SendResult.accepted) }
    for envelope in givenUp { cell.refuse(envelope, .mailboxFull) }
    guard endsAlarm else { return }
    cell.raise(alarm, messages: count, isSet: false)
    cell.reportLosses(losses)
  }
}
