import ProcessRuntime
import Supervision
import Testing

/// A shell that hands over everything at once, also while the machine waits, and lets a seed decide what happens.
struct EagerWalk {
  typealias Machine = SupervisorMachine<Int>

  private var machine: Machine
  private var random: SplitMix
  private let specs: [ChildSpec]
  private var live: [ChildSpec.ID: ProcessID] = [:]
  private var waiting: Machine.Action?
  private var retries: [Machine.RetryTag] = []
  private var processes: UInt64 = 0
  private var now = Duration.zero
  private(set) var calls = 0
  private(set) var unanswered: Set<Int> = []
  private(set) var problems: [String] = []
  private(set) var ended = false

  init(seed: UInt64) {
    random = SplitMix(seed: seed)
    let strategies: [Supervisor.Strategy] = [.oneForOne, .oneForAll, .restForOne]
    let settings = SupervisorSettings(
      strategy: strategies.randomElement(using: &random) ?? .oneForOne,
      intensity: .restarts(Int.random(in: 0...6, using: &random), within: .seconds(2)))
    machine = Machine(settings)
    var specs: [ChildSpec] = []
    for index in 0..<Int.random(in: 1...6, using: &random) {
      let restart = ChildSpec.Restart.allCases.randomElement(using: &random) ?? .permanent
      specs.append(ChildSpec(id: "child-\(index)", restart: restart) { nil })
    }
    self.specs = specs
  }

  mutating func run(steps: Int) {
    hand(.launch(specs))
    for _ in 0..<steps { step() }
    hand(.stop(.shutdown))
    for _ in 0..<1_000 where !ended { complete() }
  }

  private mutating func step() {
    guard let spec = specs.randomElement(using: &random) else { return }
    switch Int.random(in: 0..<12, using: &random) {
    case 0, 1:
      guard let process = live.removeValue(forKey: spec.id) else { return }
      hand(.exited(process, Bool.random(using: &random) ? .normal : .killed))
    case 2: call(.startChild(spec))
    case 3: call(.terminateChild(spec.id))
    case 4: call(.restartChild(spec.id))
    case 5: call(.deleteChild(spec.id))
    case 6: call(.countChildren)
    case 7: now += .milliseconds(700)
    case 8: if let tag = retries.popLast() { hand(.retry(tag)) }
    default: complete()
    }
  }

  private mutating func call(_ request: Machine.Request) {
    calls += 1
    unanswered.insert(calls)
    hand(.call(calls, request))
  }

  private mutating func complete() {
    switch waiting {
    case .start(let spec):
      waiting = nil
      switch Int.random(in: 0..<8, using: &random) {
      case 0: hand(.started(.failed(.timeout)))
      case 1: hand(.started(.ignored))
      default:
        processes += 1
        let process = ProcessID(placeholder: processes)
        live[spec.id] = process
        hand(.started(.started(process)))
      }
    case .stop(let id, let process, _):
      waiting = nil
      if live[id] == process { live[id] = nil }
      hand(.stopped(Bool.random(using: &random) ? .shutdown : .killed))
    default:
      break
    }
  }

  private mutating func hand(_ event: Machine.Event) {
    for action in machine.handle(event, at: now) {
      if waiting != nil { problems.append("\(action) follows an action that waits") }
      switch action {
      case .start(let spec):
        if live[spec.id] != nil { problems.append("two instances of \(spec.id)") }
        waiting = action
      case .stop: waiting = action
      case .retryLater(let tag, _): retries.append(tag)
      case .reply(let caller, _):
        if unanswered.remove(caller) == nil { problems.append("call \(caller) is answered twice") }
      case .exit:
        if !live.isEmpty { problems.append("\(live) outlive the supervisor") }
        ended = true
      case .report, .progress, .ready: break
      }
    }
  }
}

@Suite("Supervisor: everything at once", .timeLimit(.minutes(1)))
struct EagerWalkTests {
  @Test("SUP-59, SUP-71: whatever arrives while a child is started or stopped, nothing is lost and nobody is forgotten")
  func walks() {
    for seed in 0..<500 as Range<UInt64> {
      var walk = EagerWalk(seed: seed)
      walk.run(steps: 120)
      #expect(walk.problems.isEmpty, "seed \(seed)")
      #expect(walk.ended, "seed \(seed)")
      #expect(walk.unanswered.isEmpty, "seed \(seed)")
    }
  }
}
