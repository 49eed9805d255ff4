import Logging
import Synchronization

/// Mail for a process whose mailbox is bounded: see ``MailboxGate``.
///
/// Under the lock the gate decides; without it, whoever is concerned is told.
extension ProcessCell {
  typealias EnvelopePointer = UnsafeMutablePointer<EnvelopeHeader>

  /// Under the lock: the policy holds from now on.
  ///
  /// - Returns: what is to be done then, without the lock.
  final func set(_ policy: MailboxPolicy) -> MailboxRelease? {
    mailboxPolicy = policy
    guard reason == nil else { return nil }
    if let gate = extras?.gate {
      return gate.change(policy.overflow == nil ? .max : Int(policy.limit), policy.overflow)
    }
    if let overflow = policy.overflow {
      sureExtras.gate = MailboxGate(Int(policy.limit), overflow)
      isBounded.store(true, ordering: .releasing)
    }
    return nil
  }

  /// Before it is known to anybody: the policy it starts with.
  package final func start(with policy: MailboxPolicy?) {
    guard let policy else { return }
    _ = lock.withLock { set(policy) }
  }

  // MARK: Sending

  @inline(never)
  final func pushThroughGate(_ envelope: EnvelopePointer) {
    lock.lock()
    pushThroughGateAndUnlock(envelope)
  }

  final func pushThroughGateAndUnlock(_ envelope: EnvelopePointer) {
    _ = admitAndUnlock(envelope, nil)
  }

  /// Puts the message of a call into the mailbox; the caller waits for a place too, if the mailbox lets it.
  @inline(__always)
  final func push(_ envelope: EnvelopePointer, of call: WaitTicket) {
    if isBounded.load(ordering: .acquiring) { return pushThroughGate(envelope, of: call) }
    push(envelope)
  }

  @inline(never)
  private final func pushThroughGate(_ envelope: EnvelopePointer, of call: WaitTicket) {
    lock.lock()
    _ = admitAndUnlock(envelope, MailboxGate.Sender(envelope: envelope, ticket: call, isCall: true))
  }

  /// Puts a message into the mailbox, and says whether it is there.
  final func offer(_ envelope: EnvelopePointer) -> SendResult {
    if isBounded.load(ordering: .acquiring) {
      lock.lock()
      return admitAndUnlock(envelope, nil) ?? .accepted
    }
    if isDead {
      refuse(envelope, .noProcess)
      return .noProcess
    }
    push(envelope)
    return .accepted
  }

  /// - Returns: nil if the sender waits.
  final func admitAndUnlock(_ envelope: EnvelopePointer, _ sender: MailboxGate.Sender?) -> SendResult? {
    guard reason == nil, let gate = extras?.gate else {
      lock.unlock()
      refuse(envelope, .noProcess)
      return .noProcess
    }
    let admission = gate.admit(envelope, sender, queue)
    switch admission {
    case .accepted:
      let (alarm, count) = (gate.noteFull() ? node.nextReference() : nil, gate.count)
      lock.unlock()
      announceMail()
      if let alarm { raise(alarm, messages: count, isSet: true) }
      return .accepted
    case .waits:
      lock.unlock()
      return nil
    case .rejected, .dropped:
      let (loss, count) = (noteLoss(at: gate), gate.count)
      lock.unlock()
      let isRejected = if case .rejected = admission { true } else { false }
      refuse(envelope, isRejected ? .mailboxFull : .dropped)
      tell(loss, count)
      return isRejected ? .rejected : .dropped
    case .acceptedFor(let oldest, let isCollected):
      // Looked at while it cannot go: what is collected may be freed as soon as the lock is given back.
      let letter = node.deadLetters.isListenedTo ? DeadLetter(self, oldest, .dropped) : nil
      let call = oldest.pointee.call?.claimForLater()
      let foreign = oldest.foreignMessage
      let (loss, count) = (noteLoss(at: gate), gate.count)
      lock.unlock()
      announceMail()
      call?.resume(throwing: CallError(.mailboxFull))
      foreign?.isRefused(by: self)
      if let letter { node.deadLetters.post(letter) }
      if !isCollected { destroy(oldest) }
      tell(loss, count)
      return .accepted
    }
  }

