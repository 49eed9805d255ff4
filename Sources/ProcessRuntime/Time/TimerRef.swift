/// One timer that sends a message (OTP's timer reference).
///
/// Any process may cancel or read it.
///
/// Timers are senders of their own: no order is promised between a timer's message and those of the process that started it.
/// Timers to one process fire in the order of their instants. What a dead process starts, or cancels, does nothing.
public struct TimerRef: Hashable, Sendable {
  let entry: TimerEntry
  let node: Node

  public static func == (a: Self, b: Self) -> Bool { a.entry === b.entry }
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(entry)) }

  /// Stops the timer (`Process.cancel_timer/1`).
  ///
  /// Does not suspend.
  ///
  /// - Returns: the time that was left; then its message will never come. Nil if it has fired or was cancelled before: then
  ///   the message may be in the mailbox already. Nil too if the process that it was for is dead.
  @discardableResult
  public func cancel() -> Duration? {
    if ProcessCell.isFenced() { return nil }
    return node.timers.cancel(entry)?.asDuration
  }

  /// The time that is left; nil if it has fired or was cancelled, or the process that it was for is dead
  /// (`Process.read_timer/1`).
  ///
  /// Does not suspend.
  public var remaining: Duration? {
    node.timers.remaining(entry)?.asDuration
  }
}

extension ProcessRef {
  /// Sends `message` once `delay` has passed (`Process.send_after/3`).
  ///
  /// Does not suspend. If the process ends before, the timer ends with it.
  ///
  /// - Parameters:
  ///   - message: what to send.
  ///   - delay: from now; a negative one counts as zero. One that is too long to count never fires.
  /// - Returns: what cancels the timer.
  @discardableResult
  public func send(_ message: Message, after delay: Duration) -> TimerRef {
    start(at: cell.node.clock.now().after(delay), message)
  }

  /// Sends `message` at `instant`; at once if that has passed (`Process.send_after/4` with `abs: true`).
  ///
  /// Does not suspend.
  @discardableResult
  public func send(_ message: Message, at instant: ProcessClock.Instant) -> TimerRef {
    start(at: instant.nanoseconds, message)
  }

  /// Sends a message that names its timer, once `delay` has passed (`erlang:start_timer/3`): so the receiver can tell
  /// the message of a timer that it has replaced from that of the present one.
  ///
  /// Does not suspend.
  ///
  ///     let pending = inbox.ref.send(after: .seconds(5)) { .expired($0) }
  @discardableResult
  public func send(after delay: Duration, _ make: @escaping @Sendable (TimerRef) -> Message) -> TimerRef {
    start(at: cell.node.clock.now().after(delay), make)
  }

  private func start(at instant: Int64, _ message: Message) -> TimerRef {
    if cell.isDead, cell.remote != nil { return start(at: instant) { _ in message } }
    let isOver = cell.isDead || ProcessCell.isFenced()
    let entry = TimerEntry(
      deadline: instant, target: cell, isOver ? .nothing : .send(Envelope.make(message, kind: .message)))
    if !isOver { cell.node.timers.arm(entry) }
    return TimerRef(entry: entry, node: cell.node)
  }

  private func start(at instant: Int64, _ make: @escaping @Sendable (TimerRef) -> Message) -> TimerRef {
    let node = cell.node
    let isFenced = ProcessCell.isFenced()
    let target = cell.isDead && cell.remote != nil ? nil : cell
    let entry = node.timers.start(at: instant, for: target, isArmed: !isFenced) { entry in
      self.deliver(make(TimerRef(entry: entry, node: node)))
    }
    return TimerRef(entry: entry, node: node)
  }
}

extension ProcessName {
  /// Sends `message` once `delay` has passed to whoever has this name then; nothing happens if nobody has it
  /// (`Process.send_after/3` to a name).
  ///
  /// Does not suspend. The end of a process that has the name does not end the timer.
  @discardableResult
  public func send(_ message: Message, after delay: Duration) -> TimerRef {
    start(at: Node.now().after(delay), message)
  }

  /// The same at `instant`; at once if that has passed.
  @discardableResult
  public func send(_ message: Message, at instant: ProcessClock.Instant) -> TimerRef {
    start(at: instant.nanoseconds, message)
  }

  private func start(at instant: Int64, _ message: Message) -> TimerRef {
    let node = Node.current
    let isFenced = ProcessCell.isFenced()
    let entry = node.timers.start(at: instant, for: nil, isArmed: !isFenced) { _ in
      try? self.resolved(target.whereis(on: node)).deliver(message)
    }
    return TimerRef(entry: entry, node: node)
  }
}
