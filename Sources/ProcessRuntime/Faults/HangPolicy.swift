import Synchronization

/// What becomes of a process whose turn does not end: it computes for ever, or blocks its thread.
///
/// The others go on in any case: a spare thread runs them. Swift code cannot be interrupted; what can be done is to declare the
/// process dead, so that its supervisor starts another one. Its code goes on behind a fence, and its thread is free again when
/// it returns.
public struct HangPolicy: Sendable, Hashable {
  enum Action: Hashable { case warn, disown }

  let action: Action?
  /// In milliseconds, at least 1.
  let after: Int

  /// Nothing is said, and nothing is done.
  public static var off: Self { Self(action: nil, after: 1) }

  /// A report, once for each such turn.
  public static func warn(after time: Duration) -> Self { Self(action: .warn, after: milliseconds(time)) }

  /// A report, and the process ends with a ``Fault`` of the kind ``Fault/Kind-swift.struct/hang``.
  public static func disown(after time: Duration) -> Self { Self(action: .disown, after: milliseconds(time)) }

  private static func milliseconds(_ time: Duration) -> Int {
    let (whole, overflows) = time.components.seconds.multipliedReportingOverflow(by: 1_000)
    return overflows ? .max : Int(clamping: max(1, whole + time.components.attoseconds / 1_000_000_000_000_000))
  }

  /// The policy of the program: ``warn(after:)`` with five seconds, unless it is set.
  ///
  /// Does not suspend. The time is counted in looks, about one in a millisecond: it may be a tenth longer, never
  /// shorter by more than a look.
  public static var program: HangPolicy {
    get { stored.withLock { $0 } }
    set { stored.withLock { $0 = newValue } }
  }

  private static let stored = Mutex(HangPolicy.warn(after: .seconds(5)))
}

extension CurrentProcess {
  /// What becomes of this process when a turn of it does not end; to be set in `init`, mostly.
  ///
  /// Holds from the next turn on. Outside of processes it reads as ``HangPolicy/off``, and setting it does nothing.
  public static var hangPolicy: HangPolicy {
    get { ProcessCell.current?.hangPolicy ?? .off }
    set { ProcessCell.current?.follow(newValue) }
  }
}

extension Worker {
  /// The monitor's: the process whose turn it is, if that is still the turn that was seen.
  func process(inTurn turn: UInt64) -> ProcessCell? {
    inspection.withLock { turns.load(ordering: .acquiring) == turn ? unmanagedRunning?.takeUnretainedValue() : nil }
  }
}

extension ProcessCell {
  /// Its own policy, or the program's.
  final var hangPolicy: HangPolicy { lock.withLock { extras?.hangPolicy } ?? .program }

  fileprivate final func follow(_ policy: HangPolicy) {
    lock.withLock { if reason == nil { sureExtras.hangPolicy = policy } }
  }

  /// The monitor's: this process's turn has lasted for so long.
  final func hangs(_ policy: HangPolicy) {
    guard let action = policy.action, !isDead else { return }
    let report = HangReport(self, milliseconds: policy.after, isDisowned: action == .disown)
    let traces = action == .disown ? tracesUnderWay : []
    let reason = ExitReason.fault(Fault(kind: .hang, message: report.sentence))
    if action == .disown, !die(reason) { return }
    if action == .disown { FaultLedger.shared.noteHang() }
    // Not on the monitor's thread: a log handler may block, and then nobody would see to the other turns.
    Thread.start(named: "hang-report") { [reports = node.reports] in
      reports(report)
      traces.end(reason)
    }
  }
}
