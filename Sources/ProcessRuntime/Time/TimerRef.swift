/// One timer that was started with `sendAfter` (OTP's timer reference). Any process may cancel or read it.
public struct TimerRef: Sendable {
  let entry: TimerEntry
  let node: Node

  /// Stops the timer (`erlang:cancel_timer/1`). Does not suspend.
  ///
  /// - Returns: the time that was left; then its message will never come. Nil if it has fired or was cancelled before: then
  ///   the message may be in the mailbox already.
  @discardableResult
  public func cancel() -> Duration? {
    node.timers.cancel(entry).map { .nanoseconds($0) }
  }

  /// The time that is left, or nil if it has fired or was cancelled (`erlang:read_timer/1`). Does not suspend.
  public var remaining: Duration? {
    node.timers.remaining(entry).map { .nanoseconds($0) }
  }
}

extension ProcessRef {
  /// Sends `message` once `delay` has passed (`erlang:send_after/3`). Does not suspend. Nothing happens if the process is
  /// dead by then. Timers to one process fire in the order of their instants.
  ///
  /// - Parameter delay: from now; a negative one counts as zero.
  @discardableResult
  public func send(_ message: Message, after delay: Duration) -> TimerRef {
    let node = cell.node
    return TimerRef(entry: node.timers.start(at: node.clock.now().after(delay)) { self.deliver(message) }, node: node)
  }
}

extension ProcessName {
  /// Sends `message` to whoever has this name once `delay` has passed; nothing happens if nobody has it then. Does not
  /// suspend. (`erlang:send_after/3` to a registered name.)
  @discardableResult
  public func send(_ message: Message, after delay: Duration) -> TimerRef {
    let node = Node.current
    let name = self
    return TimerRef(
      entry: node.timers.start(at: node.clock.now().after(delay)) {
        _ = try? name.resolve(on: node).deliver(message)
      }, node: node)
  }
}
