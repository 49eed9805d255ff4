import Supervision
import SupervisionTesting

extension Scenario {
  /// The scenario of that number; always the same.
  init(seed: UInt64, dynamic: Bool = false) {
    var generator = ScenarioGenerator(seed: seed)
    self = dynamic ? generator.dynamic() : generator.fixed()
  }
}

/// Invents scenarios in which something happens: what is likely is what makes a supervisor decide.
private struct ScenarioGenerator {
  private let seed: UInt64
  private var random: SplitMix
  /// Which children each supervisor has had, by id.
  private var family: [String: [String]] = [:]
  private var supervisors: [String] = ["top"]
  private var period = 1

  init(seed: UInt64) {
    self.seed = seed
    random = SplitMix(state: seed &* 0x9E37_79B9 &+ 1)
  }

  mutating func fixed() -> Scenario {
    let tree = tree(of: "top", depth: 0)
    let given = tree.children.filter { _ in chance(8) }.map { ($0.id, starts()) }
    var events = (0..<number(3...12)).map { _ in event() }
    events += ending()
    return Scenario(seed: seed, given: given, tree: tree, events: events)
  }

  mutating func dynamic() -> Scenario {
    period = number(1...5)
    let tree = Scenario.Tree(
      kind: .dynamic(maxChildren: chance(30) ? number(1...3) : nil), restarts: number(0...4), period: period,
      children: [])
    var events: [Scenario.Event] = []
    for id in ["a", "b", "c"].prefix(number(1...3)) { events.append(.call("top", .startChild(dynamicChild(id)))) }
    for _ in 0..<number(3...10) {
      switch number(0...99) {
      case ..<20: events.append(.call("top", .startChild(dynamicChild(pick(["a", "b", "c", "d", "e"])))))
      case ..<32: events.append(.call("top", .terminateChild(id(under: "top"))))
      default: events.append(event())
      }
    }
    events += ending()
    return Scenario(seed: seed, given: [], tree: tree, events: events.map(\.forDynamic))
  }

  // MARK: Children

  private mutating func tree(of supervisor: String, depth: Int) -> Scenario.Tree {
    let strategy = pick([Supervisor.Strategy.oneForOne, .oneForAll, .restForOne])
    let autoShutdown = chance(60) ? .never : pick([Supervisor.AutoShutdown.anySignificant, .allSignificant])
    let period = number(1...5)
    if depth == 0 { self.period = period }
    let names = (0..<number(depth == 0 ? 0...5 : 1...3)).map { index in
      depth == 0 ? "abcde".letter(index) : "\(supervisor)\(index + 1)"
    }
    family[supervisor] = names
    return Scenario.Tree(
      kind: .fixed(strategy, autoShutdown), restarts: chance(15) ? 10 : number(0...4), period: period,
      children: names.map { child($0, under: supervisor, autoShutdown, depth) })
  }

  private mutating func child(
    _ id: String, under supervisor: String, _ autoShutdown: Supervisor.AutoShutdown, _ depth: Int
  ) -> Scenario.Child {
    let restart = pick([ChildSpec.Restart.permanent, .permanent, .transient, .temporary])
    // Now and then, one that must be refused.
    let mayBeSignificant = autoShutdown != .never && restart != .permanent || chance(1)
    let significant = mayBeSignificant && chance(60)
    if depth < 2, chance(depth == 0 ? 15 : 8) {
      supervisors.append(id)
      return Scenario.Child(
        id: id, restart: restart, shutdown: .infinity, significant: significant,
        body: .tree(tree(of: id, depth: depth + 1)))
    }
    return worker(id, under: supervisor, restart, significant)
  }

  private mutating func worker(
    _ id: String, under supervisor: String, _ restart: ChildSpec.Restart, _ significant: Bool
  ) -> Scenario.Child {
    let shutdown = pick([ChildSpec.Shutdown.timeout(.milliseconds(5)), .infinity, .brutalKill])
    let body: Scenario.Body
    switch number(0...99) {
    case ..<55: body = .obey
    case ..<75: body = .trap(pick([.shutdown, .normal, .detail, .crash, .killed, .kill]))
    // Who is waited for without limit must end.
    case ..<82: body = shutdown == .infinity ? .obey : .ignore
    // Of the same supervisor: another one would do something about it at the same time.
    default: body = .drag(self.id(under: supervisor), pick([.crash, .kill, .shutdown]))
    }
    var child = Scenario.Child(id: id, restart: restart, shutdown: shutdown, significant: significant, body: body)
    // Who obeys is never killed for being slow, however busy the machine is that OTP runs on.
    if case .ignore = body {} else if case .timeout = shutdown { child.shutdown = .timeout(.seconds(5)) }
    return child
  }

