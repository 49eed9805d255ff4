@testable import ProcessRuntime
import SupervisionTesting
import Testing

@Suite("The budget of faults")
struct FaultBudgetTests {
  @Test("it is spent by too many in all")
  func total() {
    let budget = FaultBudget(total: 3, burst: .max, window: .seconds(1))
    var count = FaultCount()
    let spent = (0..<5).map { count.note(at: $0 * 10_000_000_000, budget) }
    #expect(spent == [false, false, false, true, true])
    #expect(count.total == 5)
  }

  @Test("it is spent by too many within the window, and not by as many over a longer time")
  func burst() {
    let budget = FaultBudget(total: 100, burst: 2, window: .seconds(10))
    var count = FaultCount()
    let second: Int64 = 1_000_000_000
    let slow = [0, 6, 12, 18, 24].map { count.note(at: $0 * second, budget) }
    let third = count.note(at: 25 * second, budget)
    #expect(slow == [false, false, false, false, false] && third)
    var fresh = FaultCount()
    let fast = [0, 5, 10].map { fresh.note(at: $0 * second, budget) }
    #expect(fast == [false, false, true])
  }

  @Test("any sequence of faults is counted as by looking at all of them", arguments: 0..<100 as Range<UInt64>)
  func againstAll(seed: UInt64) {
    var random = SplitMix(state: seed)
    let window = Int64.random(in: 0...20, using: &random)
    let budget = FaultBudget(
      total: 1_000, burst: Int.random(in: 0...10, using: &random), window: .nanoseconds(window))
    var count = FaultCount()
    var all: [Int64] = []
    for _ in 0..<200 {
      all.append((all.last ?? 0) + Int64.random(in: 0...8, using: &random))
      let now = all[all.count - 1]
      let isSpent = count.note(at: now, budget)
      #expect(isSpent == (all.count { now - $0 <= window } > budget.burst), "seed \(seed)")
    }
  }

  @Test("a window that makes no sense spends nothing and ends nothing")
  func negativeWindow() {
    var count = FaultCount()
    let budget = FaultBudget(total: 100, burst: 1, window: .seconds(-1))
    let spent = (0..<10).map { count.note(at: $0, budget) }
    #expect(!spent.contains(true))
  }

  @Test("without a limit nothing spends it")
  func unlimited() {
    var count = FaultCount()
    let spent = (0..<10_000).map { count.note(at: $0, .unlimited) }
    #expect(!spent.contains(true))
  }
}
