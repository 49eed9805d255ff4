import ProcessRuntime

/// What a state machine does with its events, whatever they are: the order of OTP's `gen_statem` (rules STM-10 to STM-37).
///
/// Pure: it is told of events and of what a callback has decided about them, and answers with the event that is next and
/// the timers to start and stop. It calls nobody and has no clock.
struct StateMachineEngine<State: Equatable & Sendable, Event: Sendable, Content: Sendable, Name: Hashable & Sendable> {
  enum TimerKey: Hashable, Sendable {
    case state
    case event
    case named(Name)
  }

  enum Time: Sendable {
    case after(Duration)
    case at(ProcessClock.Instant)
  }

  enum TimerAction: Sendable {
    case start(TimerKey, Time, Content)
    case cancel(TimerKey)
    case update(TimerKey, Content)

    var key: TimerKey {
      switch self {
      case .start(let key, _, _), .cancel(let key), .update(let key, _): key
      }
    }
  }

  /// An event on its way through the machine.
  enum Item: Sendable {
    case given(Event)
    case timeout(TimerKey, Content)
  }

  /// What a callback has decided.
  struct Decision {
    /// Nil: the state stays.
    var next: State?
    var repeats = false
    var postpones = false
    var inserted: [Event] = []
    var timers: [TimerAction] = []
  }

  enum Effect: Sendable {
    /// Tell ``fired(_:)`` this number when the time has come.
    case arm(UInt64, Time)
    case disarm(UInt64)
  }

  /// A timeout that will come: of a timer of that number, or at once when it has none.
  private struct Running {
    var number: UInt64?
    var content: Content
  }

  /// One transition, until all its callbacks have run.
  private struct Pending {
    var old: State
    var item: Item?
    var decision: Decision
  }

  /// In which state it is.
  var state: State
  /// What is being handled.
  private(set) var current: Item?
  /// What was postponed, the newest last.
  private(set) var postponed: [Item] = []
  /// What is next, the last one first.
  private var upcoming: [Item] = []
  private var running: [TimerKey: Running] = [:]
  /// Of those that have a number, by that.
  private var numbers: [UInt64: TimerKey] = [:]
  /// Those that come at once, in the order in which they were started.
  private var immediate: [TimerKey] = []
  private var lastNumber: UInt64 = 0
  private var pending: Pending?

  init(_ state: State) {
    self.state = state
  }

  /// What is queued, the next one first.
  var queue: [Item] { upcoming.reversed() }

  /// The timeouts that will come.
  var timeouts: [(key: TimerKey, content: Content)] { running.map { ($0.key, $0.value.content) } }

  // MARK: Events

  /// Something has come from outside; nothing else is being handled.
  mutating func take(_ event: Event) -> Item {
    let item = Item.given(event)
    current = item
    return item
  }

  /// A timer's time has come; nil if it was cancelled meanwhile (rule STM-37).
  mutating func fired(_ number: UInt64) -> Item? {
    guard let key = numbers.removeValue(forKey: number), let timer = running.removeValue(forKey: key) else {
      return nil
    }
    current = .timeout(key, timer.content)
    return current
  }

  /// What is to be handled next without waiting: what is queued, then timeouts without time (rule STM-11).
  mutating func next() -> Item? {
    current = upcoming.popLast()
    if current == nil, let key = immediate.first, let timer = running[key] {
      immediate.removeFirst()
      running[key] = nil
      current = .timeout(key, timer.content)
    }
    return current
  }

  // MARK: A transition

  /// The handler has decided about the current event; or, before the first one, what to begin with.
  ///
  /// Answers with the state that is left, if the state is to be entered now.
  mutating func decide(_ decision: Decision, isInitial: Bool = false) -> State? {
    let old = state
    pending = Pending(old: old, item: isInitial ? nil : current, decision: decision)
    if let next = decision.next, next != state {
      state = next
      return old
    }
    return isInitial || decision.repeats ? old : nil
  }

  /// The callback for entering the state has decided.
  ///
  /// Answers with the state that was left, if this one is to be entered once more.
  mutating func entered(_ decision: Decision) -> State? {
    pending?.decision.timers += decision.timers
    return decision.repeats ? pending?.old : nil
  }

  /// All callbacks of the transition have run.
  mutating func complete() -> [Effect] {
    guard let transition = pending else { return [] }
    pending = nil
    current = nil
    var effects: [Effect] = []
    if let item = transition.item, transition.decision.postpones { postponed.append(item) }
    cancel(.event, &effects)
    if transition.old != state {
      cancel(.state, &effects)
      upcoming += postponed.reversed()
      postponed = []
    }
    apply(transition.decision.timers, &effects)
    upcoming += transition.decision.inserted.reversed().map { .given($0) }
    return effects
  }

  // MARK: Timers

  private mutating func apply(_ actions: [TimerAction], _ effects: inout [Effect]) {
    // Of each kind, and name, the last one counts, at its own place (rule STM-36).
    var seen: Set<TimerKey> = []
    for action in actions.reversed().filter({ seen.insert($0.key).inserted }).reversed() {
      switch action {
      case .cancel(let key): cancel(key, &effects)
      case .start(let key, let time, let content):
        cancel(key, &effects)
        if case .after(.zero) = time { startNow(key, content) } else { start(key, time, content, &effects) }
      case .update(let key, let content):
        if running[key] == nil { startNow(key, content) } else { running[key]?.content = content }
      }
    }
  }

  private mutating func startNow(_ key: TimerKey, _ content: Content) {
    running[key] = Running(number: nil, content: content)
    immediate.append(key)
  }

  private mutating func start(_ key: TimerKey, _ time: Time, _ content: Content, _ effects: inout [Effect]) {
    lastNumber += 1
    running[key] = Running(number: lastNumber, content: content)
    numbers[lastNumber] = key
    effects.append(.arm(lastNumber, time))
  }

  private mutating func cancel(_ key: TimerKey, _ effects: inout [Effect]) {
    guard let timer = running.removeValue(forKey: key) else { return }
    if let number = timer.number {
      numbers[number] = nil
      effects.append(.disarm(number))
    } else {
      immediate.removeAll { $0 == key }
    }
  }
}
