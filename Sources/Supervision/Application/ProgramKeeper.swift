/// What a program's parent does about what happens to it and to the program.
///
/// A machine: it knows no clock, no signals and no OS processes. ``ProgramParent`` is its shell.
struct ProgramKeeper: Sendable {
  enum Event: Hashable, Sendable {
    case started(Int32)
    case notStarted(error: Int32)
    case ended(ProgramEnd)
    /// A signal has reached the parent; one that was not sent by a process comes from the terminal.
    case signal(Int32, isSent: Bool)
    case waitIsOver
  }

  enum Action: Hashable, Sendable {
    case start
    case wait(Duration)
    /// Hand a signal on to the program.
    case pass(Int32)
    case kill
    case report(ProgramReport)
    case exit(Int32)
  }

  /// Orders that come within this time are one: who stops a program may tell a whole group of OS processes as well.
  static let oneOrder = Duration.milliseconds(100)

  private enum Phase: Sendable {
    case starting
    case running(Int32, since: Duration)
    case waiting
    case over
  }

  private let settings: ProgramRestart.Settings
  private let terminate: Int32
  private let interrupt: Int32
  private var phase = Phase.starting
  private var window: RestartWindow
  private var failures = 0
  private var orderCount = 0
  private var lastOrder: Duration?
  /// The signals that the running program was handed.
  private var passed: Set<Int32> = []

  /// - Parameters:
  ///   - settings: when the program is started again.
  ///   - terminate: the number of the signal that orders a program to stop.
  ///   - interrupt: the number of the one that the terminal sends.
  init(_ settings: ProgramRestart.Settings, terminate: Int32, interrupt: Int32) {
    self.settings = settings
    self.terminate = terminate
    self.interrupt = interrupt
    window = RestartWindow(settings.intensity)
  }

  /// Begins.
  func begin() -> [Action] { [.start] }

  /// Goes on.
  ///
  /// - Parameters:
  ///   - event: what has happened.
  ///   - now: the time since any fixed moment.
  ///   - chance: from 0 to 1, for the part of a wait that is left to chance.
  /// - Returns: what to do, in this order.
  mutating func handle(_ event: Event, at now: Duration, chance: Double) -> [Action] {
    switch (event, phase) {
    case (.started(let process), .starting):
      phase = .running(process, since: now)
      passed = []
      return [.report(ProgramReport(.started, process))] + (orderCount > 0 ? [.pass(terminate)] : [])
    case (.notStarted(let error), .starting):
      return ended(.notStarted(error), nil, ran: .zero, at: now, chance)
    case (.ended(let end), .running(let process, let since)):
      return ended(end, process, ran: now - since, at: now, chance)
    case (.signal(let number, let isSent), _):
      return number == terminate || number == interrupt ? ordered(number, isSent, at: now) : told(number)
    case (.waitIsOver, .waiting):
      phase = .starting
      return [.start]
    default:
      return []
    }
  }

  private mutating func ended(
    _ end: ProgramEnd, _ process: Int32?, ran: Duration, at now: Duration, _ chance: Double
  ) -> [Action] {
    // Who sends the parent a signal that the program dies of wanted the program to end.
    if orderCount > 0 || end == .status(0) || passed.contains(where: { end == .signal($0) }) {
      return over(end, ProgramReport(.ended(end), process))
    }
    if ran >= settings.backoff.forgetsAfter { failures = 0 }
    guard window.allowsRestart(at: now) else {
      return over(end, ProgramReport(.gaveUp(end, settings.intensity), process))
    }
    let isAsked = end == .status(ApplicationEnd.again)
    if !isAsked { failures += 1 }
    let wait = settings.backoff.wait(afterFailures: isAsked ? 1 : failures).drawn(chance)
    phase = .waiting
    return [.report(ProgramReport(.startsAgain(end, wait), process)), .wait(wait)]
  }

  private mutating func over(_ end: ProgramEnd, _ report: ProgramReport) -> [Action] {
    phase = .over
    return [.report(report), .exit(end.exitStatus)]
  }

  private mutating func told(_ number: Int32) -> [Action] {
    guard case .running = phase else { return [] }
    passed.insert(number)
    return [.pass(number)]
  }

  private mutating func ordered(_ number: Int32, _ isSent: Bool, at now: Duration) -> [Action] {
    if let lastOrder, now - lastOrder < Self.oneOrder { return [] }
    lastOrder = now
    orderCount += 1
    switch phase {
    case .starting, .over: return []
    case .waiting: return over(.status(0), ProgramReport(.stoppedWaiting, nil))
    case .running: break
    }
    // The terminal tells the program itself, which is in the same group; only one that has not heard twice is killed.
    let programKnows = number == interrupt && !isSent
    switch orderCount {
    case 1: return programKnows ? [] : [.pass(number)]
    case 2: return programKnows ? [] : [.kill]
    default: return [.kill]
    }
  }
}

/// How a program under a parent has ended.
enum ProgramEnd: Hashable, Sendable {
  case status(Int32)
  case signal(Int32)
  /// The system would not start it; the error's number.
  case notStarted(Int32)

  /// `EX_OSERR`: the system's fault.
  static let systemError: Int32 = 71

  /// What the parent ends with: the same, or as a shell says it.
  var exitStatus: Int32 {
    switch self {
    case .status(let status): status
    case .signal(let number): 128 + number
    case .notStarted: Self.systemError
    }
  }
}
