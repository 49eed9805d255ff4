import ProcessRuntime

@testable import Supervision

/// What the model checker varies about the supervisor.
struct ModelConfiguration: Sendable, CustomStringConvertible {
  let strategy: Supervisor.Strategy
  let restarts: [ChildSpec.Restart]
  let limit = 3
  let specs: [ChildSpec]
  let care: ModelCare

  init(_ strategy: Supervisor.Strategy, _ restarts: [ChildSpec.Restart], _ care: ModelCare = .none) {
    self.strategy = strategy
    self.restarts = restarts
    self.care = care
    specs = restarts.enumerated().map { index, restart in
      care.applied(to: ChildSpec(id: Self.ids[index], restart: restart) { nil })
    }
  }

  var description: String { "\(strategy), \(restarts), at most \(limit) restarts, care: \(care)" }

  static let ids: [ChildSpec.ID] = ["a", "b", "c"]

  static func index(of id: ChildSpec.ID) -> Int {
    id == "a" ? 0 : id == "b" ? 1 : 2
  }
}

/// What each child has beyond OTP.
enum ModelCare: Sendable, CaseIterable {
  case none, backoff, budget

  func applied(to spec: ChildSpec) -> ChildSpec {
    switch self {
    case .none: spec
    case .backoff: spec.backoff(.constant(.seconds(1)))
    case .budget: spec.budget(.restarts(1, within: .seconds(5), retryAfter: .seconds(1)))
    }
  }
}

/// One thing that can happen next.
enum ModelStep: Hashable, Sendable {
  case dies(Int, clean: Bool)
  case terminate(Int), restart(Int), delete(Int), startChild(Int)
  case parentExits
  case startSucceeds, startFails, startIgnored
  case stopDone
  case deliver
  case waitEnds
}

/// How a history came about; histories with the same beginning share it.
final class ModelPath: Sendable {
  let step: ModelStep
  let before: ModelPath?

  init(_ step: ModelStep, after before: ModelPath?) {
    self.step = step
    self.before = before
  }

  var steps: [ModelStep] {
    Array(sequence(first: self, next: \.before).map(\.step).reversed())
  }
}

/// A supervisor and its children at one moment of one history, and what the checker itself knows about that history.
///
/// It holds the machine, the processes that are alive, and the mailbox. Calls and the parent's exit are handed over when
/// the supervisor is idle, before what is in the mailbox: that is the order in which they would have been sent. Children
/// die at any moment.
struct ModelWorld: Sendable {
  typealias Machine = SupervisorMachine<Int>

  enum Mail: Sendable {
    case exit(child: Int, process: ProcessID, clean: Bool)
    case retry(child: Int, Machine.RetryTag)
  }

  enum Waiting: Hashable, Sendable {
    case start(Int)
    case stop(Int, ProcessID)
  }

  /// What the supervisor is busy with, as seen from outside.
  enum Phase: Hashable, Sendable {
    case idle
    case launch
    case round(culprit: Int)
    case call(Int, adds: Bool)
    case ending
    case ended
  }

  let configuration: ModelConfiguration
  var machine: Machine
  var mailbox: [Mail] = []
  /// The retries that come when their wait is over.
  var waits: [Mail] = []
  var waiting: Waiting?
  var phase = Phase.launch
  var budget: Int
  private(set) var path: ModelPath?

  /// The process of each child while it is alive.
  var live: [ProcessID?]
  /// Why each dead child died, until its exit is dealt with.
  var causes: [ExitReason?]
  /// The children that the supervisor has, in start order, as the rules say.
  var order: [Int]
  /// The children that need not run at rest: stopped on request, ended for good, or left behind by a round that was called off.
  var excused: Set<Int> = []
  /// The restart rounds so far.
  var rounds = 0
  var exitReason: ExitReason?
  var parentReason: ExitReason?
  /// The only call that can be under way: the next one is handed over when the supervisor is idle.
  var unanswered: Int?
  /// A child died while another is being started: only worth a history if that start fails.
  var startMustFail = false
  private var calls = 0
  private var processes: UInt64 = 0

  init(_ configuration: ModelConfiguration, budget: Int) throws(ModelViolation) {
    self.configuration = configuration
    self.budget = budget
    let count = configuration.restarts.count
    live = Array(repeating: nil, count: count)
    causes = Array(repeating: nil, count: count)
    order = Array(0..<count)
    machine = SupervisorMachine(
      SupervisorSettings(
        strategy: configuration.strategy, intensity: .restarts(configuration.limit, within: .seconds(5))))
    try hand(.launch(configuration.specs))
  }

  // MARK: Steps