  /// Makes sure that a worker collects what stands at the gate.
  final func announceMail() {
    if case .wakes = inbox.announce() { node.schedule(self) }
  }

  /// A sender's wait for a place has ended otherwise.
  final func withdraw(_ ticket: WaitTicket, _ reason: DeadLetter.Reason) {
    let envelope = lock.withLock { extras?.gate?.remove(ticket) }
    if let envelope { refuse(envelope, reason) }
  }

  /// A message that nobody will handle.
  @inline(never)
  final func refuse(_ envelope: EnvelopePointer, _ reason: DeadLetter.Reason) {
    if node.deadLetters.isListenedTo, envelope.pointee.kind == .message {
      node.deadLetters.post(DeadLetter(self, envelope, reason))
    }
    // Before its reply token goes: the caller is to hear why.
    if reason != .noProcess {
      envelope.pointee.call?.resume(throwing: CallError(.mailboxFull))
      envelope.foreignMessage?.isRefused(by: self)
    }
    destroy(envelope)
  }

  /// What the process leaves unhandled.
  @inline(never)
  final func tellOfDeadLetters(_ rest: EnvelopeQueue) {
    rest.forEach { envelope in
      guard envelope.pointee.kind == .message, envelope.pointee.mark != .dropped else { return }
      node.deadLetters.post(DeadLetter(self, envelope, .noProcess))
    }
  }

  // MARK: Taking

  /// Under the lock, which it gives back: `first` was taken out of the queue, and its mark means something.
  ///
  /// - Returns: the first message that was not dropped.
  @inline(never)
  final func nextMarkedAndUnlock(_ first: EnvelopePointer, after done: EnvelopePointer?) -> EnvelopePointer? {
    var dropped: [EnvelopePointer] = []
    var next: EnvelopePointer? = first
    while let envelope = next, envelope.pointee.mark == .dropped {
      dropped.append(envelope)
      extras?.gate?.forget(envelope)
      next = queue.popFirst()
    }
    current = next
    let release = next.flatMap { self.release(for: $0) }
    lock.unlock()
    if let done { finish(done) }
    for envelope in dropped { finish(envelope) }
    release?.carryOut(for: self)
    if next != nil { reductions &+= 1 }
    return next
  }

  /// Under the lock, which it gives back: the marked envelope was taken out of the queue.
  ///
  /// False if it has been dropped: then it is gone.
  @inline(never)
  final func takeMarkedAndUnlock(_ envelope: EnvelopePointer) -> Bool {
    if envelope.pointee.mark == .dropped {
      extras?.gate?.forget(envelope)
      lock.unlock()
      destroy(envelope)
      return false
    }
    let release = self.release(for: envelope)
    lock.unlock()
    release?.carryOut(for: self)
    return true
  }

  final func release(for envelope: EnvelopePointer) -> MailboxRelease? {
    guard envelope.pointee.mark == .counted, let gate = extras?.gate, reason == nil else { return nil }
    var release = gate.take()
    if release.endsAlarm {
      release.alarm = node.nextReference()
      release.losses = gate.takeUnreported()
    }
    return release
  }

  // MARK: Telling

  /// Under the lock: what is to be told of a loss, as far as it is time.
  private final func noteLoss(at gate: MailboxGate) -> (alarm: UInt64?, losses: Int) {
    (gate.noteFull() ? node.nextReference() : nil, gate.noteLoss(at: node.clock.now()))
  }

  private final func tell(_ loss: (alarm: UInt64?, losses: Int), _ count: Int) {
    if let alarm = loss.alarm { raise(alarm, messages: count, isSet: true) }
    reportLosses(loss.losses)
  }

  /// The number was taken in the order in which alarms come about.
  final func raise(_ number: UInt64, messages: Int, isSet: Bool) {
    guard node.mailboxAlarms.isListenedTo else { return }
    let limit = Int(lock.withLock { mailboxPolicy.limit })
    node.mailboxAlarms.post(MailboxAlarm(self, number, messages: messages, limit: limit, isSet: isSet))
  }

  final func reportLosses(_ losses: Int, name lastName: String? = nil) {
    guard losses > 0, node.reports.wants(.warning) else { return }
    let policy = lock.withLock { mailboxPolicy }
    node.reports(OverflowReport(process: id, name: lastName ?? name, messages: losses, policy: policy))
  }
}
