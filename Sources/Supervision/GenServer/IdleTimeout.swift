@_spi(Runtime) import ProcessRuntime

/// A server's wish to be told when nothing has come for a while (rules GS-20, GS-21).
struct IdleTimeout {
  let after: Duration
  var timer: TimerEntry?
  let node: Node

  func cancel() {
    if let timer { _ = node.timers.cancel(timer) }
  }
}

/// A process that can be told of its idleness.
protocol IdleTimed: ProcessCell {
  var idle: IdleTimeout? { get set }
}

extension ServerProcess: IdleTimed {
  /// Called when the mailbox is empty.
  func armIdleTimeout() {
    guard let idle, idle.timer == nil else { return }
    let timer = node.timers.start(at: node.clock.now().after(idle.after)) { [weak self] in
      self?.push(Envelope<SystemMessage>.make(.idle, kind: .system))
    }
    self.idle?.timer = timer
  }
}

extension CurrentProcess {
  /// Called from a GenServer's callback: if no message and no signal comes within `after` once the mailbox is empty,
  /// ``GenServer/handleTimeout()-(()async)`` runs, once. Anything that comes before cancels it (the timeout in OTP's callback results).
  /// Without effect outside of GenServers.
  public static func timeout(after: Duration) {
    guard let server = ProcessCell.current as? any IdleTimed else { return }
    server.idle?.cancel()
    server.idle = IdleTimeout(after: after, timer: nil, node: server.node)
  }
}
