/// Everything that is decided about applications: who may start, who must stop, in which order, and what the end of one means
/// for the others.
///
/// A machine: events in, actions out. ``ApplicationController`` is its shell.
struct ApplicationMachine<Caller: Sendable>: Sendable {
  enum Event: Sendable {
    case load(Caller, ApplicationRecord)
    case unload(Caller, ApplicationName)
    case start(Caller, ApplicationRecord, Applications.StartType)
    /// The outcome of ``Action/begin(_:)``.
    case started(ApplicationName)
    case notStarted(ApplicationName, StartError)
    /// Nothing is left of it: after ``Action/order(_:)``, or by itself.
    case ended(ApplicationName, ApplicationEnd)
    case stop(Caller, ApplicationName, Duration?)
    /// All are to stop, for this end of the program.
    case stopAll(Caller?, ApplicationEnd, Duration?)
    case timeIsUp(TimeTag)
    /// The outcome of ``Action/kill(_:_:)``; their ends follow.
    case killed(TimeTag, ShutdownReport)
  }

  enum Action: Sendable {
    /// Start it; do not wait.
    case begin(ApplicationRecord)
    /// Tell it to stop; do not wait.
    case order(ApplicationName)
    case startTimer(TimeTag)
    /// Kill all of it, each of them.
    case kill([ApplicationName], TimeTag)
    case report(ApplicationReport)
    case reply(Caller, Result<ShutdownReport?, ApplicationError>)
    /// All applications are stopped.
    case over(ApplicationEnd)
  }

  /// Names one stop: of one application, or of all.
  struct TimeTag: Hashable, Sendable {
    let number: UInt64
    /// Nil: of all.
    let name: ApplicationName?
    /// How long it may take.
    let limit: Duration
  }

  enum State: Sendable {
    case loaded
    case starting([Caller])
    case running
    case stopping([Caller])
  }

  struct Entry: Sendable {
    let record: ApplicationRecord
    var type = Applications.StartType.temporary
    var state = State.loaded
    /// It has been started and not been stopped: those who need it may start, even if it has ended since (rule APP-2).
    var counts = false
    /// The deadlines of those who want it stopped.
    var stopTags: [TimeTag] = []
    var report: ShutdownReport?

    var isLoadedOnly: Bool { if case .loaded = state { true } else { false } }
  }

  /// All applications are being stopped.
  struct Halt: Sendable {
    let end: ApplicationEnd
    /// The deadlines of those who want it; none: it may take as long as it likes.
    var tags: [TimeTag]
    var callers: [Caller] = []
    var report: ShutdownReport?
  }

  private(set) var entries: [ApplicationName: Entry] = [:]
  /// Those that run, in the order in which they have started.
  private(set) var running: [ApplicationName] = []
  /// How long it may take to stop all of them, when the end of one demands it.
  var deadline: Duration?
  private var halt: Halt?
  private var stops: UInt64 = 0
  private var actions: [Action] = []

  /// Takes an event and says what is to be done about it, in this order.
  mutating func handle(_ event: Event) -> [Action] {
    switch event {
    case .load(let caller, let record):
      load(record)
      perform(.reply(caller, .success(nil)))
    case .unload(let caller, let name): unload(name, for: caller)
    case .start(let caller, let record, let type): start(record, type, for: caller)
    case .started(let name): started(name)
    case .notStarted(let name, let error): notStarted(name, error)
    case .ended(let name, let end): ended(name, end)
    case .stop(let caller, let name, let deadline): stop(name, deadline, for: caller)
    case .stopAll(let caller, let end, let deadline): stopAll(end, deadline, for: caller)
    case .timeIsUp(let tag): timeIsUp(tag)
    case .killed(let tag, let report): killed(tag, report)
    }
    defer { actions = [] }
    return actions
  }

  private mutating func perform(_ action: Action) { actions.append(action) }

  // MARK: Loading

  private mutating func load(_ record: ApplicationRecord) {
    if entries[record.name] == nil { entries[record.name] = Entry(record: record) }
  }

  private mutating func unload(_ name: ApplicationName, for caller: Caller) {
    guard let entry = entries[name] else {
      return perform(.reply(caller, .failure(ApplicationError(.notLoaded(name)))))
    }
    guard entry.isLoadedOnly else { return perform(.reply(caller, .failure(ApplicationError(.running(name))))) }
    entries[name] = nil
    perform(.reply(caller, .success(nil)))
  }

  // MARK: Starting

  private mutating func start(_ wanted: ApplicationRecord, _ type: Applications.StartType, for caller: Caller) {
    let name = wanted.name
    switch entries[name]?.state {
    case .running, .stopping: return perform(.reply(caller, .failure(ApplicationError(.alreadyStarted(name)))))
    case .starting(let callers):
      entries[name]?.state = .starting(callers + [caller])
      return
    case .loaded, nil: break
    }
    if halt != nil { return perform(.reply(caller, .failure(ApplicationError(.stopping)))) }
    load(wanted)
    let record = entries[name]?.record ?? wanted
    if let missing = record.needs.first(where: { entries[$0]?.counts != true }) {
      return perform(.reply(caller, .failure(ApplicationError(.needs(name, missing)))))
    }
    entries[name]?.type = type
    entries[name]?.state = .starting([caller])
    perform(.begin(record))
  }

  private mutating func started(_ name: ApplicationName) {
    guard case .starting(let callers) = entries[name]?.state else { return }
    entries[name]?.state = .running
    entries[name]?.counts = true
    running.append(name)
    perform(.report(ApplicationReport(name: name.text, end: nil, type: entries[name]?.type)))
    for caller in callers { perform(.reply(caller, .success(nil))) }
    goOnHalting()
  }