  private mutating func dynamicChild(_ id: String) -> Scenario.Child {
    family["top", default: []].append(id)
    let restart = pick([ChildSpec.Restart.permanent, .transient, .temporary])
    return worker(id, under: "top", restart, false)
  }

  // MARK: Events

  private mutating func event() -> Scenario.Event {
    switch number(0...99) {
    case ..<30: return .exit(id(under: nil), reason())
    case ..<38: return .signal(id(under: nil), pick([.kill, .crash, .shutdown, .normal, .killed]))
    case ..<50: return .next(id(under: nil), starts())
    case ..<56: return .advance(chance(60) ? period : number(1...6))
    case ..<60: return .stranger(pick(supervisors), reason())
    case ..<70: return busy()
    case ..<73 where supervisors.count > 1: return .signal(pick(supervisors), pick([.kill, .crash, .normal]))
    default:
      let supervisor = pick(supervisors)
      return .call(supervisor, request(of: supervisor))
    }
  }

  private mutating func busy() -> Scenario.Event {
    let supervisor = pick(supervisors)
    return .busy(
      supervisor,
      (0..<number(1...3)).map { _ in
        let id = id(under: supervisor)
        return chance(70) ? .exit(id, reason()) : .signal(id, pick([.kill, .crash, .shutdown]))
      })
  }

  private mutating func request(of supervisor: String) -> Scenario.Request {
    let id = id(under: supervisor)
    switch number(0...9) {
    case ..<3:
      let fresh = supervisor == "top" ? pick(["x", "y"]) : "\(supervisor)\(pick(["8", "9"]))"
      let known = chance(40)
      if !known { family[supervisor, default: []].append(fresh) }
      return .startChild(child(known ? id : fresh, under: supervisor, .never, 2))
    case ..<5: return .terminateChild(id)
    case ..<7: return .restartChild(id)
    case ..<9: return .deleteChild(id)
    default: return .childSpec(id)
    }
  }

  private mutating func ending() -> [Scenario.Event] {
    switch number(0...9) {
    case ..<5: [.stop(pick([.normal, .shutdown, .detail, .crash]))]
    case ..<8: [.owner(pick([.normal, .shutdown, .crash, .killed]))]
    case ..<9: [.signal("top", .kill)]
    default: []
    }
  }

  private mutating func starts() -> [Scenario.Start] {
    (0..<number(1...3)).map { _ in pick([.fail, .fail, .fail, .ignore, .start]) }
  }

  private mutating func reason() -> Scenario.Reason {
    chance(50) ? .crash : pick(Scenario.Reason.allCases)
  }

  /// One of a supervisor's children, or of anybody's.
  ///
  /// Sometimes it is not there.
  private mutating func id(under supervisor: String?) -> String {
    if chance(3) { return "nobody" }
    let owner = supervisor ?? pick(supervisors)
    let ids = family[owner] ?? []
    return ids.isEmpty ? "a" : pick(ids)
  }

  // MARK: Chance

  private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
  private mutating func chance(_ percent: Int) -> Bool { number(0...99) < percent }
  private mutating func pick<Element>(_ elements: [Element]) -> Element { elements[number(0...elements.count - 1)] }
}

extension String {
  fileprivate func letter(_ index: Int) -> String { String(self[self.index(startIndex, offsetBy: index)]) }
}

extension Scenario.Event {
  /// What a dynamic supervisor's children can go through.
  ///
  /// None is significant: Elixir 1.14 lets that pass, where we refuse it (rule DYN-3).
  fileprivate var forDynamic: Self {
    switch self {
    case .call(let id, .restartChild), .call(let id, .deleteChild), .call(let id, .childSpec):
      return .stranger(id, .crash)
    case .call(let id, .startChild(var child)):
      child.significant = false
      // They end together, in no order: none ends another.
      if case .drag = child.body { child.body = .obey }
      return .call(id, .startChild(child))
    default: return self
    }
  }
}
