import CTestSettings
import ProcessRuntime
import Testing

@testable import Supervision

/// Walks through every history of a few children and a few events, and checks the rules at every step.
struct ModelChecker {
  private(set) var states = 0
  /// Situations in which the supervisor has ended.
  private(set) var endings = 0
  /// Situations in which it is at rest.
  private(set) var rests = 0

  /// Histories that lead to the same situation are followed once, with the most events left.
  mutating func run(_ configuration: ModelConfiguration, events: Int) throws(ModelViolation) {
    var agenda: [[ModelWorld]] = Array(repeating: [], count: events + 1)
    var seen: Set<[UInt8]> = []
    agenda[events] = [try ModelWorld(configuration, budget: events)]
    for budget in (0...events).reversed() {
      while let world = agenda[budget].popLast() {
        guard seen.insert(world.key).inserted else { continue }
        states += 1
        if world.phase == .ended { endings += 1 }
        if world.phase == .idle, world.mailbox.isEmpty { rests += 1 }
        for step in world.steps() {
          var next = world
          try next.take(step)
          agenda[next.budget].append(next)
        }
      }
    }
  }
}

extension ModelWorld {
  /// All that the future depends on, and nothing else.
  var key: [UInt8] {
    var key: [UInt8] = []
    key.reserveCapacity(32)
    for child in order {
      key.append(UInt8(child) | (excused.contains(child) ? 4 : 0) | (live[child] == nil ? 0 : 8))
    }
    key.append(255)
    var cursor = machine.table.first
    while let slot = cursor {
      let child = machine.table[slot]
      let state: UInt8 =
        switch child.state {
        case .stopped: 0
        case .running: 1
        case .restarting: 2
        case .quarantined: 3
        }
      key.append(UInt8(ModelConfiguration.index(of: child.spec.id)) | (state << 4))
      if let history = machine.histories[slot] { key += "\(history)".utf8 }
      cursor = child.next
    }
    key.append(254)
    for mail in mailbox + waits {
      switch mail {
      case .exit(let child, let process, let clean):
        let isCurrent = machine.table.slot(of: process) != nil
        key.append(32 | UInt8(child) | (clean ? 4 : 0) | (isCurrent ? 8 : 0))
      case .retry(let child, let tag):
        let isCurrent = machine.table.waitingSlot(tag.slot, attempt: tag.attempt) != nil
        key.append(64 | UInt8(child) | (isCurrent ? 8 : 0))
      }
    }
    key.append(253)
    key.append(UInt8(waits.count))
    switch waiting {
    case nil: key.append(0)
    case .start(let child): key.append(1 | UInt8(child) << 4)
    case .stop(let child, _): key.append(2 | UInt8(child) << 4)
    }
    switch phase {
    case .idle: key.append(0)
    case .launch: key.append(1)
    case .round(let culprit): key.append(2 | UInt8(culprit) << 4)
    case .call(let child, let adds): key.append(3 | UInt8(child) << 4 | (adds ? 8 : 0))
    case .ending: key.append(4)
    case .ended: key.append(5)
    }
    key.append(UInt8(rounds) | (startMustFail ? 128 : 0))
    return key
  }
}

@Suite("Supervisor: all histories", .timeLimit(.minutes(5)))
struct ModelCheckerTests {
  static let strategies: [Supervisor.Strategy] = [.oneForOne, .oneForAll, .restForOne]

  /// Every restart type for every child; under one_for_one, where children do not touch each other, in one order only.
  static func mixes(_ count: Int, for strategy: Supervisor.Strategy) -> [[ChildSpec.Restart]] {
    guard count > 0 else { return [[]] }
    let all = ChildSpec.Restart.allCases
    return mixes(count - 1, for: strategy).flatMap { mix in
      let least = strategy == .oneForOne ? mix.last.flatMap(all.firstIndex) ?? 0 : 0
      return all[least...].map { mix + [$0] }
    }
  }

  @Test(
    "SUP-31, SUP-40..43, SUP-57, SUP-60..66, SUP-70..74, SUP-90..94, SUP-120: no history of five events breaks a rule",
    arguments: strategies, testsAreSanitized ? [1, 2] : [1, 2, 3])
  func allHistories(strategy: Supervisor.Strategy, children: Int) throws {
    try check(strategy, children, .none)
  }

  @Test(
    "EXT-1, EXT-3, EXT-4: no history of up to four events of children that wait out a backoff breaks a rule",
    arguments: strategies, testsAreSanitized ? [1] : [1, 2, 3])
  func allHistoriesWithBackoff(strategy: Supervisor.Strategy, children: Int) throws {
    try check(strategy, children, .backoff, events: children == 3 ? 3 : 4)
  }

  @Test("EXT-5..7: no history of four events of children with budgets of their own breaks a rule", arguments: [1, 2])
  func allHistoriesWithBudget(children: Int) throws {
    try check(.oneForOne, children, .budget, events: 4)
  }

  private func check(_ strategy: Supervisor.Strategy, _ children: Int, _ care: ModelCare, events: Int = 5) throws {
    var checker = ModelChecker()
    for mix in Self.mixes(children, for: strategy) {
      try checker.run(ModelConfiguration(strategy, mix, care), events: events)
    }
    // That the search went anywhere: so many situations, and no history cut short.
    #expect(checker.states > (care == .none ? [150, 2_000, 20_000] : [80, 500, 1_000])[children - 1])
    #expect(checker.endings > 0 && checker.rests > 0)
  }
}