  /// Everything that can happen next.
  ///
  /// Left out is what leads to the same situations as something that is not: a death while another child is stopped or
  /// started might as well come after it, unless the start fails and so puts its retry behind the exit; and only
  /// transient children care whether their end was clean.
  func steps() -> [ModelStep] {
    if phase == .ended { return [] }
    var steps: [ModelStep] = []
    switch waiting {
    case .start:
      if !startMustFail { steps.append(.startSucceeds) }
      if !startMustFail, budget > 0 { steps.append(.startIgnored) }
      if budget > 0 { steps.append(.startFails) }
      if budget > 1 { steps += live.indices.flatMap(deaths) }
    case .stop(let child, _):
      steps.append(.stopDone)
      if budget > 0 { steps += deaths(of: child) }
    case nil:
      if !mailbox.isEmpty { steps.append(.deliver) }
      if !waits.isEmpty { steps.append(.waitEnds) }
      guard budget > 0 else { return steps }
      for child in live.indices {
        steps += deaths(of: child)
        steps += [.terminate(child), .restart(child), .delete(child), .startChild(child)]
      }
      steps.append(.parentExits)
    }
    return steps
  }

  private func deaths(of child: Int) -> [ModelStep] {
    if live[child] == nil { return [] }
    switch configuration.restarts[child] {
    case .permanent: return [.dies(child, clean: child == 0)]
    case .transient: return [.dies(child, clean: true), .dies(child, clean: false)]
    case .temporary: return [.dies(child, clean: child == 1)]
    }
  }

  mutating func take(_ step: ModelStep) throws(ModelViolation) {
    path = ModelPath(step, after: path)
    switch step {
    case .startSucceeds: try startSucceeds()
    case .stopDone: try stopDone()
    case .deliver: try deliver(mailbox.removeFirst())
    case .waitEnds: try deliver(waits.removeFirst())
    default:
      budget -= 1
      try takeEvent(step)
    }
    try checkAtRest()
  }

  private mutating func takeEvent(_ step: ModelStep) throws(ModelViolation) {
    switch step {
    case .dies(let child, let clean): dies(child, clean: clean)
    case .terminate(let child): try call(child, .terminateChild(ModelConfiguration.ids[child]))
    case .restart(let child): try call(child, .restartChild(ModelConfiguration.ids[child]))
    case .delete(let child): try call(child, .deleteChild(ModelConfiguration.ids[child]))
    case .startChild(let child): try call(child, .startChild(configuration.specs[child]))
    case .parentExits:
      parentReason = .timeout
      phase = .ending
      try hand(.stop(.timeout))
    case .startFails: try startEnds(.failed(.timeout))
    case .startIgnored: try startEnds(.ignored)
    case .startSucceeds, .stopDone, .deliver, .waitEnds: break
    }
  }

  private mutating func dies(_ child: Int, clean: Bool) {
    guard let process = live[child] else { return }
    live[child] = nil
    if case .start = waiting { startMustFail = true }
    // The second child is killed where others crash.
    causes[child] = clean ? .normal : child == 1 ? .killed : .timeout
    mailbox.append(.exit(child: child, process: process, clean: clean))
  }

  private mutating func call(_ child: Int, _ request: Machine.Request) throws(ModelViolation) {
    calls += 1
    unanswered = calls
    phase = .call(child, adds: !order.contains(child))
    noteCall(child, request)
    try hand(.call(calls, request))
  }

  private mutating func startSucceeds() throws(ModelViolation) {
    guard case .start(let child) = waiting else { return }
    processes += 1
    let process = ProcessID(placeholder: processes)
    live[child] = process
    causes[child] = nil
    excused.remove(child)
    waiting = nil
    try hand(.started(.started(process)))
  }

  private mutating func startEnds(_ outcome: StartOutcome) throws(ModelViolation) {
    guard case .start(let child) = waiting else { return }
    waiting = nil
    startMustFail = false
    noteNotStarted(child, outcome)
    try hand(.started(outcome))
  }

  private mutating func stopDone() throws(ModelViolation) {
    guard case .stop(let child, let process) = waiting else { return }
    waiting = nil
    let reason = causes[child] ?? .shutdown
    live[child] = nil
    causes[child] = nil
    mailbox.removeAll { if case .exit(child, process, _) = $0 { true } else { false } }
    noteStopped(child)
    try hand(.stopped(reason))
  }

  private mutating func deliver(_ mail: Mail) throws(ModelViolation) {
    switch mail {
    case .exit(let child, let process, let clean):
      phase = .round(culprit: child)
      noteExit(child, clean: clean)
      let reason = causes[child] ?? .timeout
      causes[child] = nil
      try hand(.exited(process, reason))
    case .retry(let child, let tag):
      phase = .round(culprit: child)
      try hand(.retry(tag))
    }
  }
}
