import Synchronization

/// A caller whose reply token has gone away unanswered, and who is to be told.
enum Unanswered: Sendable {
  case ticket(WaitTicket)
  case outside(any OutsideReply)

  /// Tells the caller, or leaves that to the process whose code has let the token go.
  // Not inlined: see ``Worker/current``.
  @inline(never)
  func isLeft() {
    let isKept = Worker.withCurrent { $0.unmanagedRunning?._withUnsafeGuaranteedRef { $0.keep(self) } } ?? false
    if !isKept { tell() }
  }

  fileprivate func tell() {
    switch self {
    case .ticket(let ticket): ticket.resume(throwing: CallError.unanswered)
    case .outside(let reply): reply.giveUp()
    }
  }
}

/// A token that goes away in a process's own turn may do so because an error leaves a handler or a body, which ends the process:
/// then the callers are to hear of its end, with the reason. So they are told after the code that let the token go, or after the
/// end.
extension ProcessCell {
  /// False if the process has ended: its callers may be told.
  fileprivate final func keep(_ caller: Unanswered) -> Bool {
    lock.lock()
    guard reason == nil else {
      lock.unlock()
      return false
    }
    sureExtras.unanswered.append(caller)
    hasUnanswered.store(true, ordering: .relaxed)
    lock.unlock()
    // So that the turn looks once more.
    wakeUp()
    return true
  }

  /// In a turn, between what it does: the code that let those tokens go has not ended the process.
  // Not inlined: there are hardly ever any.
  @inline(never)
  final func tellUnanswered() {
    lock.lock()
    let isEnding = extras?.isEnding == true
    let callers = isEnding ? [] : extras?.unanswered ?? []
    if !isEnding { extras?.unanswered = [] }
    hasUnanswered.store(false, ordering: .relaxed)
    lock.unlock()
    for caller in callers { caller.tell() }
  }

  /// An error has left the process's code, which now has a last word: whose token has gone away hears of the end, and not before.
  package final func beginEnding() {
    lock.withLock { if reason == nil { sureExtras.isEnding = true } }
  }
}

extension ProcessCell.Extras {
  /// Under the lock, of a caller who is to be told: whether that is soon, and not at the end of the process; nil for any other.
  func isToldSoon(_ call: WaitTicket) -> Bool? {
    let isUnanswered = unanswered.contains { if case .ticket(call) = $0 { true } else { false } }
    return isUnanswered ? !isEnding : nil
  }

  /// The process is dead.
  func tellUnanswered() {
    for caller in unanswered { caller.tell() }
  }
}
