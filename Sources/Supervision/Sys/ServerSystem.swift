@_spi(Runtime) import ProcessRuntime

/// What system operations have left behind in a server: pure state, without the server.
final class ServerSystem {
  /// Who is told of events.
  struct Listener: Sendable {
    let id: String
    let process: ProcessID
    let tell: @Sendable (SystemEvent) -> Void
    /// Tells it that no more events will come.
    let end: @Sendable () -> Void
  }

  struct Counts {
    let start: ProcessClock.Instant
    let reductions: UInt64
    var messagesIn = 0
    var messagesOut = 0
  }

  /// How far a suspended server has looked into its mailbox.
  var seen = MailWait.Seen()
  var isSuspended = false {
    didSet { seen = MailWait.Seen() }
  }

  var counts: Counts?
  private(set) var logLength = 0
  private(set) var log: [SystemEvent] = []
  private(set) var listeners: [Listener] = []

  /// Whether anybody wants to see events, for which texts must be made.
  var wantsEvents: Bool { logLength > 0 || !listeners.isEmpty }

  /// Nothing of it is in use: the server may forget it.
  var isIdle: Bool { !isSuspended && counts == nil && !wantsEvents }

  func keepLog(of length: Int) {
    logLength = max(0, length)
    log = Array(log.suffix(logLength))
  }

  func note(_ event: SystemEvent) {
    if logLength > 0 {
      if log.count == logLength { log.removeFirst() }
      log.append(event)
    }
    guard !listeners.isEmpty else { return }
    listeners.removeAll { !$0.process.isAlive }
    for listener in listeners { listener.tell(event) }
  }

  /// False if something of that name is there already (rule SYS-11).
  func install(_ listener: Listener) -> Bool {
    listeners.removeAll { !$0.process.isAlive }
    guard !listeners.contains(where: { $0.id == listener.id }) else { return false }
    listeners.append(listener)
    return true
  }

  func remove(_ id: String) {
    for listener in listeners where listener.id == id { listener.end() }
    listeners.removeAll { $0.id == id }
  }

  /// Nothing is counted, kept or traced any more.
  func removeAll() {
    for listener in listeners { listener.end() }
    listeners = []
    counts = nil
    keepLog(of: 0)
  }

  /// The log, for a crash report (rules SYS-9, GS-52).
  var details: [ReportDetail] {
    log.isEmpty ? [] : [ReportDetail("Log", "[" + log.map(\.description).joined(separator: ", ") + "]")]
  }
}
