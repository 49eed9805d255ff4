import SupervisionTesting

extension Program {
  /// The program of that number; always the same.
  init(seed: UInt64) {
    var generator = ProgramGenerator(seed: seed)
    self.init(seed: seed, steps: generator.steps())
  }
}

/// Invents programs.
///
/// What is done without a pause is made so that OTP says how it ends, whoever runs in between.
private struct ProgramGenerator {
  private typealias Operation = Program.Operation

  private var random: SplitMix
  private var slots = 3
  private var refs: [Int: [Int]] = [:]
  private var aliases: [Int] = []
  private var aliasesOf: [Int: [Int]] = [:]
  private var number = 0

  init(seed: UInt64) {
    random = SplitMix(state: seed &* 0x2545_F491 &+ 7)
  }

  mutating func steps() -> [Program.Step] {
    var steps = (0..<slots).filter { _ in chance(45) }.map { Program.Step(process: $0, operations: [.trap(true)]) }
    for _ in 0..<Int.random(in: 6...24, using: &random) { steps.append(step()) }
    for slot in 0..<slots { steps.append(Program.Step(process: slot, operations: [.drain, .links, .trap(false)])) }
    return steps
  }

  private mutating func step() -> Program.Step {
    let me = slot()
    return Program.Step(process: me, operations: chance(30) ? burst(me) : [operation(me)])
  }

  private mutating func operation(_ me: Int) -> Operation {
    let other = slot()
    switch Int.random(in: 0...99, using: &random) {
    case ..<6 where slots < 5: return spawn(me)
    case ..<20: return .link(other)
    case ..<26: return .unlink(other, flush: chance(50))
    case ..<36: return .monitor(other, ref(me))
    case ..<40: return .monitorName(name(), ref(me))
    // Of oneself, the BEAM makes a reference that is neither monitor nor alias; its documentation does not say so.
    case ..<44 where other != me: return .monitorAlias(other, ref(me), alias: alias(me), pick(Program.Mode.allCases))
    case ..<50: return refs[me].map { .demonitor(pick($0), flush: chance(50)) } ?? .links
    case ..<62: return .exit(other, pick(Program.Reason.allCases))
    case ..<66: return .end(pick(Program.Reason.allCases))
    case ..<71: return .trap(chance(60))
    case ..<75: return .send(other, next())
    case ..<78: return .sendName(name(), next())
    case ..<82: return aliases.isEmpty ? .alias(alias(me), reply: chance(50)) : .sendAlias(pick(aliases), next())
    case ..<86: return .register(other, name())
    case ..<88: return .unregister(name())
    case ..<90: return .whereis(name())
    case ..<92: return .alias(alias(me), reply: chance(50))
    case ..<94: return aliases.isEmpty ? .links : .unalias(pick(aliasesOf[me] ?? aliases))
    case ..<96: return .alive(other)
    case ..<98: return .links
    default: return .drain
    }
  }

  private mutating func burst(_ me: Int) -> [Operation] {
    let other = slot()
    let reason = pick(Program.Reason.allCases)
    let ref = self.ref(me)
    switch Int.random(in: 0...12, using: &random) {
    case 0: return [.send(other, next()), .exit(other, reason), .send(other, next())]
    case 1: return [.exit(other, .kill), .alive(other)]
    case 2: return [.link(other), .exit(other, reason)]
    case 3: return [.link(other), .unlink(other, flush: true)]
    case 4: return [.monitor(other, ref), .exit(other, reason)]
    case 5: return [.monitor(other, ref), .monitor(other, self.ref(me)), .exit(other, .kill)]
    case 6: return [.monitor(other, ref), .demonitor(ref, flush: true), .exit(other, reason)]
    case 7: return [.send(other, next()), .sendName(name(), next()), .send(other, next()), .end(reason)]
    case 8: return [.register(me, name()), .end(reason)]
    case 9: return [.link(other), .unlink(other, flush: true), .exit(other, reason)]
    case 10:
      let alias = alias(me)
      return [.alias(alias, reply: chance(50)), .send(other, next()), .sendAlias(alias, next()), .send(me, next())]
    case 11: return [.monitor(other, ref), .link(other), .exit(other, reason), .exit(other, .kill)]
    default:
      guard slots < 5 else { return [.drain] }
      let new = spawn(me)
      return [new, .send(slots - 1, next()), .exit(slots - 1, reason)]
    }
  }

  private mutating func spawn(_ me: Int) -> Operation {
    slots += 1
    return .spawn(slots - 1, link: chance(60), monitor: chance(50) ? ref(me) : nil)
  }

  private mutating func ref(_ me: Int) -> Int {
    let ref = next()
    refs[me, default: []].append(ref)
    return ref
  }

  private mutating func alias(_ me: Int) -> Int {
    let alias = next()
    aliases.append(alias)
    aliasesOf[me, default: []].append(alias)
    return alias
  }

  private mutating func next() -> Int {
    number += 1
    return number
  }

  private mutating func slot() -> Int { Int.random(in: 0..<slots, using: &random) }
  private mutating func name() -> String { pick(["x", "y"]) }
  private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0...99, using: &random) < percent }
  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: 0..<elements.count, using: &random)]
  }
}
