package import ProcessRuntime

/// Everything a supervisor decides, and nothing that it does: events in, actions out.
///
/// The shell hands over one event at a time and performs the actions that come back, in order. Of the actions only
/// ``Action/start(_:)`` and ``Action/stop(_:process:shutdown:)`` take time; there is at most one of them, it is the last, and
/// the shell answers it with ``Event/started(_:)`` or ``Event/stopped(_:)``. What else happens meanwhile may wait in the
/// shell's mailbox or be handed over: then it waits here, and is dealt with in the order of arrival.
///
/// The machine has no clock (`now` is an argument), no task, no lock and no log. Every operation on a child takes constant
/// time, whatever the number of children.
package struct SupervisorMachine<Caller: Sendable>: Sendable {
  /// What happened.
  package enum Event: Sendable {
    /// The supervisor begins; these are its first children, in start order.
    case launch([ChildSpec])
    /// The outcome of ``Action/start(_:)``.
    case started(StartOutcome)
    /// The outcome of ``Action/stop(_:process:shutdown:)``: what the child really ended with, also if it did so shortly before.
    case stopped(ExitReason)
    /// A linked process ended.
    case exited(ProcessID, ExitReason)
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
    case stop(ChildSpec.ID, process: ProcessID, shutdown: ChildSpec.Shutdown)
    /// Log it as an error.
    case report(SupervisorReport)
    /// Log that a child was started: as debug when somebody asked for it, else as info.
    case progress(ChildSnapshot, requested: Bool)
    /// Send yourself ``Event/retry(_:)``, behind what is in the mailbox, or when the wait is over.
    case retryLater(RetryTag, after: Backoff.Wait?)
    case reply(Caller, Result<Answer, SupervisorError>)
    /// All first children are started: whoever started the supervisor may go on.
    case ready
    /// End with that reason. No child is left. Nothing follows.
    case exit(ExitReason)
  }

  /// What a caller may ask.
  package enum Request: Sendable {
    case startChild(ChildSpec)
    case terminateChild(ChildSpec.ID)
    case restartChild(ChildSpec.ID)
    case deleteChild(ChildSpec.ID)
    case children
    case child(ChildSpec.ID)
    case childSpec(ChildSpec.ID)
    case countChildren
    /// With so many children at most: those that do not run, and were started again lately, before others.
    case describe(Int)
  }

  /// What a caller gets.
  package enum Answer: Sendable {
    case done
    /// `nil`: the child chose not to run.
    case process(ProcessID?)
    case children([Supervisor.Child])
    case child(Supervisor.Child)
    case childSpec(ChildSpec)
    case counts(Supervisor.Counts)
    case description(SupervisorSnapshot)
  }

  /// Names one attempt to start one child again; of no use once that attempt was made or given up.
  package struct RetryTag: Hashable, Sendable {
    let slot: ChildTable.Slot
    let attempt: UInt64
  }

  enum Activity: Sendable {
    case idle
    case starting(ChildTable.Slot, for: StartPurpose)
    case stopping(ChildTable.Slot, for: StopPurpose)
    case ended(ExitReason)
  }

  enum StartPurpose: Sendable {
    case launch
    case restart(RestartRound)
    case startChild(Caller)
    case restartChild(Caller)
  }

  enum StopPurpose: Sendable {
    case restart(RestartRound)
    /// As `restart`, but what has been stopped is started when the wait is over.
    case postpone(RestartRound, Backoff.Wait)
    case terminateChild(Caller)
    case end(ExitReason)
  }

  /// One application of the strategy to one child that ended or did not start.
  struct RestartRound: Sendable {
    let culprit: ChildTable.Slot
    /// The culprit's state before this round.
    let was: ChildTable.State
  }

  let settings: SupervisorSettings
  var table = ChildTable()
  var window: RestartWindow
  var activity = Activity.idle
  var attempts: UInt64 = 0
  var restarts = RestartTally()
  /// Of the children that have a backoff or a budget.
  var histories: [ChildTable.Slot: ChildHistory] = [:]
  /// When the present event was handed over.
  private(set) var now = Duration.zero
  private var deferred = EventQueue<Event>()
  private var actions: [Action] = []

  package init(_ settings: SupervisorSettings) {
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
      if case .starting(let slot, let purpose) = activity {
        activity = .idle
        started(slot, outcome, for: purpose)
      }
    case .stopped(let reason):
      if case .stopping(let slot, let purpose) = activity {
        activity = .idle
        stopped(slot, reason, for: purpose)
      }
    case .launch, .exited, .retry, .call, .stop:
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
    case .starting, .stopping: deferred.append(event)
    case .ended(let reason):
      if case .call(let caller, _) = event { perform(.reply(caller, .failure(.exited(reason)))) }
    }
  }

  /// The children in start order, for those who look without calling.
  package var children: [Supervisor.Child] { table.newestFirst().reversed().map(\.entry) }

  /// Their number, for those who look without calling.
  package var counts: Supervisor.Counts { table.counts }

  /// What the machine ended with; `nil` until then.
  package var exitReason: ExitReason? {
    if case .ended(let reason) = activity { reason } else { nil }
  }

  private mutating func begin(_ event: Event) {
    switch event {
    case .launch(let children): launch(children)
    case .exited(let process, let reason): childExited(process, reason)
    case .retry(let tag): retry(tag)
    case .call(let caller, let request): answer(caller, request)
    case .stop(let reason): end(reason)
    case .started, .stopped: break
    }
  }

  mutating func perform(_ action: Action) {
    actions.append(action)
  }

  /// Ends the machine: nothing runs any more, and whoever still waits is told.
  mutating func finish(_ reason: ExitReason) {
    activity = .ended(reason)
    table = ChildTable()
    histories = [:]
    while let event = deferred.popFirst() {
      if case .call(let caller, _) = event {
        perform(.reply(caller, .failure(.exited(reason))))
      }
    }
    perform(.exit(reason))
  }
}
