import ProcessRuntime
import Supervision

/// The children, the mailbox and the clock of a timeline: what a shell would be, made of a script.
struct TimelineWorld: Sendable {
  enum Kind: Sendable {
    case event, move, report, reply, progress
  }

  struct Entry: Sendable {
    let kind: Kind
    let time: Duration
    let text: String

    var line: String {
      switch kind {
      case .event, .move: text
      case .report: "report \(text)"
      case .reply: "reply \(text)"
      case .progress: "progress \(text)"
      }
    }
  }

  typealias Machine = SupervisorMachine<Int>

  var machine: Machine
  var mailbox: [Machine.Event] = []
  private(set) var log: [Entry] = []
  private(set) var reports: [SupervisorReport] = []
  private(set) var problem: String?

  private var now = Duration.zero
  private var stepStart = 0
  private var processes: UInt64 = 0
  private var calls = 0
  private var current: [ChildSpec.ID: ProcessID] = [:]
  private var previous: [ChildSpec.ID: ProcessID] = [:]
  private var dead: [ProcessID: ExitReason] = [:]
  private var starts: [ChildSpec.ID: [ScriptedStart]] = [:]
  private var endings: [ChildSpec.ID: ExitReason?] = [:]
  private var retries: [Machine.RetryTag] = []
  private var waits: [(due: Duration, tag: Machine.RetryTag)] = []
  private var hanging: ChildSpec.ID?
  private var outcome: Machine.Event?

  init(_ settings: SupervisorSettings) {
    machine = SupervisorMachine(settings)
  }

  func entries(of kind: Kind) -> [String] {
    log[stepStart...].filter { $0.kind == kind }.map(\.text)
  }

  mutating func beginStep() {
    stepStart = log.count
    reports = []
  }

  private mutating func note(_ kind: Kind, _ text: String) {
    log.append(Entry(kind: kind, time: now, text: text))
  }

  // MARK: What happens

  mutating func apply(_ event: Timeline.Event) {
    note(.event, event.description)
    switch event.kind {
    case .exits(let id, let reason):
      guard let process = current[id], dead[process] == nil else {
        return fail("\(event): child \(id) does not run")
      }
      dead[process] = reason
      mailbox.append(.exited(process, reason))
    case .lateExit(let id):
      guard let process = previous[id] else { return fail("\(event): child \(id) had no earlier process") }
      mailbox.append(.exited(process, .failure(TimelineCrash())))
    case .stranger:
      mailbox.append(.exited(newProcess(), .failure(TimelineCrash())))
    case .nextStart(let id, let start, let times):
      starts[id, default: []] += Array(repeating: start, count: max(0, times))
    case .startReturns(let id):
      guard hanging == id else { return fail("\(event): no start of child \(id) hangs") }
      hanging = nil
      outcome = .started(.started(begin(id)))
    case .onShutdown(let id, let reason):
      endings[id] = .some(reason)
    case .advance(let time):
      advance(to: now + time)
    case .retry:
      mailbox += retries.map { .retry($0) }
      retries = []
    case .call(let request):
      calls += 1
      mailbox.append(.call(calls, request))
    case .stop(let reason):
      mailbox.append(.stop(reason))
    case .unreadable:
      fail("\"\(event)\" is no event; see Timeline.Event for those there are")
    }
  }

  /// Lets time pass, after what has happened before, and each wait end when it does.
  private mutating func advance(to end: Duration) {
    run()
    while let next = waits.indices.min(by: { waits[$0].due < waits[$1].due }), waits[next].due <= end {
      let wait = waits.remove(at: next)
      now = max(now, wait.due)
      mailbox.append(.retry(wait.tag))
      run()
    }
    now = end
  }

  private mutating func fail(_ text: String) {
    if problem == nil { problem = text }
  }

  private mutating func newProcess() -> ProcessID {
    processes += 1
    return ProcessID(placeholder: processes)
  }

  private mutating func begin(_ id: ChildSpec.ID) -> ProcessID {
    let process = newProcess()
    previous[id] = current[id]
    current[id] = process
    return process
  }

  // MARK: What the supervisor does about it

  /// Hands over what is in the mailbox, until nothing is left or a start hangs.
  mutating func run() {
    while hanging == nil {
      if let event = outcome {
        outcome = nil
        perform(machine.handle(event, at: now))
      } else if !mailbox.isEmpty {
        perform(machine.handle(mailbox.removeFirst(), at: now))
      } else {
        return
      }
    }
  }

  private mutating func perform(_ actions: [Machine.Action]) {
    for action in actions {
      switch action {
      case .start(let spec): start(spec)
      case .stop(let id, let process, let shutdown): stop(id, process, shutdown)
      case .report(let report):
        reports.append(report)
        note(.report, "\(report.context) \(report.offender.id): \(report.reason)")
      case .progress(let child, let requested):
        note(.progress, requested ? "\(child.id) as requested" : "\(child.id)")
      case .retryLater(let tag, nil): retries.append(tag)
      case .retryLater(let tag, let wait?): waits.append((now + wait.whole, tag))
      case .reply(_, .success(let answer)): note(.reply, text(of: answer))
      case .reply(_, .failure(let error)): note(.reply, "\(error.description.prefix { $0 != ":" })")
      case .ready: note(.move, "ready")
      case .exit(let reason): note(.move, "exit \(reason)")
      }
    }
  }

  private mutating func start(_ spec: ChildSpec) {
    let id = spec.id
    var script = starts[id] ?? []
    let start = script.isEmpty ? nil : script.removeFirst()
    starts[id] = script
    switch start {
    case nil:
      note(.move, "start \(id)")
      outcome = .started(.started(begin(id)))
    case .fails:
      note(.move, "start \(id) fails")
      outcome = .started(.failed(.failure(TimelineCrash())))
    case .ignored:
      note(.move, "start \(id) ignored")
      outcome = .started(.ignored)
    case .hangs:
      note(.move, "start \(id) hangs")
      hanging = id
    }
  }

  private mutating func stop(_ id: ChildSpec.ID, _ process: ProcessID, _ shutdown: ChildSpec.Shutdown) {
    note(.move, "stop \(id)")
    outcome = .stopped(ending(id, process, shutdown))
  }

  private mutating func ending(
    _ id: ChildSpec.ID, _ process: ProcessID, _ shutdown: ChildSpec.Shutdown
  ) -> ExitReason {
    if let reason = dead[process] {
      mailbox.removeAll { if case .exited(process, _) = $0 { true } else { false } }
      return reason
    }
    let ending: ExitReason
    switch (shutdown, endings[id] ?? .some(.shutdown)) {
    case (.brutalKill, _):
      ending = .killed
    case (_, let reason?):
      ending = reason
    case (.timeout(let time), nil):
      now += time
      note(.move, "kill \(id)")
      ending = .killed
    case (.infinity, nil):
      fail("child \(id) ignores its shutdown, and is waited for without limit")
      ending = .killed
    }
    dead[process] = ending
    return ending
  }

  private func text(of answer: Machine.Answer) -> String {
    switch answer {
    case .done: "ok"
    case .process(let process): process == nil ? "no process" : "process"
    case .children(let children): children.map(\.id.text).joined(separator: " ")
    case .child(let child): "\(child)"
    case .childSpec(let spec): spec.id.text
    case .counts(let counts): "\(counts)"
    case .description: "a description"
    }
  }
}