  private mutating func notStarted(_ name: ApplicationName, _ error: StartError) {
    guard case .starting(let callers) = entries[name]?.state, let type = entries[name]?.type else { return }
    entries[name]?.state = .loaded
    let end = ApplicationEnd(.notStarted(error), of: name)
    perform(.report(ApplicationReport(name: name.text, end: end, type: type)))
    for caller in callers { perform(.reply(caller, .failure(ApplicationError(.startFailed(name, error))))) }
    switch type {
    case .permanent: stopAll(end, deadline, for: nil)
    case .transient: if error.reason != .normal { stopAll(end, deadline, for: nil) }
    case .temporary: break
    }
    goOnHalting()
  }

  // MARK: Ending

  private mutating func ended(_ name: ApplicationName, _ end: ApplicationEnd) {
    guard let entry = entries[name] else { return }
    running.removeAll { $0 == name }
    entries[name]?.state = .loaded
    entries[name]?.stopTags = []
    entries[name]?.report = nil
    switch entry.state {
    case .loaded: return
    case .starting(let callers):
      // It was killed, or has trapped, while it started.
      entries[name]?.state = .starting(callers)
      return notStarted(name, StartError(.failed(end.reason)))
    case .running:
      perform(.report(ApplicationReport(name: name.text, end: end, type: entry.type)))
      switch entry.type {
      case .permanent: stopAll(end, deadline, for: nil)
      case .transient: if end.reason != .normal { stopAll(end, deadline, for: nil) }
      case .temporary: break
      }
    case .stopping(let callers):
      entries[name]?.counts = false
      let cause = halt.map { ApplicationEnd($0.end.kind) } ?? ApplicationEnd(.stopped)
      perform(.report(ApplicationReport(name: name.text, end: cause.ofStop, type: entry.type)))
      for caller in callers { perform(.reply(caller, .success(entry.report))) }
    }
    goOnHalting()
  }

  private mutating func stop(_ name: ApplicationName, _ deadline: Duration?, for caller: Caller) {
    switch entries[name]?.state {
    case .running: order(name, deadline, for: [caller])
    case .stopping(let callers):
      entries[name]?.state = .stopping(callers + [caller])
      limit(name, deadline)
    case .loaded, .starting, nil:
      // One that has ended by itself does not count any longer.
      if case .loaded? = entries[name]?.state { entries[name]?.counts = false }
      perform(.reply(caller, .failure(ApplicationError(.notStarted(name)))))
    }
  }

  private mutating func order(_ name: ApplicationName, _ deadline: Duration?, for callers: [Caller]) {
    entries[name]?.state = .stopping(callers)
    perform(.order(name))
    limit(name, deadline)
  }

  /// Whoever wants it stopped may set a deadline; the first that is over counts.
  private mutating func limit(_ name: ApplicationName, _ deadline: Duration?) {
    let tags = startTimer(deadline, name)
    entries[name]?.stopTags += tags
  }

  private mutating func startTimer(_ deadline: Duration?, _ name: ApplicationName?) -> [TimeTag] {
    guard let deadline else { return [] }
    stops += 1
    let tag = TimeTag(number: stops, name: name, limit: deadline)
    perform(.startTimer(tag))
    return [tag]
  }

  private mutating func stopAll(_ end: ApplicationEnd, _ deadline: Duration?, for caller: Caller?) {
    let tags = startTimer(deadline, nil)
    if halt != nil {
      halt?.tags += tags
      if let caller { halt?.callers.append(caller) }
      return
    }
    halt = Halt(end: end, tags: tags, callers: caller.map { [$0] } ?? [])
    goOnHalting()
  }

  /// One at a time, the newest first, when none is just being started or stopped.
  private mutating func goOnHalting() {
    guard let halt else { return }
    for entry in entries.values {
      switch entry.state {
      case .starting, .stopping: return
      case .loaded, .running: break
      }
    }
    if let last = running.last { return order(last, nil, for: []) }
    self.halt = nil
    for name in Array(entries.keys) { entries[name]?.counts = false }
    for caller in halt.callers { perform(.reply(caller, .success(halt.report))) }
    var end = halt.end
    end.stragglers = halt.report?.stragglers ?? []
    perform(.over(end))
  }

  // MARK: Deadlines

  private mutating func timeIsUp(_ tag: TimeTag) {
    if let name = tag.name {
      guard entries[name]?.stopTags.contains(tag) == true else { return }
      entries[name]?.stopTags = [tag]
      perform(.kill([name], tag))
    } else if halt?.tags.contains(tag) == true {
      halt?.tags = [tag]
      // Those too that have not been asked yet, and one that is just starting.
      let others = entries.filter { !$0.value.isLoadedOnly && !running.contains($0.key) }.keys
      perform(.kill(running.reversed() + others.sorted { $0.text < $1.text }, tag))
      for name in running { if case .running = entries[name]?.state { entries[name]?.state = .stopping([]) } }
    }
  }

  private mutating func killed(_ tag: TimeTag, _ report: ShutdownReport) {
    if let name = tag.name {
      entries[name]?.report = report
    } else if halt?.tags.contains(tag) == true {
      halt?.report = report
    }
  }
}

/// An application, and what must be known of it.
///
/// Read in the process of who asks: it is the user's code.
struct ApplicationRecord: Sendable {
  let application: any ApplicationBehaviour
  let name: ApplicationName
  let needs: [ApplicationName]

  init(_ application: any ApplicationBehaviour) {
    self.application = application
    name = application.name
    needs = application.applications.map(\.name)
  }
}
