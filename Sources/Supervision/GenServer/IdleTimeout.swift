@_spi(Runtime) import ProcessRuntime

/// A server's wish to be told when nothing has come for a while (rules GS-20, GS-21).
final class IdleTimeout {
  let after: Duration
  /// Says which timeout has passed: one that was cancelled while it fired must do nothing.
  var number: UInt64
  var timer: TimerEntry?

  init(after: Duration, number: UInt64) {
    self.after = after
    self.number = number
  }
}

/// A process that can be told of its idleness.
private protocol IdleTimed: ProcessCell {
  func setIdleTimeout(_ after: Duration)
}

extension ServerProcess: IdleTimed {
  fileprivate func setIdleTimeout(_ after: Duration) {
    cancelIdleTimeout()
    idle = IdleTimeout(after: after, number: node.nextReference())
  }

  /// Called when the mailbox is empty.
  func armIdleTimeout() {
    guard let idle, idle.timer == nil, system?.isSuspended != true else { return }
    let number = idle.number
    idle.timer = node.timers.start(at: node.clock.now().after(idle.after)) { [weak self] in
      self?.push(Envelope<SystemMessage>.make(.idle(number), kind: .system))
    }
  }

  /// Called when anything has come.
  func cancelIdleTimeout() {
    guard let idle else { return }
    if let timer = idle.timer { _ = node.timers.cancel(timer) }
    self.idle = nil
  }

  /// Its time counts from the beginning again: a system message has come (rule GS-22).
  func restartIdleTimeout() {
    guard let timer = idle?.timer else { return }
    _ = node.timers.cancel(timer)
    idle?.number = node.nextReference()
    idle?.timer = nil
  }

  /// Whether it is the present timeout that has passed.
  ///
  /// Then there is none any more.
  func hasPassed(_ number: UInt64) -> Bool {
    guard idle?.number == number else { return false }
    idle = nil
    return true
  }
}

extension CurrentProcess {
  /// Asks for `handleTimeout` when nothing comes for a while (the timeout in OTP's callback
  /// results).
  ///
  /// Called from a callback of a GenServer. The time counts from when the mailbox is empty; what is in it already comes
  /// first, even if `after` is zero. Any message or signal cancels it, and so does another call. It happens once; to be
  /// told again, ask again. Does not suspend. Without effect outside of GenServers.
  public static func timeout(after: Duration) {
    (ProcessCell.current as? any IdleTimed)?.setIdleTimeout(after)
  }
}
