package import ProcessRuntime

/// Everything a dynamic supervisor decides: children of any specification, started on demand, each restarted alone.
///
/// Used as ``SupervisorMachine`` is, with one difference: at the end all children are stopped at the same time. Then
/// ``Action/stopAll(_:with:)``, ``Action/startTimer(_:)`` and ``Action/kill(_:)`` come in any number, and
/// ``Event/down(_:_:)`` and ``Event/timerFired(_:)`` are awaited until ``Action/exit(_:)``.
package struct DynamicSupervisorMachine<Caller: Sendable>: Sendable {
  /// What happened.
  package enum Event: Sendable {
    /// The outcome of ``Action/start(_:)``.
    case started(StartOutcome)
    /// The outcome of ``Action/stop(_:shutdown:)``: what the child really ended with, also if it did so shortly before.
    case stopped(ExitReason)
    /// A linked process ended.
    case exited(ProcessID, ExitReason)
    /// A monitor set by ``Action/stopAll(_:with:)`` fired.
    case down(ProcessID, ExitReason)
    /// So much time has passed since ``Action/startTimer(_:)``.
    case timerFired(Duration)
    /// The message that ``Action/retryLater(_:)`` asked for.
    case retry(RetryTag)
    /// Somebody calls the supervisor.
    case call(Caller, Request)
    /// The supervisor's parent ended with that reason, or `stop` was called.
    case stop(ExitReason)
  }

  /// What is to be done.
  package enum Action: Sendable {
    /// Start the child, linked, and wait for the outcome.
    case start(ChildSpec)
    /// Stop the child and wait until it is down: monitor it, ask it to exit, kill it when its time is up.
    case stop(ProcessID, shutdown: ChildSpec.Shutdown)
    /// Monitor each of them and send it an exit signal with that reason; keep the links; do not wait.
    case stopAll([ProcessID], with: ExitReason)
    /// Kill each of them; they are monitored already.
    case kill([ProcessID])
    /// Hand over ``Event/timerFired(_:)`` when that time has passed.
    case startTimer(Duration)
    /// Log it as an error.
    case report(SupervisorReport)
    /// Send yourself ``Event/retry(_:)``, behind what is in the mailbox, or when the wait is over.
    case retryLater(RetryTag, after: Backoff.Wait?)
    case reply(Caller, Result<Answer, SupervisorError>)
    /// End with that reason. No child is left. Nothing follows.
    case exit(ExitReason)
  }

  /// What a caller may ask.
  package enum Request: Sendable {
    case startChild(ChildSpec)
    case terminateChild(ProcessID)
    case children
    case countChildren
    /// With so many children at most.
    case describe(Int)
  }

  /// What a caller gets.
  package enum Answer: Sendable {
    case done
    /// `nil`: the child chose not to run; nothing is stored.
    case process(ProcessID?)
    case children([Supervisor.Child])
    case counts(Supervisor.Counts)
    case description(SupervisorSnapshot)
  }

  /// Names one attempt to start one child again; of no use once that attempt was made or given up.
  package struct RetryTag: Hashable, Sendable {
    let process: ProcessID
    let attempt: UInt64
  }

  /// A child, kept under its process, or under its last one while it is restarting.
  struct Entry: Sendable {
    /// All of its specification but its closure.
    let form: ChildForm
    private let start: @Sendable () async throws -> ProcessID?
    /// The number of the attempt that is about to be made, and in the lowest bit whether it is a trial; zero while it runs.
    private var mark: UInt64 = 0

    init(_ spec: ChildSpec, _ form: ChildForm) {
      start = spec.start
      self.form = form
    }

    /// The specification in full.
    var spec: ChildSpec { form.spec(start) }

    /// The attempt that is about to be made; `nil` while the child runs.
    var attempt: UInt64? { mark == 0 ? nil : mark >> 1 }

    /// That attempt is a trial: the child has used up its budget.
    var isQuarantined: Bool { mark & 1 == 1 }

    mutating func note(attempt: UInt64, isQuarantined: Bool) { mark = attempt << 1 | (isQuarantined ? 1 : 0) }
  }

  enum Activity: Sendable {
    case idle
    case startingChild(ChildSpec, for: Caller)
    case restartingChild(ProcessID)
    case stoppingChild(ProcessID, for: Caller)
    case shuttingDown
    case ended(ExitReason)
  }

  let settings: DynamicSupervisorSettings
  var entries: [ProcessID: Entry] = [:]
  /// That of the child that was started last: most are like it.
  var latestForm: ChildForm?
  var restarting = 0
  var supervisors = 0
  var window: RestartWindow
  var activity = Activity.idle
  /// Apart from ``activity``, so that it is changed in place: it is as large as the supervisor has children.
  var shutdown: DynamicShutdown?
  var attempts: UInt64 = 0
  var restarts = RestartTally()
  /// Of the children that have a backoff or a budget, by their present or last process.
  var histories: [ProcessID: ChildHistory] = [:]
  /// When the present event was handed over.
  private(set) var now = Duration.zero
  private var deferred = EventQueue<Event>()
  private var actions: [Action] = []

  package init(_ settings: DynamicSupervisorSettings = DynamicSupervisorSettings()) {
    self.settings = settings
    window = RestartWindow(settings.intensity)
  }

  /// Takes an event and says what is to be done about it.
  ///
  /// - Parameters:
  ///   - event: what happened.
  ///   - now: monotonic time since any fixed moment.
  /// - Returns: what to do, in this order.
  package mutating func handle(_ event: Event, at now: Duration) -> [Action] {
    self.now = now
    // One after the other: a pair of the two would be a copy of both, and they are large.
    switch event {
    case .started(let outcome):
      switch activity {
      case .startingChild(let spec, let caller):
        activity = .idle
        started(spec, outcome, for: caller)
      case .restartingChild(let process):
        activity = .idle
        restarted(process, outcome)
      case .idle, .stoppingChild, .shuttingDown, .ended: break
      }
    case .stopped(let reason):
      if case .stoppingChild(let process, let caller) = activity {
        activity = .idle
        stopped(process, reason, for: caller)
      }
    case .down, .timerFired:
      if case .shuttingDown = activity { goOnShuttingDown(event) }
    case .exited, .retry, .call, .stop:
      take(event)
    }
    while case .idle = activity, let next = deferred.popFirst() {
      begin(next)
    }
    defer { actions = [] }
    return actions
  }

  private mutating func take(_ event: Event) {
    switch activity {
    case .idle: begin(event)
    case .ended(let reason):
      if case .call(let caller, _) = event { perform(.reply(caller, .failure(.exited(reason)))) }
    case .shuttingDown:
      if case .exited = event { goOnShuttingDown(event) } else { deferred.append(event) }
    case .startingChild, .restartingChild, .stoppingChild: deferred.append(event)
    }
  }

  private mutating func begin(_ event: Event) {
    switch event {
    case .exited(let process, let reason): childExited(process, reason)
    case .retry(let tag): retry(tag)
    case .call(let caller, let request): answer(caller, request)
    case .stop(let reason): end(reason)
    case .started, .stopped, .down, .timerFired: break
    }
  }

  mutating func perform(_ action: Action) {
    actions.append(action)
  }

  /// The exits that arrived while something else was under way; calls stay where they are.
  mutating func takeDeferredExits() -> [(ProcessID, ExitReason)] {
    var exits: [(ProcessID, ExitReason)] = []
    var others = EventQueue<Event>()
    while let event = deferred.popFirst() {
      if case .exited(let process, let reason) = event {
        exits.append((process, reason))
      } else {
        others.append(event)
      }
    }
    deferred = others
    return exits
  }

  /// Ends the machine: nothing runs any more, and whoever still waits is told.
  mutating func finish(_ reason: ExitReason) {
    activity = .ended(reason)
    entries = [:]
    histories = [:]
    while let event = deferred.popFirst() {
      if case .call(let caller, _) = event {
        perform(.reply(caller, .failure(.exited(reason))))
      }
    }
    perform(.exit(reason))
  }
}
