import Synchronization

/// What became of a message that was sent with ``ProcessRef/trySend(_:)`` or ``ProcessRef/send(_:within:)``.
public struct SendResult: Sendable, Hashable, CustomStringConvertible {
  private enum Kind: String { case accepted, rejected, dropped, noProcess, senderEnded, deadlock, cancelled }
  private let kind: Kind

  /// It is in the mailbox.
  ///
  /// The process may still end before it handles the message; with `dropOldest` the message may still be dropped.
  public static let accepted = Self(kind: .accepted)
  /// The mailbox is full, and takes no more (or took none in time).
  public static let rejected = Self(kind: .rejected)
  /// The mailbox is full, and this message was dropped for it (`dropNewest`).
  public static let dropped = Self(kind: .dropped)
  /// The process is dead.
  public static let noProcess = Self(kind: .noProcess)
  /// The sender itself is dead: what it sends does nothing.
  public static let senderEnded = Self(kind: .senderEnded)
  /// Who would have to make a place waits for the sender, or is the sender.
  public static let deadlock = Self(kind: .deadlock)
  /// The sending task was cancelled while it waited for a place.
  public static let cancelled = Self(kind: .cancelled)

  /// Whether it is in the mailbox.
  public var isAccepted: Bool { kind == .accepted }

  public var description: String { kind.rawValue }
}

extension ProcessRef {
  /// Sends a message, and says at once what became of it.
  ///
  /// Does not suspend, not even if the mailbox is bounded with `suspend`: then a full one is `rejected`.
  ///
  /// - Returns: `accepted`, `rejected`, `dropped`, `noProcess`, or `senderEnded`. What is sent to another node is `accepted`:
  ///   what becomes of it there is not known here.
  public func trySend(_ message: Message) -> SendResult {
    if ProcessCell.isFenced() {
      noteFenced(message)
      return .senderEnded
    }
    if cell.isDead, let remote = cell.remote {
      remote.peer.send(message, to: remote)
      return .accepted
    }
    return cell.offer(Envelope.make(message, sentAs: .send))
  }

  /// Sends a message, and waits for a place if the mailbox is full and bounded with `suspend`.
  ///
  /// Suspends the caller alone, behind those who wait already. With any other mailbox it does not wait.
  ///
  /// To a process of another node it waits while much is on its way there and the node does not read it (OTP's
  /// `busy_dist_port`); what becomes of the message there is not known here. ``send(_:)`` never waits.
  ///
  /// - Parameters:
  ///   - message: what to send.
  ///   - limit: how long to wait; nil waits for ever.
  /// - Returns: `accepted`; else `rejected` when the time is over, `noProcess` when the process ends meanwhile, `deadlock` if
  ///   it could only wait for ever, `cancelled`, `senderEnded`, or `dropped`: then the message is not in the mailbox, and
  ///   never will be. `noProcess` too when the connection to the process's node is lost meanwhile.
  @discardableResult
  public func send(_ message: Message, within limit: Duration?) async -> SendResult {
    let caller = ProcessCell.current
    guard cell.isBounded.load(ordering: .acquiring), caller?.isDead != true, limit.map({ $0 > .zero }) != false else {
      if cell.isDead, let remote = cell.remote { return await send(message, to: remote, within: limit) }
      return trySend(message)
    }
    let node = cell.node
    var waiting: WaitTicket?
    var known: SendResult?
    defer { if waiting != nil { caller?.endCall() } }
    do {
      return try await suspend(until: limit.map { node.clock.now().after($0) } ?? .max, in: caller, on: node) {
        ticket in
        let envelope = Envelope.make(message, sentAs: .send)
        // Oneself makes no place while one waits for it.
        let isOwn = caller === cell
        cell.lock.lock()
        let result = cell.admitAndUnlock(
          envelope, isOwn ? nil : MailboxGate.Sender(envelope: envelope, ticket: ticket, isCall: false))
        if let result {
          let told = isOwn && result == .rejected ? .deadlock : result
          known = told
          ticket.resume(returning: told)
          return
        }
        waiting = ticket
        if caller?.beginCall(to: cell, ticket) != nil, let claim = ticket.claimForLater() {
          cell.withdraw(ticket, .mailboxFull)
          claim.resume(returning: SendResult.deadlock)
        }
      }
    } catch {
      // It was in, or was not, before the wait had begun that ended in the same moment.
      if let known { return known }
      let isOver = error is WaitTimeout
      let isCancelled = error is CancellationError
      if let waiting { cell.withdraw(waiting, isOver || isCancelled ? .mailboxFull : .senderEnded) }
      return isOver ? .rejected : isCancelled ? .cancelled : .senderEnded
    }
  }

  /// What a dead process sends goes nowhere.
  @inline(never)
  func noteFenced(_ message: Message) {
    guard cell.node.deadLetters.isListenedTo else { return }
    cell.node.deadLetters.post(DeadLetter(target: cell.id, name: cell.name, message: message, reason: .senderEnded))
  }
}

extension ProcessName {
  /// Sends a message to whoever has the name, and waits for a place if its mailbox is full: see ``ProcessRef/send(_:within:)``.
  ///
  /// Nobody having the name, or a process that receives messages of another type, is `noProcess`.
  @discardableResult
  public func send(_ message: Message, within limit: Duration?) async -> SendResult {
    guard let target = try? resolved(target.whereis()) else {
      noteNobody(message)
      return .noProcess
    }
    return await target.send(message, within: limit)
  }

  /// There is nobody to send it to.
  @inline(never)
  func noteNobody(_ message: Message) {
    let node = Node.current
    guard node.deadLetters.isListenedTo else { return }
    node.deadLetters.post(DeadLetter(target: nil, name: rawValue, message: message, reason: .noProcess))
  }
}
